#include "exec/stage_store.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>

#include "exec/run_owner.h"
#include "exec/stage_keys.h"

namespace ionloom::exec {
namespace {

using store::FailureCode;

/// The object that says whose a run's objects are.
constexpr const char* kOwner = "owner";
/// A client of a remote store: its libraries, connections and threads.
constexpr std::uint64_t kClientBytes = std::uint64_t{64} << 20;
/// Of ranges that tasks have read: the blocks of several dalton of all runs of a large dataset.
constexpr std::uint64_t kKeptRangeBytes = std::uint64_t{64} << 20;

std::size_t cached_blocks(std::uint32_t threads) {
  return 2 * std::size_t{threads} + 4;
}

/// Removes objects, the ones that are gone already too; the first failure ends it, so that a store
/// that has died is not waited for again and again.
/// @return keys that are still there, and why
std::optional<store::Failure> remove_all(store::ObjectStore& store,
                                         const std::vector<std::string>& keys) {
  std::mutex mutex;
  std::optional<store::Failure> failure;
  tbb::parallel_for(std::size_t{0}, keys.size(), [&](std::size_t i) {
    {
      const std::lock_guard lock(mutex);
      if (failure) return;
    }
    const auto removed = store.remove({StageStore::kBucket, keys[i]});
    if (removed || removed.error().code == FailureCode::kNotFound) return;
    const std::lock_guard lock(mutex);
    if (!failure) failure = removed.error();
  });
  return failure;
}

}  // namespace

StageStore::StageStore(std::unique_ptr<store::ObjectStore> store, StageStoreSettings settings)
    : store_(std::move(store)),
      settings_(std::move(settings)),
      run_prefix_(exec::run_prefix(new_run_name())),
      cache_(*store_, cached_blocks(settings_.threads)),
      ranges_(*store_, kKeptRangeBytes) {}

Result<std::unique_ptr<StageStore>> StageStore::open(std::unique_ptr<store::ObjectStore> store,
                                                     StageStoreSettings settings) {
  std::unique_ptr<StageStore> opened(new StageStore(std::move(store), std::move(settings)));
  if (opened->settings_.tried) return opened;
  if (auto works = opened->try_out(); !works) return std::unexpected(works.error());
  opened->remove_leftovers();
  return opened;
}

StageStore::~StageStore() {
  // Whoever did not ask is ending with another error, which is the one to tell.
  [[maybe_unused]] const auto removed = remove_objects();
}

std::unexpected<Error> StageStore::failed(const store::Failure& failure) const {
  Error error = store::to_error(failure);
  error.where = settings_.url;
  error.what = failure.message();
  // What a remote store has lost or damaged is its fault, not the data's.
  if (settings_.remote && error.code == ErrorCode::kData) error.code = ErrorCode::kRemote;
  if (settings_.keep && failure.code == FailureCode::kCorrupt) {
    error.what += "; remove this object, then run again";
  }
  return std::unexpected(std::move(error));
}

Result<void> StageStore::try_out() {
  const std::string key = run_prefix_ + kOwner;
  const std::string text = own_process_text();
  const auto bytes = std::as_bytes(std::span(text));
  const auto explained = [&](const store::Failure& failure) {
    auto error = failed(failure);
    error.error().what = "the store cannot be used: " + failure.what;
    return error;
  };
  if (auto made = store_->put(name_of(key), bytes); !made) return explained(made.error());
  own_keys_.insert(key);
  const auto back = store_->view(name_of(key));
  if (!back) return explained(back.error());
  if (!std::ranges::equal(back->bytes(), bytes)) {
    return explained({FailureCode::kCorrupt, key, "what was put there came back changed"});
  }
  if (!settings_.keep) return {};
  // Kept objects have no owner.
  if (auto failure = remove_all(*store_, {key})) return explained(*failure);
  own_keys_.clear();
  return {};
}

void StageStore::remove_leftovers() {
  const auto runs = store_->list({kBucket, "runs/", '/'});
  if (!runs) return;
  for (const std::string& prefix : runs->common_prefixes) {
    if (prefix == run_prefix_) continue;
    const auto owner = store_->view(name_of(prefix + kOwner));
    if (!owner) continue;
    const auto bytes = owner->bytes();
    if (!has_ended({reinterpret_cast<const char*>(bytes.data()), bytes.size()})) continue;
    const auto left = store_->list({kBucket, prefix, std::nullopt});
    if (!left) continue;
    std::vector<std::string> keys;
    for (const store::ListedObject& object : left->objects) {
      if (object.key != prefix + kOwner) keys.push_back(object.key);
    }
    // The owner last: without it nobody could tell whose the rest is.
    if (!remove_all(*store_, keys)) static_cast<void>(remove_all(*store_, {prefix + kOwner}));
  }
}

Result<void> StageStore::NewObject::append(std::span<const std::byte> bytes) {
  size_bytes_ += bytes.size();
  if (writer_ == nullptr) return {};
  if (auto done = writer_->append(bytes); !done) return own_.failed(done.error());
  own_.meter_.add_put(bytes.size());
  return {};
}

Result<void> StageStore::NewObject::seal() {
  if (writer_ == nullptr) return {};
  const auto sealed = writer_->seal();
  if (sealed) return {};
  // Another run was sooner, with the same bytes.
  if (own_.settings_.keep && sealed.error().code == FailureCode::kExists) return {};
  return own_.failed(sealed.error());
}

Result<std::unique_ptr<StageStore::NewObject>> StageStore::create(const std::string& key) {
  auto writer = store_->create(name_of(key));
  if (writer) {
    if (!settings_.keep) {
      // Before it is there: of a call that fails nobody knows how far it came.
      const std::lock_guard lock(mutex_);
      own_keys_.insert(key);
    }
    return std::make_unique<NewObject>(*this, std::move(*writer));
  }
  if (settings_.keep && writer.error().code == FailureCode::kExists) {
    return std::make_unique<NewObject>(*this, nullptr);
  }
  return failed(writer.error());
}

Result<void> StageStore::put(const std::string& key, std::span<const std::byte> bytes) {
  auto made = create(key);
  if (!made) return std::unexpected(made.error());
  if (auto appended = (*made)->append(bytes); !appended) return appended;
  return (*made)->seal();
}

Result<std::optional<std::uint64_t>> StageStore::find(const std::string& key) {
  const auto info = store_->stat(name_of(key));
  if (!info && info.error().code == FailureCode::kNotFound) return std::nullopt;
  // Where objects lie with nodes, one whose node is gone is lost with it.
  const bool is_lost =
      !info && info.error().code == FailureCode::kUnavailable && settings_.lost_with_nodes;
  if (!info && info.error().code != FailureCode::kCorrupt && !is_lost) {
    return failed(info.error());
  }
  // S3 has an object whole or not at all.
  const bool whole = settings_.remote && !settings_.lost_with_nodes;
  if (info && whole) return info->size_bytes;
  if (info) {
    const std::uint64_t last = std::max<std::uint64_t>(info->size_bytes, 1) - 1;
    const auto end = store_->view(name_of(key), {last, 1});
    if (end) return info->size_bytes;
    // A store that does not answer now has it still.
    const FailureCode code = end.error().code;
    const bool damaged = code == FailureCode::kCorrupt || code == FailureCode::kNotFound;
    if (!damaged && !settings_.lost_with_nodes) return failed(end.error());
  }
  // Known, but damaged or lost with its node: it is made again.
  if (auto failure = remove_all(*store_, {key})) return failed(*failure);
  return std::nullopt;
}

std::unexpected<Error> StageStore::lost(const std::string& key) const {
  return failed(
      {FailureCode::kNotFound, key,
       "the object was there and is no more; run again, and what is missing is made anew"});
}

Result<void> StageStore::read(const std::string& key, std::uint64_t offset_bytes,
                              std::span<std::byte> into) {
  if (auto done = cache_.read(name_of(key), offset_bytes, into); !done) {
    return failed(done.error());
  }
  meter_.add_got(into.size());
  return {};
}

Result<void> StageStore::read_within(const std::string& key, store::ByteRange range,
                                     std::uint64_t offset_bytes, std::span<std::byte> into) {
  const auto asked = ranges_.read(name_of(key), range, offset_bytes, into);
  if (!asked) return failed(asked.error());
  meter_.add_got(*asked);
  return {};
}

Result<void> StageStore::remove_objects() {
  const std::set<std::string> all = [&] {
    const std::lock_guard lock(mutex_);
    return std::exchange(own_keys_, {});
  }();
  const std::string owner = run_prefix_ + kOwner;
  std::vector<std::string> keys(all.begin(), all.end());
  std::erase(keys, owner);
  auto failure = remove_all(*store_, keys);
  if (!failure && all.contains(owner)) failure = remove_all(*store_, {owner});
  if (failure) return failed(*failure);
  return {};
}

std::uint64_t StageStore::memory_bound_bytes(bool remote, std::uint32_t threads,
                                             std::uint64_t largest_object_bytes) {
  // Remote stores send an object while the task that makes it goes on.
  return BlockCache::memory_bound_bytes(cached_blocks(threads), threads) +
         (remote ? kClientBytes + RangeCache::memory_bound_bytes(kKeptRangeBytes, threads) +
                       threads * largest_object_bytes
                 : 0);
}

}  // namespace ionloom::exec
