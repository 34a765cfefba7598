#include "files/output_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "files/hidden_name.h"

namespace ionloom::files {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;

std::string_view remedy(int system_error) {
  switch (system_error) {
    case ENOSPC:
      return " Free some space or choose another disk.";
    case EDQUOT:
      return " Free some space or ask for a larger quota.";
    case EFBIG:
      return " Raise the limit on file sizes (ulimit -f).";
    case EACCES:
    case EPERM:
    case EROFS:
      return " Choose a folder you may write to.";
    case ENOENT:
      return " Its folder does not exist.";
    default:
      return "";
  }
}

int open_for_writing(const fs::path& path, int flags, unsigned permissions) {
  int descriptor = -1;
  do {
    descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, permissions);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

/// False with errno.
bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Error file_error(const fs::path& path, std::string_view doing, int system_error) {
  const bool resource = system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG ||
                        system_error == EMFILE || system_error == ENFILE ||
                        system_error == ENOMEM || system_error == EIO;
  return {resource ? ErrorCode::kResource : ErrorCode::kData, path.string(),
          fmt::format("cannot {}: {}.{}", doing,
                      std::error_code(system_error, std::generic_category()).message(),
                      remedy(system_error))};
}

Result<OutputFile> OutputFile::create(const fs::path& path, unsigned permissions) {
  fs::path partial = hidden_sibling(path, "partial");
  const int descriptor = open_for_writing(partial, O_TRUNC, permissions);
  if (descriptor < 0) {
    return std::unexpected(file_error(path, "be created", errno));
  }
  return OutputFile(path, std::move(partial), descriptor);
}

OutputFile::OutputFile(fs::path path, fs::path partial, int descriptor)
    : path_(std::move(path)), partial_(std::move(partial)), descriptor_(descriptor) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      partial_(std::exchange(other.partial_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_bytes_(other.size_bytes_),
      buffer_(std::move(other.buffer_)) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  path_ = std::move(other.path_);
  partial_ = std::exchange(other.partial_, {});
  descriptor_ = std::exchange(other.descriptor_, -1);
  size_bytes_ = other.size_bytes_;
  buffer_ = std::move(other.buffer_);
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

Result<void> OutputFile::write(std::string_view bytes) {
  size_bytes_ += bytes.size();
  if (bytes.size() >= kBufferBytes) {  // is not copied
    if (auto before = flush(); !before) return before;
    return write_through(bytes);
  }
  buffer_.append(bytes);
  return buffer_.size() < kBufferBytes ? Result<void>{} : flush();
}

Result<void> OutputFile::write(std::span<const std::uint8_t> bytes) {
  return write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Result<void> OutputFile::write(std::span<const std::byte> bytes) {
  return write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Result<void> OutputFile::write_through(std::string_view bytes) {
  if (write_all(descriptor_, bytes)) return {};
  return std::unexpected(file_error(path_, "be written", errno));
}

Result<void> OutputFile::flush() {
  auto written = write_through(buffer_);
  if (written) buffer_.clear();
  return written;
}

Result<void> OutputFile::overwrite(std::uint64_t offset_bytes, std::string_view bytes) {
  if (auto flushed = flush(); !flushed) return flushed;
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(file_error(path_, "be written", errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset_bytes += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<void> OutputFile::close() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    return std::unexpected(file_error(path_, "be written", errno));
  }
  return {};
}

Result<void> OutputFile::take_name() {
  if (::rename(partial_.c_str(), path_.c_str()) != 0) {
    return std::unexpected(file_error(path_, "take its final name", errno));
  }
  partial_.clear();
  return {};
}

Result<void> OutputFile::commit() {
  if (auto closed = close(); !closed) return closed;
  return take_name();
}

Result<void> publish(std::span<OutputFile* const> files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto named = files[i]->take_name();
    if (named) continue;
    for (std::size_t k = 0; k < i; ++k) ::unlink(files[k]->path_.c_str());
    return named;
  }
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file) {
    return std::unexpected(std::move(file.error()));
  }
  if (auto written = file->write(bytes); !written) {
    return written;
  }
  return file->commit();
}

Result<void> write_hidden_file(const fs::path& path, std::string_view bytes) {
  constexpr unsigned kPermissions = 0666;
  const int descriptor = open_for_writing(path, O_EXCL, kPermissions);
  if (descriptor < 0) return std::unexpected(file_error(path, "be created", errno));
  const bool written = write_all(descriptor, bytes);
  const int why_not = errno;
  const bool closed = ::close(descriptor) == 0;
  if (written && closed) return {};
  const Error error = file_error(path, "be written", written ? errno : why_not);
  ::unlink(path.c_str());
  return std::unexpected(error);
}

}  // namespace ionloom::files
