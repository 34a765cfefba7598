#include "geds/metadata_log.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include "files/output_file.h"
#include "geds/frame_file.h"
#include "geds/snapshot_file.h"

namespace ionloom::geds {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLogName = "metadata.log";
constexpr std::string_view kLockName = "lock";

/// @return 0, or the system's error
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

MetadataLog::MetadataLog(fs::path folder, std::uint64_t snapshot_after_bytes)
    : folder_(std::move(folder)), snapshot_after_bytes_(snapshot_after_bytes) {}

MetadataLog::~MetadataLog() {
  if (log_file_ >= 0) ::close(log_file_);
  if (lock_file_ >= 0) ::close(lock_file_);
}

Result<std::unique_ptr<MetadataLog>> MetadataLog::open(const fs::path& folder, MetadataState& state,
                                                       std::uint64_t snapshot_after_bytes) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return std::unexpected(files::file_error(folder, "be created", failed.value()));
  std::unique_ptr<MetadataLog> log(new MetadataLog(folder, snapshot_after_bytes));
  const fs::path lock = folder / kLockName;
  log->lock_file_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (log->lock_file_ < 0) return std::unexpected(files::file_error(lock, "be created", errno));
  if (::flock(log->lock_file_, LOCK_EX | LOCK_NB) != 0) {
    return data_error(folder.string(),
                      "another metadata server keeps its state here; give each its own folder");
  }
  if (auto done = log->replay(state); !done) return std::unexpected(done.error());
  return log;
}

Result<void> MetadataLog::replay(MetadataState& state) {
  const auto start = load_newest_snapshot(folder_, state);
  if (!start) return std::unexpected(start.error());
  last_ = start->sequence;
  const fs::path path = folder_ / kLogName;
  const auto bytes = read_if_present(path);
  if (!bytes) return std::unexpected(bytes.error());
  const auto frames = read_frames(*bytes, path);
  if (!frames) return std::unexpected(frames.error());
  for (const std::string_view record : frames->records) {
    const auto change = decode_change(record);
    if (!change) return data_error(path.string(), change.error().what);
    if (change->sequence <= start->sequence)
      continue;  // a crash came between snapshot and cutting the log
    if (change->sequence != last_ + 1) {
      return data_error(path.string(),
                        fmt::format("change {} follows change {}; those between are missing, so "
                                    "the state cannot be rebuilt. A snapshot may have been removed",
                                    change->sequence, last_));
    }
    apply(change->change, state);
    last_ = change->sequence;
  }
  if (last_ < start->newest) {
    return data_error(
        folder_.string(),
        fmt::format("metadata-{}.snapshot is damaged, and what else is here ends with "
                    "change {}. Restore the snapshot from a copy, or remove it to go "
                    "on with less",
                    start->newest, last_));
  }
  durable_ = last_;
  return open_log(frames->valid_bytes);
}

Result<void> MetadataLog::open_log(std::size_t valid_bytes) {
  const fs::path path = folder_ / kLogName;
  log_file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_file_ < 0) return std::unexpected(files::file_error(path, "be opened", errno));
  if (::ftruncate(log_file_, static_cast<off_t>(valid_bytes)) != 0 || ::fsync(log_file_) != 0) {
    return std::unexpected(files::file_error(path, "be cut to its whole records", errno));
  }
  log_bytes_ = valid_bytes;
  return sync_folder(folder_);
}

std::uint64_t MetadataLog::append(const Change& change) {
  const std::scoped_lock lock(mutex_);
  ++last_;
  append_record(encode({last_, change}), waiting_);
  return last_;
}

Result<void> MetadataLog::write_out(std::unique_lock<std::mutex>& lock) {
  const std::string frame = framed(std::exchange(waiting_, {}));
  const std::uint64_t up_to = last_;
  writing_ = true;
  lock.unlock();
  int failed = write_all(log_file_, frame);
  if (failed == 0 && ::fdatasync(log_file_) != 0) failed = errno;
  lock.lock();
  writing_ = false;
  if (failed != 0) {
    failed_ = files::file_error(folder_ / kLogName, "be written", failed);
    failed_->what += " No change is accepted until the server is restarted.";
  } else {
    durable_ = up_to;
    log_bytes_ += frame.size();
  }
  written_.notify_all();
  if (failed_) return std::unexpected(*failed_);
  return {};
}

Result<void> MetadataLog::wait_durable(std::uint64_t sequence) {
  std::unique_lock lock(mutex_);
  while (durable_ < sequence) {
    if (failed_) return std::unexpected(*failed_);
    if (writing_) {
      written_.wait(lock);
    } else if (auto done = write_out(lock); !done) {
      return done;
    }
  }
  return {};
}

bool MetadataLog::wants_snapshot() const {
  const std::scoped_lock lock(mutex_);
  return log_bytes_ > snapshot_after_bytes_ && !failed_;
}

Result<void> MetadataLog::snapshot(const MetadataState& state) {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [&] { return !writing_; });
  if (failed_) return std::unexpected(*failed_);
  if (!waiting_.empty()) {
    if (auto done = write_out(lock); !done) return done;
  }
  if (auto done = write_snapshot(folder_, last_, state); !done) {
    snapshot_after_bytes_ *= 2;  // not again with the very next change
    return done;
  }
  if (::ftruncate(log_file_, 0) != 0 || ::fsync(log_file_) != 0) {
    return std::unexpected(files::file_error(folder_ / kLogName, "be emptied", errno));
  }
  log_bytes_ = 0;
  return {};
}

}  // namespace ionloom::geds
