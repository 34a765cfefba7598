#include "geds/snapshot_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "files/output_file.h"
#include "geds/change.h"
#include "geds/frame_file.h"

namespace ionloom::geds {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "metadata-";
constexpr std::string_view kSuffix = ".snapshot";
constexpr std::size_t kFrameBytes = std::size_t{1} << 20;

/// Puts records into frames and frames into a file.
class SnapshotWriter {
 public:
  SnapshotWriter(files::OutputFile& file, std::uint64_t sequence)
      : file_(file), sequence_(sequence) {}

  void add(Change change) {
    append_record(encode({sequence_, std::move(change)}), payload_);
    ++records_;
    if (payload_.size() >= kFrameBytes) write_frame();
  }

  Result<void> finish() {
    add(SnapshotEnd{records_});
    write_frame();
    return result_;
  }

 private:
  void write_frame() {
    if (result_) result_ = file_.write(framed(payload_));
    payload_.clear();
  }

  files::OutputFile& file_;
  std::uint64_t sequence_;
  std::uint64_t records_ = 0;
  std::string payload_;
  Result<void> result_;
};

Result<void> sync_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(files::file_error(path, "be opened", errno));
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed != 0) return std::unexpected(files::file_error(path, "be synchronised", failed));
  return {};
}

/// SEQUENCE in "metadata-SEQUENCE<suffix>".
std::optional<std::uint64_t> sequence_of(const fs::path& path, std::string_view suffix) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kPrefix) || !name.ends_with(suffix)) return {};
  std::uint64_t sequence = 0;
  const char* end = name.data() + name.size() - suffix.size();
  const auto [rest, failed] = std::from_chars(name.data() + kPrefix.size(), end, sequence);
  if (failed != std::errc{} || rest != end) return {};
  return sequence;
}

/// Whether the snapshot is whole; if so, `state` is what it says.
Result<bool> load(const fs::path& path, MetadataState& state) {
  const auto bytes = read_if_present(path);
  if (!bytes) return std::unexpected(bytes.error());
  const auto frames = read_frames(*bytes, path);
  if (!frames) return false;
  for (std::size_t i = 0; i < frames->records.size(); ++i) {
    const auto change = decode_change(frames->records[i]);
    if (!change) return data_error(path.string(), change.error().what);
    if (const auto* end = std::get_if<SnapshotEnd>(&change->change)) return end->records == i;
    apply(change->change, state);
  }
  return false;
}

}  // namespace

Result<std::vector<std::pair<std::uint64_t, fs::path>>> numbered_files(const fs::path& folder,
                                                                       std::string_view suffix) {
  std::vector<std::pair<std::uint64_t, fs::path>> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (const auto sequence = sequence_of(at->path(), suffix)) {
      found.emplace_back(*sequence, at->path());
    }
  }
  if (failed) return std::unexpected(files::file_error(folder, "be listed", failed.value()));
  std::ranges::sort(found);
  return found;
}

Result<void> write_snapshot(const fs::path& folder, std::uint64_t sequence,
                            const MetadataState& state) {
  const auto older = numbered_files(folder, kSuffix);
  if (!older) return std::unexpected(older.error());
  const fs::path path = folder / fmt::format("{}{}{}", kPrefix, sequence, kSuffix);
  auto file = files::OutputFile::create(path, 0600);  // it holds secrets
  if (!file) return std::unexpected(file.error());
  SnapshotWriter writer(*file, sequence);
  for (const std::string& bucket : state.buckets()) writer.add(BucketCreated{bucket});
  for (const ObjectStoreConfig& config : state.stores()) writer.add(StoreRegistered{config});
  for (const auto& [location, ms] : state.leases()) writer.add(LeaseNoted{location, ms});
  state.for_each([&](const Object& object) { writer.add(ObjectPut{object}); });
  if (auto done = writer.finish(); !done) return done;
  if (auto done = file->commit(); !done) return done;
  if (auto done = sync_file(path); !done) return done;
  if (auto done = sync_folder(folder); !done) return done;
  for (const auto& [number, old] : *older) {
    std::error_code stays;  // harmless: the newest is the one that is read
    if (number < sequence) fs::remove(old, stays);
  }
  return {};
}

Result<LoadedSnapshot> load_newest_snapshot(const fs::path& folder, MetadataState& state) {
  const auto found = numbered_files(folder, kSuffix);
  if (!found) return std::unexpected(found.error());
  const std::uint64_t newest = found->empty() ? 0 : found->back().first;
  for (const auto& [sequence, path] : std::views::reverse(*found)) {
    state = MetadataState();
    const auto whole = load(path, state);
    if (!whole) return std::unexpected(whole.error());
    if (*whole) return LoadedSnapshot{sequence, newest};
  }
  state = MetadataState();
  return LoadedSnapshot{0, newest};
}

}  // namespace ionloom::geds
