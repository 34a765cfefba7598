#include "store/tiered_store.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "store/block_checksums.h"
#include "store/disk_tier.h"
#include "store/memory_tier.h"
#include "store/peer_tier.h"
#include "store/support/disturb_each_other.h"
#include "store/support/store_history.h"
#include "support/scratch_folder.h"

namespace ionloom::store {
namespace {

using ionloom::test_support::ScratchFolder;
using test_support::bytes_of;
using test_support::content;
using test_support::text_of;

constexpr std::uint64_t kKiB = 1 << 10;
constexpr std::uint64_t kMiB = 1 << 20;

/// Memory above two folders, with limits of the test's choice.
struct Tiers {
  Tiers(const ScratchFolder& folder, std::uint64_t memory_bytes, std::uint64_t disk_bytes)
      : memory(std::make_shared<MemoryTier>(memory_bytes)),
        disk(*DiskTier::open(folder / "disk", disk_bytes)),
        last(*DiskTier::open(folder / "last", 1024 * kMiB)),
        store({{.label = "memory", .store = memory},
               {.label = "disk", .store = disk},
               {.label = "last", .store = last}}) {}

  std::shared_ptr<ObjectStore> memory;
  std::shared_ptr<ObjectStore> disk;
  std::shared_ptr<ObjectStore> last;
  TieredStore store;
};

ObjectName named(int number) {
  return {"bucket", std::to_string(number)};
}

TEST(TieredStore, answers_as_a_map_does_while_everything_spills) {
  EXPECT_TRUE(rc::check([] {
    const ScratchFolder folder;
    Tiers tiers(folder, 100 * kKiB, 2 * kMiB);
    test_support::expect_answers_of_a_map(tiers.store, *test_support::histories(3 * kMiB),
                                          test_support::awkward_keys());
    RC_ASSERT(tiers.store.usage().used_bytes == 0U);
  }));
}

TEST(TieredStore, what_was_used_longest_ago_goes_down_first) {
  const ScratchFolder folder;
  Tiers tiers(folder, 4 * kMiB, 100 * kMiB);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(tiers.store.put(named(i), bytes_of(content(1, kMiB))));
  }
  ASSERT_TRUE(tiers.store.view(named(0)));
  ASSERT_TRUE(tiers.store.put(named(4), bytes_of(content(1, kMiB))));
  EXPECT_TRUE(tiers.memory->stat(named(0)));
  EXPECT_FALSE(tiers.memory->stat(named(1)));
  EXPECT_TRUE(tiers.disk->stat(named(1)));
  EXPECT_EQ(tiers.store.counters()[0].spilled, 1U);
}

TEST(TieredStore, an_object_comes_back_when_all_of_it_is_read_and_goes_again_without_moving) {
  const ScratchFolder folder;
  Tiers tiers(folder, 8 * kMiB, 100 * kMiB);
  ASSERT_TRUE(tiers.store.put(named(0), bytes_of(content(0, 3 * kMiB))));
  ASSERT_TRUE(tiers.store.put(named(1), bytes_of(content(1, 3 * kMiB))));
  ASSERT_TRUE(tiers.store.put(named(2), bytes_of(content(2, 3 * kMiB))));
  ASSERT_FALSE(tiers.memory->stat(named(0)));

  ASSERT_TRUE(tiers.store.view(named(0), {0, 2 * kMiB}));
  EXPECT_FALSE(tiers.memory->stat(named(0))) << "a part was read";
  ASSERT_TRUE(tiers.store.view(named(0), {0, 2 * kMiB + 1}));
  EXPECT_TRUE(tiers.memory->stat(named(0))) << "a byte of every block was read";
  EXPECT_TRUE(tiers.disk->stat(named(0)));
  EXPECT_EQ(tiers.store.counters()[0].came_back, 1U);

  ASSERT_TRUE(tiers.store.view(named(2)));
  ASSERT_TRUE(tiers.store.put(named(3), bytes_of(content(3, 3 * kMiB))));
  EXPECT_FALSE(tiers.memory->stat(named(0)));
  EXPECT_EQ(tiers.store.counters()[0].dropped, 1U);
  EXPECT_EQ(text_of(tiers.store.view(named(0))->bytes()), content(0, 3 * kMiB));
}

TEST(TieredStore, an_object_over_half_of_a_tier_passes_it_by_also_when_it_grows_so_large) {
  const ScratchFolder folder;
  Tiers tiers(folder, 2 * kMiB, 8 * kMiB);
  ASSERT_TRUE(tiers.store.put(named(0), bytes_of(content(0, kMiB + 1))));
  EXPECT_TRUE(tiers.disk->stat(named(0)));

  auto writer = tiers.store.create(named(1));
  ASSERT_TRUE(writer);
  const std::string bytes = content(1, 9 * kMiB);
  for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
    const auto piece = bytes_of(bytes).subspan(at, std::min<std::size_t>(100'000, 9 * kMiB - at));
    ASSERT_TRUE((*writer)->append(piece));
  }
  ASSERT_TRUE((*writer)->seal());
  EXPECT_TRUE(tiers.last->stat(named(1)));
  EXPECT_EQ(tiers.memory->usage().used_bytes, 0U);
  EXPECT_EQ(text_of(tiers.store.view(named(1))->bytes()), bytes);
}

TEST(TieredStore, never_uses_more_of_a_tier_than_it_may_and_loses_nothing) {
  const ScratchFolder folder;
  Tiers tiers(folder, kMiB, 3 * kMiB);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(tiers.store.put(named(i), bytes_of(content(i, 100 * kKiB))));
    EXPECT_LE(tiers.memory->usage().used_bytes, kMiB);
    EXPECT_LE(tiers.disk->usage().used_bytes, 3 * kMiB);
  }
  for (int i = 0; i < 100; ++i) {
    const auto view = tiers.store.view(named(i));
    ASSERT_TRUE(view) << view.error().message();
    EXPECT_EQ(text_of(view->bytes()), content(i, 100 * kKiB));
  }
}

TEST(TieredStore, when_every_tier_is_full_the_object_is_refused) {
  const ScratchFolder folder;
  TieredStore store({{.label = "memory", .store = std::make_shared<MemoryTier>(kMiB)},
                     {.label = "more", .store = std::make_shared<MemoryTier>(kMiB)}});
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(store.put(named(i), bytes_of(content(i, 256 * kKiB))));
  }
  EXPECT_EQ(store.put(named(8), bytes_of(content(8, 256 * kKiB))).error().code,
            FailureCode::kOutOfSpace);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(store.view(named(i)));
}

TEST(TieredStore, finds_what_a_tier_held_before_and_moves_that_first) {
  const ScratchFolder folder;
  auto disk = *DiskTier::open(folder / "disk", 2 * kMiB);
  ASSERT_TRUE(disk->put(named(0), bytes_of(content(0, 900 * kKiB))));
  auto present = disk->names_and_sizes_by_age();
  ASSERT_EQ(present.size(), 1U);
  const auto last = std::make_shared<MemoryTier>(100 * kMiB);
  TieredStore store({{.label = "disk", .store = std::move(disk), .present = std::move(present)},
                     {.label = "last", .store = last}});
  ASSERT_TRUE(store.put(named(1), bytes_of(content(1, 900 * kKiB))));
  ASSERT_TRUE(store.put(named(2), bytes_of(content(2, 900 * kKiB))));
  EXPECT_TRUE(last->stat(named(0)));
  EXPECT_FALSE(last->stat(named(1)));
}

TEST(TieredStore, tells_each_sealed_and_deleted_object_once_however_often_it_moves) {
  const ScratchFolder folder;
  Tiers tiers(folder, 100 * kKiB, kMiB);
  auto watch = tiers.store.watch("bucket", "");
  ASSERT_TRUE(watch);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(tiers.store.put(named(i), bytes_of(content(i, 40 * kKiB))));
  }
  ASSERT_TRUE(tiers.store.remove(named(0)));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ((*watch)->next(std::chrono::milliseconds(0))->name, named(i));
  }
  EXPECT_EQ((*watch)->next(std::chrono::milliseconds(0))->kind, Event::Kind::kDeleted);
  EXPECT_FALSE((*watch)->next(std::chrono::milliseconds(0)));
}

TEST(TieredStore, an_object_written_in_place_that_outgrows_its_tier_is_whole) {
  const ScratchFolder folder;
  Tiers tiers(folder, 200 * kKiB, 2 * kMiB);
  const std::string bytes = content(1, 150 * kKiB);
  auto writer = tiers.store.create(named(1));
  ASSERT_TRUE(writer && (*writer)->reserve(50 * kKiB));
  std::span<std::byte> place = (*writer)->place_for(kMiB);
  ASSERT_EQ(place.size(), 50 * kKiB) << "what was reserved";
  std::ranges::copy(bytes_of(bytes).first(place.size()), place.begin());
  ASSERT_TRUE((*writer)->append(place));
  EXPECT_TRUE((*writer)->place_for(kMiB).empty());
  ASSERT_TRUE((*writer)->append(bytes_of(bytes).subspan(place.size())));  // moves to the disk
  ASSERT_TRUE((*writer)->seal());
  EXPECT_TRUE(tiers.disk->stat(named(1)));
  EXPECT_TRUE(text_of(tiers.store.view(named(1))->bytes()) == bytes);
  EXPECT_EQ(tiers.memory->usage().used_bytes + tiers.disk->usage().used_bytes,
            tiers.store.usage().used_bytes);
}

TEST(TieredStore, an_object_is_reserved_where_one_of_its_size_goes) {
  const ScratchFolder folder;
  Tiers tiers(folder, 200 * kKiB, 2 * kMiB);
  auto writer = tiers.store.create(named(1));
  ASSERT_TRUE(writer && (*writer)->reserve(500 * kKiB));
  EXPECT_EQ(tiers.memory->usage().used_bytes, 0U);
  ASSERT_TRUE((*writer)->append(bytes_of(content(1, 500 * kKiB))));
  ASSERT_TRUE((*writer)->seal());
  EXPECT_TRUE(tiers.disk->stat(named(1)));
}

TEST(TieredStore, many_threads_never_see_half_an_object_while_everything_spills) {
  const ScratchFolder folder;
  Tiers tiers(folder, 5 * kKiB, 10 * kKiB);
  test_support::disturb_each_other(tiers.store);
}

/// Another node with one object; what it sends can be damaged on the way.
class OneObjectSource final : public PeerSource {
 public:
  explicit OneObjectSource(std::string bytes) : bytes_(std::move(bytes)) {}

  Outcome<ObjectInfo> stat(const ObjectName& name) override {
    if (name != named(0)) return refuse(FailureCode::kNotFound, name.text(), "is not here");
    return ObjectInfo{bytes_.size(), std::nullopt};
  }
  Outcome<std::vector<std::uint64_t>> block_checksums(const ObjectName&) override {
    BlockChecksums sums;
    sums.append(bytes_of(bytes_));
    return sums.finish();
  }
  Outcome<std::size_t> read(const ObjectName&, std::uint64_t offset,
                            std::span<std::byte> into) override {
    read_bytes += into.size();
    std::ranges::copy(bytes_of(bytes_).subspan(offset, into.size()), into.begin());
    if (damage) into[0] ^= std::byte{1};
    return into.size();
  }
  Outcome<Listing> list(const ListQuery&) override { return Listing{{{"0", bytes_.size()}}, {}}; }
  Outcome<void> remove(const ObjectName& name) override {
    return refuse(FailureCode::kNotFound, name.text(), "is not here");
  }

  std::atomic<std::uint64_t> read_bytes = 0;
  bool damage = false;

 private:
  std::string bytes_;
};

TEST(PeerTier, a_range_is_read_in_whole_blocks_and_verified) {
  const std::string bytes = content(1, 3 * kMiB + 7);
  const auto source = std::make_shared<OneObjectSource>(bytes);
  PeerTier peers(source);
  EXPECT_EQ(text_of(peers.view(named(0), {kMiB + 5, 10})->bytes()), bytes.substr(kMiB + 5, 10));
  EXPECT_EQ(source->read_bytes, kMiB);
  source->damage = true;
  const auto damaged = peers.view(named(0), {kMiB + 5, 10});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, FailureCode::kCorrupt);
  EXPECT_NE(damaged.error().message().find("block 1 "), std::string::npos);
}

TEST(PeerTier, what_a_peer_has_comes_into_memory_and_new_objects_stay_at_home) {
  const auto source = std::make_shared<OneObjectSource>(content(1, kMiB));
  TieredStore store(
      {{.label = "memory", .store = std::make_shared<MemoryTier>(8 * kMiB)},
       {.label = "peers", .store = std::make_shared<PeerTier>(source), .writable = false}});
  ASSERT_TRUE(store.view(named(0)));
  ASSERT_TRUE(store.view(named(0)));
  EXPECT_EQ(source->read_bytes, kMiB) << "the second time it came from memory";
  EXPECT_EQ(store.put(named(0), bytes_of("x")).error().code, FailureCode::kExists);
  EXPECT_TRUE(store.put(named(1), bytes_of("x")));
}

}  // namespace
}  // namespace ionloom::store
