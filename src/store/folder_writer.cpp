#include "store/folder_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ionloom::store {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;

/// A lock belongs to the open file, so that it goes with its process.
bool lock_partial(const Descriptor& file) {
  struct stat status {};
  return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file.number(), &status) == 0 &&
         status.st_nlink > 0;
}

}  // namespace

Outcome<std::unique_ptr<ObjectWriter>> FolderWriter::open(Place place) {
  std::random_device random;
  for (;;) {
    auto partial = place.root / ".partial" / fmt::format("{:08x}{:08x}", random(), random());
    Descriptor file(
        ::open(partial.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (file.number() < 0 && errno == EEXIST) continue;
    if (file.number() < 0) return std::unexpected(file_failure(partial, "be created", errno));
    // Another process that is cleaning up may have had it between these two calls.
    if (!lock_partial(file)) continue;
    return std::make_unique<FolderWriter>(std::move(place), std::move(partial), std::move(file));
  }
}

FolderWriter::FolderWriter(Place place, fs::path partial, Descriptor descriptor)
    : place_(std::move(place)), partial_(std::move(partial)), descriptor_(std::move(descriptor)) {}

FolderWriter::~FolderWriter() {
  if (sealed_) return;
  ::unlink(partial_.c_str());
  place_.usage->give_back(taken_bytes_);
}

Outcome<void> FolderWriter::reserve(std::uint64_t more_bytes) {
  if (sealed_) return refuse(FailureCode::kSealed, place_.name.text(), "is sealed");
  if (failed_) return std::unexpected(*failed_);
  const std::uint64_t needed = object_file_bytes(size_bytes_ + more_bytes);
  const bool a_number = more_bytes <= place_.usage->limit_bytes();
  if (a_number && needed <= taken_bytes_) return {};
  bool there_is_room = a_number && place_.usage->take(needed - taken_bytes_);
  if (a_number && !there_is_room && place_.spares != nullptr) {
    place_.spares->make_room(needed - taken_bytes_);
    there_is_room = place_.usage->take(needed - taken_bytes_);
  }
  if (!there_is_room) {
    failed_ =
        Failure{FailureCode::kOutOfSpace, place_.name.text(),
                fmt::format("does not fit into {}: {} of {} bytes are used", place_.root.string(),
                            place_.usage->used_bytes(), place_.usage->limit_bytes())};
    return std::unexpected(*failed_);
  }
  taken_bytes_ = needed;
  return {};
}

Outcome<void> FolderWriter::append(std::span<const std::byte> bytes) {
  if (auto room = reserve(bytes.size()); !room) return room;
  size_bytes_ += bytes.size();
  checksums_.append(bytes);
  if (buffer_.size() + bytes.size() < kBufferBytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    appended_bytes_ = size_bytes_;
    return {};
  }
  if (auto written = flush(); !written) return written;
  if (auto written = write(bytes); !written) return written;
  appended_bytes_ = size_bytes_;
  return {};
}

Outcome<void> FolderWriter::flush() {
  if (auto written = write(buffer_); !written) return written;
  buffer_.clear();
  return {};
}

Outcome<void> FolderWriter::copy_to(ObjectWriter& other) {
  std::vector<std::byte> bytes(std::min<std::uint64_t>(kBlockBytes, written_bytes_));
  for (std::uint64_t at = 0; at < written_bytes_;) {
    const auto piece =
        std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), written_bytes_ - at));
    if (auto read = read_fully(descriptor_, at, piece, partial_); !read) return read;
    if (auto copied = other.append(piece); !copied) return copied;
    at += piece.size();
  }
  return other.append(std::span(buffer_).first(appended_bytes_ - written_bytes_));
}

/// A large object whose size is known by now is written over a spare file.
void FolderWriter::take_spare() {
  if (place_.spares == nullptr || taken_bytes_ < SpareFiles::kLeastBytes) return;
  Descriptor spare = place_.spares->take(taken_bytes_, partial_);
  if (spare.number() < 0) return;
  descriptor_ = std::move(spare);
  reuses_file_ = true;
}

Outcome<void> FolderWriter::write(std::span<const std::byte> bytes) {
  const std::size_t all = bytes.size();
  if (written_bytes_ == 0 && all > 0 && !reuses_file_) take_spare();
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      failed_ = file_failure(partial_, "be written", errno);
      failed_->where = place_.name.text() + " (" + failed_->where + ")";
      return std::unexpected(*failed_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  written_bytes_ += all;
  return {};
}

Outcome<ObjectInfo> FolderWriter::seal() {
  if (sealed_) return refuse(FailureCode::kSealed, place_.name.text(), "is sealed");
  // Takes the room of the trailer when nothing was appended.
  if (auto room = append({}); !room) return std::unexpected(std::move(room.error()));
  const auto blocks = checksums_.finish();
  const auto tail = object_file_tail(size_bytes_, blocks);
  buffer_.insert(buffer_.end(), tail.begin(), tail.end());
  auto done = flush();
  if (done && reuses_file_ &&
      ::ftruncate(descriptor_.number(), static_cast<off_t>(object_file_bytes(size_bytes_))) != 0) {
    failed_ = file_failure(partial_, "be cut to its size", errno);
    done = std::unexpected(*failed_);
  }
  if (done && ::fchmod(descriptor_.number(), 0444) != 0) {
    failed_ = file_failure(partial_, "be made read-only", errno);
    done = std::unexpected(*failed_);
  }
  if (done) done = take_name();
  if (!done) return std::unexpected(std::move(done.error()));
  sealed_ = true;
  place_.usage->give_back(taken_bytes_ - object_file_bytes(size_bytes_));
  descriptor_ = {};
  place_.sealed();
  return ObjectInfo{size_bytes_, object_checksum(blocks)};
}

Outcome<void> FolderWriter::take_name() {
  for (;;) {
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, place_.path.c_str(), RENAME_NOREPLACE) ==
        0) {
      return {};
    }
    const int why = errno;
    if (why == EEXIST) {
      failed_ = Failure{FailureCode::kExists, place_.name.text(), "exists already"};
      return std::unexpected(*failed_);
    }
    // The folder is made when it is needed, and may be removed, empty, before the file is in it.
    std::error_code error;
    if (why == ENOENT && fs::exists(partial_, error)) {
      fs::create_directories(place_.path.parent_path(), error);
      if (!error || error == std::errc::no_such_file_or_directory) continue;
    }
    failed_ = file_failure(place_.path, "take its name", error ? error.value() : why);
    return std::unexpected(*failed_);
  }
}

void remove_abandoned(const fs::path& root) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root / ".partial", error)) {
    const Descriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.number() >= 0 && lock_partial(file)) ::unlink(entry.path().c_str());
  }
}

}  // namespace ionloom::store
