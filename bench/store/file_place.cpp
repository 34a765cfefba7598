#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "bench/store/place.h"

namespace ionloom::bench {
namespace {

[[noreturn]] void failed(const std::filesystem::path& path) {
  give_up(path.string() + ": " + std::generic_category().message(errno));
}

/// What a program does that has no store: a file that takes its name when it is complete, read into
/// memory by whoever needs it.
class FilePlace final : public Place {
 public:
  explicit FilePlace(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  void put(const std::string& key, std::span<const std::byte> bytes) override {
    const auto path = folder_ / key;
    const auto partial = folder_ / (key + ".partial");
    const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) failed(partial);
    while (!bytes.empty()) {
      const ssize_t count = ::write(file, bytes.data(), bytes.size());
      if (count < 0) failed(partial);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    ::close(file);
    std::filesystem::rename(partial, path);
  }

  std::span<const std::byte> get(const std::string& key, std::span<std::byte> buffer) override {
    const auto path = folder_ / key;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) failed(path);
    std::size_t size = 0;
    for (ssize_t count = 1; count > 0; size += static_cast<std::size_t>(count)) {
      count = ::read(file, buffer.data() + size, buffer.size() - size);
      if (count < 0) failed(path);
    }
    ::close(file);
    return buffer.first(size);
  }

  void remove(const std::string& key) override { std::filesystem::remove(folder_ / key); }

 private:
  std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<Place> open_file_place(std::string_view folder) {
  return std::make_unique<FilePlace>(std::filesystem::path(folder));
}

}  // namespace ionloom::bench
