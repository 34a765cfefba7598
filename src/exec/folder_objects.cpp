#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec/task_objects.h"
#include "files/output_file.h"
#include "files/read_at.h"

namespace ionloom::exec {
namespace {

namespace fs = std::filesystem;

class NewFile : public TaskObjects::NewObject {
 public:
  explicit NewFile(files::OutputFile made) : file(std::move(made)) {}

  Result<void> append(std::span<const std::byte> bytes) override { return file.write(bytes); }

  files::OutputFile file;
};

class FolderObjects : public TaskObjects {
 public:
  explicit FolderObjects(fs::path folder) : folder_(std::move(folder)) {}
  FolderObjects(const FolderObjects&) = delete;
  FolderObjects& operator=(const FolderObjects&) = delete;
  ~FolderObjects() override {
    for (const auto& [object, file] : open_) ::close(file);
  }

  Result<std::uint64_t> size_bytes(const std::string& object) override {
    const auto file = opened(object);
    if (!file) return std::unexpected(file.error());
    struct stat status {};
    if (::fstat(*file, &status) == 0) return static_cast<std::uint64_t>(status.st_size);
    return std::unexpected(files::file_error(folder_ / object, "be read", errno));
  }

  // Read, not mapped: a file that is cut while the task runs then gives an error and no signal.
  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    const auto file = opened(object);
    if (!file) return std::unexpected(file.error());
    return files::read_at(*file, folder_ / object, offset_bytes, into);
  }

  Result<std::unique_ptr<NewObject>> create(const std::string& object) override {
    const auto path = path_of(object);
    if (!path) return std::unexpected(path.error());
    std::error_code error;
    fs::create_directories(path->parent_path(), error);
    if (error) {
      return std::unexpected(files::file_error(path->parent_path(), "be created", error.value()));
    }
    auto file = files::OutputFile::create(*path);
    if (!file) return std::unexpected(file.error());
    return std::make_unique<NewFile>(std::move(*file));
  }

  Result<void> publish(NewObjects objects) override {
    std::vector<files::OutputFile*> made;
    for (const auto& object : objects) {
      made.push_back(&static_cast<NewFile&>(*object).file);
      if (auto closed = made.back()->close(); !closed) return closed;
    }
    return files::publish(made);
  }

 private:
  /// Objects stay below the folder.
  [[nodiscard]] Result<fs::path> path_of(const std::string& object) const {
    const fs::path relative(object);
    const bool below = !relative.empty() && relative.is_relative() && relative.has_filename() &&
                       std::ranges::none_of(relative, [](const fs::path& part) {
                         return part == ".." || part == ".";
                       });
    if (below) return folder_ / relative;
    return usage_error("\"" + object + "\" is no object: expected the path of a file below " +
                       folder_.string() + ", without \"..\"");
  }

  /// The file of an object, which stays open.
  Result<int> opened(const std::string& object) {
    const auto path = path_of(object);
    if (!path) return std::unexpected(path.error());
    const std::lock_guard lock(mutex_);
    const auto known = open_.find(object);
    if (known != open_.end()) return known->second;
    const int file = ::open(path->c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::unexpected(files::file_error(*path, "be opened", errno));
    open_[object] = file;
    return file;
  }

  fs::path folder_;
  std::mutex mutex_;
  std::map<std::string, int> open_;
};

}  // namespace

std::unique_ptr<TaskObjects> folder_objects(std::filesystem::path folder) {
  return std::make_unique<FolderObjects>(std::move(folder));
}

}  // namespace ionloom::exec
