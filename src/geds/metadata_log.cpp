#include "geds/metadata_log.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include "files/output_file.h"
#include "geds/frame_file.h"
#include "geds/metadata_history.h"
#include "geds/snapshot_file.h"

namespace ionloom::geds {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockName = "lock";
constexpr std::chrono::milliseconds kMostGathering{2};

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
  const auto history = read_history(folder_, state);
  if (!history) return std::unexpected(history.error());
  last_ = durable_ = history->last;
  log_bytes_ = history->log_bytes;
  return open_log(history->log_bytes);
}

Result<void> MetadataLog::open_log(std::size_t valid_bytes) {
  const fs::path path = folder_ / kLogName;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return std::unexpected(files::file_error(path, "be opened", errno));
  if (log_file_ >= 0) ::close(log_file_);
  log_file_ = file;
  if (::ftruncate(log_file_, static_cast<off_t>(valid_bytes)) != 0 || ::fsync(log_file_) != 0) {
    return std::unexpected(files::file_error(path, "be cut to its whole records", errno));
  }
  return sync_folder(folder_);
}

std::uint64_t MetadataLog::append(const Change& change) {
  const std::scoped_lock lock(mutex_);
  ++last_;
  append_record(encode({last_, change}), waiting_);
  if (last_ - durable_ == expected_) noted_.notify_one();
  return last_;
}

/// Whoever was told of the last write mostly comes with the next change soon. A write that goes
/// without them makes them wait for all of it: two half-full writes in place of one. So it waits
/// for as many changes as there were, half as long as a write takes at most. Who does not come is
/// not waited for the next time.
void MetadataLog::gather(std::unique_lock<std::mutex>& lock) {
  const auto patience = std::min<std::chrono::nanoseconds>(write_time_ / 2, kMostGathering);
  noted_.wait_for(lock, patience, [&] { return last_ - durable_ >= expected_; });
}

Result<void> MetadataLog::fail_from_here(Error error) {
  failed_ = std::move(error);
  failed_->what += " No change is accepted until the server is restarted.";
  return std::unexpected(*failed_);
}

Result<void> MetadataLog::write_out(std::unique_lock<std::mutex>& lock) {
  writing_ = true;
  gather(lock);
  const std::string frame = framed(std::exchange(waiting_, {}));
  const std::uint64_t before = durable_;
  const std::uint64_t up_to = last_;
  lock.unlock();
  const auto start = std::chrono::steady_clock::now();
  int failed = write_all(log_file_, frame);
  if (failed == 0 && ::fdatasync(log_file_) != 0) failed = errno;
  const auto took = std::chrono::steady_clock::now() - start;
  lock.lock();
  writing_ = false;
  write_time_ = took;
  expected_ = last_ - before;  // of those who are told now and of those who wait already
  Result<void> done;
  if (failed != 0) {
    done = fail_from_here(files::file_error(folder_ / kLogName, "be written", failed));
  } else {
    durable_ = up_to;
    log_bytes_ += frame.size();
  }
  written_.notify_all();
  return done;
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

/// What is in the log becomes a file of its own, and a new log begins.
/// @return the number of its last change
Result<std::uint64_t> MetadataLog::begin_new_log() {
  std::unique_lock lock(mutex_);
  while (writing_ || !waiting_.empty()) {
    if (failed_) break;
    if (writing_) {
      written_.wait(lock);
    } else if (auto done = write_out(lock); !done) {
      return std::unexpected(done.error());
    }
  }
  if (failed_) return std::unexpected(*failed_);
  const std::uint64_t last = last_;
  writing_ = true;  // changes are noted meanwhile, and wait
  lock.unlock();
  const fs::path path = folder_ / kLogName;
  Result<void> begun;
  if (::rename(path.c_str(), closed_log_path(folder_, last).c_str()) != 0) {
    begun = std::unexpected(files::file_error(path, "be renamed", errno));
  } else {
    begun = open_log(0);
  }
  lock.lock();
  writing_ = false;
  if (begun) log_bytes_ = 0;
  if (!begun) begun = fail_from_here(begun.error());
  written_.notify_all();
  if (!begun) return std::unexpected(begun.error());
  return last;
}

Result<std::uint64_t> MetadataLog::snapshot() {
  const auto last = begin_new_log();
  if (!last) return last;
  const auto made = [&]() -> Result<void> {
    MetadataState state;
    if (auto read = read_closed_history(folder_, *last, state); !read) return read;
    if (auto written = write_snapshot(folder_, *last, state); !written) return written;
    return remove_closed_logs(folder_, *last);
  }();
  if (made) return last;
  const std::scoped_lock lock(mutex_);
  snapshot_after_bytes_ *= 2;  // not again with the very next change
  return std::unexpected(made.error());
}

}  // namespace ionloom::geds
