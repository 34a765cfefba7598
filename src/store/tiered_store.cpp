#include "store/tiered_store.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <ranges>
#include <utility>

#include "store/block_checksums.h"
#include "store/listing_draft.h"
#include "store/notice_board.h"
#include "store/residents.h"

namespace ionloom::store {
namespace {

/// When room is made, so many objects that the archive does not take are passed over at most.
constexpr std::size_t kMostPassedOver = 1024;

struct Level {
  explicit Level(TieredStore::Tier given) : tier(std::move(given)) {}

  TieredStore::Tier tier;
  Residents residents;
  /// Held by the thread that makes room here, which may take that of the tier below.
  std::mutex making_room;
  std::atomic<std::uint64_t> hits = 0;
  std::atomic<std::uint64_t> spilled = 0;
  std::atomic<std::uint64_t> dropped = 0;
  std::atomic<std::uint64_t> came_back = 0;
  std::atomic<std::uint64_t> came_back_bytes = 0;
};

bool is_absent(const Failure& failure) {
  return failure.code == FailureCode::kNotFound;
}

}  // namespace

/// Order of locks: `making_room` of the tiers from the top down, then one lock of a name. Under the
/// lock of a name an object appears in a tier or leaves one, and nothing else is waited for.
struct TieredStore::Parts {
  std::vector<std::unique_ptr<Level>> levels;
  std::array<std::mutex, 64> name_locks;
  NoticeBoard notices;

  std::mutex& lock_of(const ObjectName& name) {
    const auto hash = std::hash<std::string>{}(name.key) ^ std::hash<std::string>{}(name.bucket);
    return name_locks[hash % name_locks.size()];
  }

  /// The next writable tier from `from` on; levels.size() when there is none.
  std::size_t writable_from(std::size_t from) const {
    while (from < levels.size() && !levels[from]->tier.writable) ++from;
    return from;
  }

  /// Where a new object of this size goes, at `from` or below.
  std::size_t level_for(std::uint64_t size_bytes, std::size_t from = 0) const {
    std::size_t at = writable_from(from);
    for (;;) {
      const std::size_t next = writable_from(at + 1);
      if (next == levels.size()) return at;
      if (size_bytes <= levels[at]->tier.store->usage().limit_bytes / 2) return at;
      at = next;
    }
  }

  /// Moves out of a tier what was used longest ago until `needed_bytes` more fit, or so many bytes
  /// have left: those of which a reader has a view are gone from the tier but still used.
  void make_room(std::size_t at, std::uint64_t needed_bytes);
  /// Whether the object left the tier.
  bool move_down(std::size_t at, const Resident& object);
  void bring_back(std::size_t from, const ObjectName& name, const View& whole);

  /// Asks the tiers in turn; the first that has the object answers. What went wrong in one that may
  /// have it counts only if none answers.
  template <class Ask>
  auto first_that_has(const ObjectName& name, const Ask& ask)
      -> decltype(ask(std::declval<Level&>(), std::size_t{0})) {
    decltype(ask(std::declval<Level&>(), std::size_t{0})) answer =
        refuse(FailureCode::kNotFound, name.text(), "is not here");
    for (std::size_t at = 0; at < levels.size(); ++at) {
      auto next = ask(*levels[at], at);
      if (next || next.error().code == FailureCode::kBadName) return next;
      if (!is_absent(next.error())) answer = std::move(next);
    }
    return answer;
  }

  Outcome<ObjectInfo> stat(const ObjectName& name) {
    return first_that_has(name,
                          [&](Level& level, std::size_t) { return level.tier.store->stat(name); });
  }
};

void TieredStore::Parts::make_room(std::size_t at, std::uint64_t needed_bytes) {
  Level& level = *levels[at];
  const bool lowest = writable_from(at + 1) == levels.size();
  const auto& archives = levels.back()->tier.archives;
  if (lowest && !archives) return;
  const std::scoped_lock lock(level.making_room);
  std::vector<Resident> staying;
  std::uint64_t gone_bytes = 0;
  while (gone_bytes < needed_bytes && staying.size() < kMostPassedOver) {
    const Usage usage = level.tier.store->usage();
    if (usage.used_bytes <= usage.limit_bytes &&
        needed_bytes <= usage.limit_bytes - usage.used_bytes) {
      break;
    }
    const auto oldest = level.residents.take_oldest();
    if (!oldest) break;
    if (lowest && !archives(oldest->name)) {
      staying.push_back(*oldest);
    } else if (move_down(at, *oldest)) {
      gone_bytes += oldest->size_bytes;
    } else {
      staying.push_back(*oldest);
      break;
    }
  }
  for (Resident& resident : staying) level.residents.add(std::move(resident));
}

bool TieredStore::Parts::move_down(std::size_t at, const Resident& object) {
  ObjectStore& above = *levels[at]->tier.store;
  if (object.copy_below) {
    const std::scoped_lock lock(lock_of(object.name));
    if (above.remove(object.name)) ++levels[at]->dropped;
    return true;
  }
  const auto bytes = above.view(object.name);
  if (!bytes) return is_absent(bytes.error());  // deleted meanwhile; a damaged one stays
  const bool lowest = writable_from(at + 1) == levels.size();
  const std::size_t below = lowest ? levels.size() - 1 : level_for(bytes->bytes().size(), at + 1);
  ObjectStore& target = *levels[below]->tier.store;
  if (!lowest) make_room(below, bytes->bytes().size());
  auto writer = target.create(object.name);
  const bool there = !writer && writer.error().code == FailureCode::kExists;
  if (!there && (!writer || !(*writer)->append(bytes->bytes()))) return false;

  const std::scoped_lock lock(lock_of(object.name));
  if (!above.stat(object.name)) return true;  // deleted meanwhile
  if (!there) {
    if (const auto sealed = (*writer)->seal();
        !sealed && sealed.error().code != FailureCode::kExists) {
      return false;
    }
  }
  if (!lowest) levels[below]->residents.add({object.name, bytes->bytes().size(), false});
  if (above.remove(object.name)) ++levels[at]->spilled;
  return true;
}

void TieredStore::Parts::bring_back(std::size_t from, const ObjectName& name, const View& whole) {
  const std::size_t at = level_for(whole.bytes().size());
  if (at >= from) return;
  make_room(at, whole.bytes().size());
  auto writer = levels[at]->tier.store->create(name);
  // Where there is no room the object stays where it is.
  if (!writer || !(*writer)->append(whole.bytes())) return;
  const std::scoped_lock lock(lock_of(name));
  if (!levels[from]->tier.store->stat(name)) return;  // deleted meanwhile, or moved
  if (!(*writer)->seal()) return;
  levels[at]->residents.add({name, whole.bytes().size(), true});
  ++levels[at]->came_back;
  levels[at]->came_back_bytes += whole.bytes().size();
}

/// Writes into the tier that suits the bytes so far. When they grow beyond it they are written
/// again into one below.
class TieredStore::Writer final : public ObjectWriter {
 public:
  Writer(Parts& parts, ObjectName name) : parts_(parts), name_(std::move(name)) {}

  Outcome<void> reserve(std::uint64_t more_bytes) override {
    auto found =
        in_some_tier(more_bytes, [&](ObjectWriter& writer) { return writer.reserve(more_bytes); });
    if (found) reserved_bytes_ = std::max(reserved_bytes_, size_bytes_ + more_bytes);
    return found;
  }

  std::span<std::byte> place_for(std::size_t most_bytes) override {
    if (size_bytes_ >= reserved_bytes_) return {};
    return writer_->place_for(std::min<std::uint64_t>(most_bytes, reserved_bytes_ - size_bytes_));
  }

  Outcome<void> append(std::span<const std::byte> bytes) override {
    auto written =
        in_some_tier(bytes.size(), [&](ObjectWriter& writer) { return writer.append(bytes); });
    if (written) size_bytes_ += bytes.size();
    return written;
  }

  Outcome<ObjectInfo> seal() override {
    if (auto ready = append({}); !ready) return std::unexpected(std::move(ready.error()));
    const std::scoped_lock lock(parts_.lock_of(name_));
    if (const auto other = parts_.stat(name_); other || !is_absent(other.error())) {
      failed_ =
          other ? Failure{FailureCode::kExists, name_.text(), "exists already"} : other.error();
      return std::unexpected(*failed_);
    }
    auto info = writer_->seal();
    if (!info) {
      failed_ = info.error();
      return info;
    }
    sealed_ = true;
    parts_.levels[at_]->residents.add({name_, size_bytes_, false});
    parts_.notices.tell(Event::Kind::kSealed, name_);
    return info;
  }

 private:
  /// Does `act`, for which so many more bytes are needed, with a writer of the first tier that has
  /// room, at the one in use or below.
  template <class Act>
  Outcome<void> in_some_tier(std::uint64_t more_bytes, const Act& act) {
    if (sealed_) return refuse(FailureCode::kSealed, name_.text(), "is sealed");
    if (failed_) return std::unexpected(*failed_);
    const std::size_t suits = parts_.level_for(size_bytes_ + more_bytes);
    Outcome<void> done;
    for (std::size_t at = std::max(suits, at_); at < parts_.levels.size();
         at = parts_.writable_from(at + 1)) {
      done = in_tier(at, more_bytes, act);
      if (done || done.error().code != FailureCode::kOutOfSpace) break;
    }
    if (!done) failed_ = done.error();
    return done;
  }

  template <class Act>
  Outcome<void> in_tier(std::size_t at, std::uint64_t more_bytes, const Act& act) {
    ObjectStore& store = *parts_.levels[at]->tier.store;
    const bool moves = writer_ == nullptr || at != at_;
    if (moves || size_bytes_ + more_bytes > reserved_bytes_) {
      parts_.make_room(at, more_bytes + (moves ? size_bytes_ : 0));
    }
    if (!moves) return act(*writer_);
    auto writer = store.create(name_);
    if (!writer) return std::unexpected(std::move(writer.error()));
    if (writer_ != nullptr) {
      if (auto copied = writer_->copy_to(**writer); !copied) return copied;
    }
    // What is appended may lie in the place that the old one gave.
    const auto old = std::exchange(writer_, std::move(*writer));
    at_ = at;
    return act(*writer_);
  }

  Parts& parts_;
  ObjectName name_;
  std::size_t at_ = 0;
  std::unique_ptr<ObjectWriter> writer_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t reserved_bytes_ = 0;
  bool sealed_ = false;
  std::optional<Failure> failed_;
};

TieredStore::TieredStore(std::vector<Tier> tiers) : parts_(std::make_unique<Parts>()) {
  for (Tier& tier : tiers) {
    auto level = std::make_unique<Level>(std::move(tier));
    for (const auto& [name, size_bytes] : level->tier.present) {
      level->residents.add({name, size_bytes, false});
    }
    parts_->levels.push_back(std::move(level));
  }
}

TieredStore::~TieredStore() = default;

Outcome<std::unique_ptr<ObjectWriter>> TieredStore::create(const ObjectName& name) {
  const auto there = parts_->stat(name);
  if (there) return refuse(FailureCode::kExists, name.text(), "exists already");
  if (!is_absent(there.error())) return std::unexpected(there.error());
  return std::make_unique<Writer>(*parts_, name);
}

Outcome<ObjectInfo> TieredStore::stat(const ObjectName& name) {
  return parts_->stat(name);
}

Outcome<View> TieredStore::view(const ObjectName& name, ByteRange range) {
  return parts_->first_that_has(name, [&](Level& level, std::size_t at) -> Outcome<View> {
    ObjectStore& store = *level.tier.store;
    if (at == 0) {
      auto part = store.view(name, range);
      if (part) {
        ++level.hits;
        level.residents.use(name);
      }
      return part;
    }
    const auto info = store.stat(name);
    if (!info) return std::unexpected(info.error());
    const auto part = range.within(info->size_bytes);
    const std::uint64_t touched =
        block_count(part.offset_bytes + part.length_bytes) - part.offset_bytes / kBlockBytes;
    const bool whole = part.length_bytes != 0 && touched == block_count(info->size_bytes);
    auto bytes = store.view(name, whole ? ByteRange{} : part);
    if (!bytes) return bytes;
    ++level.hits;
    level.residents.use(name);
    if (!whole) return bytes;
    parts_->bring_back(at, name, *bytes);
    const auto asked = bytes->bytes().subspan(part.offset_bytes, part.length_bytes);
    return View(std::make_shared<View>(std::move(*bytes)), asked);
  });
}

Outcome<Listing> TieredStore::list(const ListQuery& query) {
  ListingDraft draft(query);
  for (const auto& level : parts_->levels) {
    const auto listing = level->tier.store->list(query);
    if (!listing) return listing;
    draft.add(*listing);
  }
  return draft.finish();
}

Outcome<void> TieredStore::remove(const ObjectName& name) {
  const std::scoped_lock lock(parts_->lock_of(name));
  Outcome<void> answer = refuse(FailureCode::kNotFound, name.text(), "is not here");
  // From below, so that nothing comes back from there while it goes.
  for (const auto& level : std::views::reverse(parts_->levels)) {
    auto removed = level->tier.store->remove(name);
    level->residents.forget(name);
    if (!removed && !is_absent(removed.error())) return removed;
    if (removed) answer = removed;
  }
  if (answer) parts_->notices.tell(Event::Kind::kDeleted, name);
  return answer;
}

Outcome<std::unique_ptr<Watch>> TieredStore::watch(const std::string& bucket,
                                                   const std::string& prefix) {
  return parts_->notices.watch(bucket, prefix);
}

Usage TieredStore::usage() const {
  Usage sum;
  for (const auto& level : parts_->levels) {
    if (!level->tier.writable) continue;
    const Usage usage = level->tier.store->usage();
    sum.used_bytes += usage.used_bytes;
    sum.limit_bytes = std::max(sum.limit_bytes, sum.limit_bytes + usage.limit_bytes);
  }
  return sum;
}

std::vector<TieredStore::Counters> TieredStore::counters() const {
  std::vector<Counters> all;
  all.reserve(parts_->levels.size());
  for (const auto& level : parts_->levels) {
    all.push_back({level->tier.label, level->tier.store->usage(), level->hits, level->spilled,
                   level->dropped, level->came_back, level->came_back_bytes});
  }
  return all;
}

}  // namespace ionloom::store
