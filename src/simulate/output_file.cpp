#include "simulate/output_file.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace ionloom::simulate {
namespace {

constexpr std::size_t kBufferBytes = 1U << 20;

std::unexpected<Error> write_failed(const std::filesystem::path& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return fail(full ? ErrorCode::kResource : ErrorCode::kData, path.string(),
              fmt::format("cannot be written: {}; nothing is left behind{}",
                          std::generic_category().message(number),
                          full ? ", free some space or choose a smaller dataset" : ""));
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
  std::filesystem::path partial = path;
  partial += ".partial";
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const int number = errno;
    return data_error(partial.string(), fmt::format("cannot be created: {}; does the folder exist?",
                                                    std::generic_category().message(number)));
  }
  return OutputFile(path, std::move(partial), descriptor);
}

OutputFile::OutputFile(std::filesystem::path path, std::filesystem::path partial, int descriptor)
    : path_(std::move(path)), partial_(std::move(partial)), descriptor_(descriptor) {
  buffer_.reserve(kBufferBytes);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      partial_(std::exchange(other.partial_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      size_bytes_(other.size_bytes_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  path_ = std::move(other.path_);
  partial_ = std::exchange(other.partial_, {});
  descriptor_ = std::exchange(other.descriptor_, -1);
  buffer_ = std::move(other.buffer_);
  size_bytes_ = other.size_bytes_;
  return *this;
}

OutputFile::~OutputFile() {
  discard();
}

void OutputFile::discard() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  if (!partial_.empty()) ::unlink(partial_.c_str());
  partial_.clear();
}

Result<void> OutputFile::write(std::span<const std::byte> bytes) {
  size_bytes_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    if (Result<void> done = flush(); !done) return done;
    if (bytes.size() >= kBufferBytes) return write_out(bytes);
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> OutputFile::write(std::string_view text) {
  return write(std::as_bytes(std::span(text.data(), text.size())));
}

Result<void> OutputFile::overwrite(std::uint64_t offset_bytes, std::string_view text) {
  if (Result<void> done = flush(); !done) return done;
  const ssize_t written =
      ::pwrite(descriptor_, text.data(), text.size(), static_cast<off_t>(offset_bytes));
  if (written != static_cast<ssize_t>(text.size())) return write_failed(path_, errno);
  return {};
}

Result<void> OutputFile::flush() {
  Result<void> done = write_out(buffer_);
  buffer_.clear();
  return done;
}

Result<void> OutputFile::write_out(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return write_failed(path_, errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> OutputFile::close() {
  if (Result<void> done = flush(); !done) return done;
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) return write_failed(path_, errno);
  return {};
}

Result<void> publish(std::span<OutputFile* const> files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::error_code code;
    std::filesystem::rename(files[i]->partial_, files[i]->path_, code);
    if (code) {
      std::error_code ignored;  // the rename's failure is what the caller has to know
      for (std::size_t k = 0; k < i; ++k) std::filesystem::remove(files[k]->path_, ignored);
      return data_error(files[i]->path_.string(),
                        fmt::format("cannot be given its name: {}", code.message()));
    }
    files[i]->partial_.clear();
  }
  return {};
}

}  // namespace ionloom::simulate
