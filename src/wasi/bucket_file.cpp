#include "wasi/bucket_file.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace ionloom::wasi {
namespace {

constexpr std::uint64_t kFirstAheadBytes = std::uint64_t{64} << 10;
constexpr std::uint64_t kMostAheadBytes = std::uint64_t{8} << 20;
/// Of a read of many bytes so many are fetched at a time.
constexpr std::uint64_t kMostFetchedBytes = std::uint64_t{64} << 20;
/// Reads of so many bytes go past the window.
constexpr std::size_t kLargeBytes = std::size_t{256} << 10;

}  // namespace

SealedFile::SealedFile(std::shared_ptr<BucketMount> mount, std::string path,
                       std::uint64_t size_bytes)
    : mount_(std::move(mount)),
      path_(std::move(path)),
      size_bytes_(size_bytes),
      ahead_bytes_(kFirstAheadBytes) {
  if (auto here = mount_->in_place(path_)) {
    window_ = *std::move(here);
    size_bytes_ = window_.bytes().size();
  }
}

Answer<std::size_t> SealedFile::read(std::uint64_t offset_bytes, std::span<std::byte> into) {
  if (offset_bytes >= size_bytes_ || into.empty()) return 0;
  const std::uint64_t window_end = window_offset_bytes_ + window_.bytes().size();
  const bool outside = offset_bytes < window_offset_bytes_ || offset_bytes >= window_end;
  if (outside && !take_ahead(offset_bytes)) {
    if (mount_->remote() != nullptr && into.size() >= kLargeBytes) {
      return read_past(*mount_->remote(), offset_bytes, into);
    }
    // Reading on from where the window ends is worth a larger one.
    ahead_bytes_ =
        offset_bytes == window_end ? std::min(ahead_bytes_ * 2, kMostAheadBytes) : kFirstAheadBytes;
    const std::uint64_t wanted = std::min<std::uint64_t>(
        std::max<std::uint64_t>(into.size(), ahead_bytes_), kMostFetchedBytes);
    if (auto got = fetch(offset_bytes, wanted); !got) return refuse(got.error());
  }
  const auto rest = window_.bytes().subspan(offset_bytes - window_offset_bytes_);
  const std::size_t count = std::min(rest.size(), into.size());
  std::memcpy(into.data(), rest.data(), count);
  return count;
}

Answer<std::size_t> SealedFile::read_past(store::RemoteObjects& remote, std::uint64_t offset_bytes,
                                          std::span<std::byte> into) {
  const std::uint64_t there = std::min(size_bytes_ - offset_bytes, kMostFetchedBytes);
  const auto count = remote.read(mount_->name_of(path_), offset_bytes,
                                 into.first(std::min<std::uint64_t>(into.size(), there)));
  if (!count) return refuse(errno_of(count.error()));
  if (*count == 0) return refuse(Errno::kStale);
  return *count;
}

Answer<void> SealedFile::fetch(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
  if (store::RemoteObjects* remote = mount_->remote(); remote != nullptr) {
    const auto bytes = std::make_shared<std::vector<std::byte>>(
        std::min(length_bytes, size_bytes_ - offset_bytes));
    const auto count = read_past(*remote, offset_bytes, *bytes);
    if (!count) return refuse(count.error());
    window_ = {bytes, std::span(*bytes).first(*count)};
    window_offset_bytes_ = offset_bytes;
    return {};
  }
  auto view = mount_->store().view(mount_->name_of(path_), {offset_bytes, length_bytes});
  if (!view) return refuse(errno_of(view.error()));
  // Shorter than it was when it was opened: another object has the name by now.
  if (view->bytes().empty()) return refuse(Errno::kStale);
  window_ = *std::move(view);
  window_offset_bytes_ = offset_bytes;
  return {};
}

void SealedFile::will_need(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
  const std::uint64_t end = window_offset_bytes_ + window_.bytes().size();
  if (offset_bytes >= size_bytes_ || (offset_bytes >= window_offset_bytes_ && offset_bytes < end)) {
    return;
  }
  coming_offset_bytes_ = offset_bytes;
  coming_ =
      std::async(std::launch::async,
                 [mount = mount_, name = mount_->name_of(path_),
                  range = store::ByteRange{offset_bytes, std::min(length_bytes, kMostAheadBytes)}] {
                   return mount->store().view(name, range);
                 });
}

bool SealedFile::take_ahead(std::uint64_t offset_bytes) {
  if (!coming_.valid() || offset_bytes < coming_offset_bytes_ ||
      offset_bytes - coming_offset_bytes_ >= kMostAheadBytes) {
    return false;
  }
  auto view = coming_.get();
  if (!view || offset_bytes - coming_offset_bytes_ >= view->bytes().size()) return false;
  window_ = *std::move(view);
  window_offset_bytes_ = coming_offset_bytes_;
  return true;
}

DraftFile::DraftFile(std::shared_ptr<BucketMount> mount, std::string path,
                     std::shared_ptr<Draft> draft)
    : mount_(std::move(mount)), path_(std::move(path)), draft_(std::move(draft)) {
  ++draft_->handles;
}

bool DraftFile::leave() {
  return draft_ != nullptr && --draft_->handles == 0;
}

DraftFile::~DraftFile() {
  if (leave()) mount_->forget_draft(draft_);
}

Answer<void> DraftFile::close() {
  Answer<void> sealed;
  if (leave()) {
    sealed = draft_->seal();
    mount_->forget_draft(draft_);
  }
  draft_.reset();
  return sealed;
}

}  // namespace ionloom::wasi
