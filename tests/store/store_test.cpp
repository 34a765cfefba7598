#include <array>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "store/block_checksums.h"
#include "store/disk_tier.h"
#include "store/key_path.h"
#include "store/memory_tier.h"
#include "store/object_name.h"
#include "store/shared_memory_tier.h"
#include "store/support/disturb_each_other.h"
#include "store/support/store_history.h"
#include "support/full_disk.h"
#include "support/scratch_folder.h"

namespace ionloom::store {
namespace {

using ionloom::test_support::FileSizeLimit;
using ionloom::test_support::ScratchFolder;
using test_support::awkward_keys;
using test_support::bytes_of;
using test_support::content;
using test_support::disturb_each_other;
using test_support::text_of;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::chrono::milliseconds kNoPatience{0};
const ObjectName kName{"bucket", "folder/key"};

/// Changes one byte of a file.
void flip_byte(const std::filesystem::path& path, std::uint64_t offset) {
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ 1));
}

TEST(ObjectName, names_of_geds_are_names) {
  EXPECT_TRUE(check_name({"my-bucket.1", "a/b c/_$folder$"}));
  for (const std::string& key : awkward_keys()) EXPECT_TRUE(check_name({"bucket", key})) << key;
}

TEST(ObjectName, what_could_be_mistaken_is_refused) {
  for (const std::string& key :
       {std::string(), std::string("a\nb"), std::string("a\0b", 3), std::string("../a"),
        std::string("a/../b"), std::string("a/.."), std::string("./a"), std::string("/a"),
        std::string("a/"), std::string("\x7f"), std::string(".ionloom/checksums/a"),
        std::string(1025, 'k')}) {
    const auto checked = check_name({"bucket", key});
    ASSERT_FALSE(checked) << key;
    EXPECT_EQ(checked.error().code, FailureCode::kBadName);
  }
  for (const std::string& bucket :
       {std::string(), std::string("ab"), std::string("Bucket"), std::string("-ab"),
        std::string("ab-"), std::string("xn--ab"), std::string("a..b"), std::string("a/b"),
        std::string(64, 'b')}) {
    EXPECT_FALSE(check_name({bucket, "key"})) << bucket;
  }
}

TEST(ObjectName, a_refused_name_is_shown_without_its_control_characters) {
  EXPECT_EQ(check_name({"bucket", "a\nb"}).error().message(),
            "key 'a\\x0ab' has control characters");
}

TEST(KeyPath, every_key_has_a_path_of_its_own_that_leads_back_to_it) {
  std::set<std::filesystem::path> paths;
  for (const std::string& key : awkward_keys()) {
    const auto path = path_of_key(key);
    EXPECT_TRUE(paths.insert(path).second) << key;
    std::string back;
    for (auto part = path.begin(); part != path.end(); ++part) {
      const auto next = key_part_of(part->native(), std::next(part) != path.end());
      ASSERT_TRUE(next) << path;
      back += *next;
    }
    EXPECT_EQ(back, key);
  }
}

TEST(BlockChecksums, do_not_depend_on_the_pieces_in_which_bytes_come) {
  const std::string bytes = content(1, 3 * kMiB + 5);
  BlockChecksums whole;
  whole.append(bytes_of(bytes));
  BlockChecksums pieces;
  for (std::size_t at = 0; at < bytes.size(); at += 77777) {
    pieces.append(bytes_of(bytes).subspan(at, std::min<std::size_t>(77777, bytes.size() - at)));
  }
  const auto sums = whole.finish();
  EXPECT_EQ(sums.size(), 4U);
  EXPECT_EQ(sums, pieces.finish());
  EXPECT_EQ(sums[3], checksum(bytes_of(bytes).subspan(3 * kMiB)));
}

TEST(MemoryTier, an_object_that_does_not_fit_is_refused_and_leaves_nothing) {
  MemoryTier store(kMiB);
  const auto put = store.put(kName, bytes_of(content(1, kMiB + 1)));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, FailureCode::kOutOfSpace);
  EXPECT_EQ(put.error().message(),
            "bucket/folder/key: does not fit into the memory of the store: 0 of 1048576 bytes are "
            "used");
  EXPECT_FALSE(store.stat(kName));
  EXPECT_TRUE(store.put(kName, bytes_of(content(1, kMiB))));
}

TEST(MemoryTier, a_view_outlives_its_object_and_counts_as_used_until_it_is_dropped) {
  MemoryTier store(kMiB);
  ASSERT_TRUE(store.put(kName, bytes_of(content(1, kMiB))));
  auto view = store.view(kName, {});
  ASSERT_TRUE(view);
  ASSERT_TRUE(store.remove(kName));
  EXPECT_EQ(text_of(view->bytes()), content(1, kMiB));
  EXPECT_EQ(store.usage().used_bytes, kMiB);
  view = View();
  EXPECT_EQ(store.usage().used_bytes, 0U);
}

TEST(MemoryTier, views_are_in_place) {
  MemoryTier store(kMiB);
  ASSERT_TRUE(store.put(kName, bytes_of("text")));
  const auto first = store.view(kName, {});
  const auto second = store.view(kName, {1, 2});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->bytes().data() + 1, second->bytes().data());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first->bytes().data()) % 64, 0U);
}

TEST(Watch, tells_what_happens_under_its_prefix_in_order) {
  MemoryTier store(kMiB);
  ASSERT_TRUE(store.put({"bucket", "run/before"}, {}));
  auto watch = store.watch("bucket", "run/");
  ASSERT_TRUE(watch);
  ASSERT_TRUE(store.put({"bucket", "run/a"}, {}));
  ASSERT_TRUE(store.put({"bucket", "other"}, {}));
  ASSERT_TRUE(store.put({"bucket-2", "run/a"}, {}));
  ASSERT_TRUE(store.remove({"bucket", "run/a"}));
  const Event sealed{Event::Kind::kSealed, {"bucket", "run/a"}};
  const Event deleted{Event::Kind::kDeleted, {"bucket", "run/a"}};
  EXPECT_EQ((*watch)->next(kNoPatience), sealed);
  EXPECT_EQ((*watch)->next(kNoPatience), deleted);
  EXPECT_EQ((*watch)->next(kNoPatience), std::nullopt);
}

TEST(Watch, a_reader_that_is_too_slow_is_told_so) {
  NoticeBoard board;
  auto watch = board.watch("bucket", "");
  ASSERT_TRUE(watch);
  for (std::size_t i = 0; i <= Watch::kMaxWaitingEvents; ++i) {
    board.tell(Event::Kind::kSealed, kName);
  }
  const Event missed{Event::Kind::kMissed, {}};
  EXPECT_EQ((*watch)->next(kNoPatience), missed);
  EXPECT_EQ((*watch)->next(kNoPatience), std::nullopt);
}

TEST(Watch, wakes_a_reader_that_waits) {
  MemoryTier store(kMiB);
  auto watch = store.watch("bucket", "");
  ASSERT_TRUE(watch);
  std::optional<Event> event;
  std::thread reader([&] { event = (*watch)->next(std::chrono::minutes(1)); });
  ASSERT_TRUE(store.put(kName, {}));
  reader.join();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->name, kName);
}

class OnDisk : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = DiskTier::open(folder_ / "store", 64 * kMiB);
    ASSERT_TRUE(opened) << opened.error().message();
    store_ = std::move(*opened);
  }
  std::filesystem::path file() const { return folder_ / "store/bucket/folder+/key"; }

  ScratchFolder folder_;
  std::unique_ptr<DiskTier> store_;
};

TEST_F(OnDisk, a_damaged_byte_is_named_with_object_file_and_block_and_never_given_out) {
  const std::string bytes = content(1, 3 * kMiB + 100);
  ASSERT_TRUE(store_->put(kName, bytes_of(bytes)));
  flip_byte(file(), kMiB + 10);
  EXPECT_EQ(text_of(store_->view(kName, {0, kMiB})->bytes()), bytes.substr(0, kMiB));
  EXPECT_EQ(text_of(store_->view(kName, {2 * kMiB, 2 * kMiB})->bytes()), bytes.substr(2 * kMiB));
  std::array<std::byte, 4> into{};
  const auto got = store_->get(kName, 2 * kMiB - 2, into);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, FailureCode::kCorrupt);
  EXPECT_EQ(got.error().message(),
            "bucket/folder/key: " + file().string() +
                ": block 1 (bytes 1048576 to 2097151) is not what was written; the disk is faulty, "
                "or another program changed it");
  EXPECT_EQ(into, (std::array<std::byte, 4>{}));
}

TEST_F(OnDisk, damage_to_anything_behind_the_bytes_is_found_when_the_object_is_opened) {
  ASSERT_TRUE(store_->put(kName, bytes_of(content(1, kMiB + 100))));
  const auto whole = std::filesystem::file_size(file());
  ASSERT_EQ(whole, kMiB + 100 + 2 * 8 + 64);
  for (const std::uint64_t at : {kMiB + 100, kMiB + 115, kMiB + 116, whole - 40, whole - 1}) {
    flip_byte(file(), at);
    const auto reopened = DiskTier::open(folder_ / "store", 64 * kMiB);
    ASSERT_TRUE(reopened);
    const auto stat = (*reopened)->stat(kName);
    ASSERT_FALSE(stat) << "byte " << at;
    EXPECT_EQ(stat.error().code, FailureCode::kCorrupt);
    flip_byte(file(), at);
  }
  std::filesystem::resize_file(file(), whole - 1);
  const auto reopened = DiskTier::open(folder_ / "store", 64 * kMiB);
  EXPECT_EQ((*reopened)->stat(kName).error().code, FailureCode::kCorrupt);
}

TEST_F(OnDisk, objects_are_there_for_the_next_process) {
  ASSERT_TRUE(store_->put(kName, bytes_of("text")));
  store_.reset();
  const auto again = DiskTier::open(folder_ / "store", 64 * kMiB);
  ASSERT_TRUE(again);
  EXPECT_EQ(text_of((*again)->view(kName, {})->bytes()), "text");
  EXPECT_EQ((*again)->usage().used_bytes, 4U + 8U + 64U);
}

TEST_F(OnDisk, two_stores_of_one_folder_see_each_other_and_share_the_count) {
  const auto other = DiskTier::open(folder_ / "store", 64 * kMiB);
  ASSERT_TRUE(other);
  ASSERT_TRUE(store_->put(kName, bytes_of("text")));
  EXPECT_EQ(text_of((*other)->view(kName, {})->bytes()), "text");
  EXPECT_EQ((*other)->usage().used_bytes, store_->usage().used_bytes);
  EXPECT_EQ((*other)->put(kName, bytes_of("new")).error().code, FailureCode::kExists);
  ASSERT_TRUE((*other)->remove(kName));
  EXPECT_EQ(store_->stat(kName).error().code, FailureCode::kNotFound);
  ASSERT_TRUE(store_->put(kName, bytes_of("new")));
  EXPECT_EQ(text_of((*other)->view(kName, {})->bytes()), "new");
}

TEST_F(OnDisk, of_two_writers_of_a_name_the_first_to_seal_has_it) {
  auto first = store_->create(kName);
  auto second = store_->create(kName);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE((*first)->append(bytes_of("1")) && (*second)->append(bytes_of("2")));
  ASSERT_TRUE((*second)->seal());
  EXPECT_EQ((*first)->seal().error().code, FailureCode::kExists);
  first->reset();
  EXPECT_EQ(text_of(store_->view(kName)->bytes()), "2");
}

TEST_F(OnDisk, a_full_disk_is_out_of_space_and_leaves_nothing) {
  {
    const FileSizeLimit limit(100'000);
    const auto put = store_->put(kName, bytes_of(content(1, kMiB)));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, FailureCode::kOutOfSpace);
    EXPECT_TRUE(put.error().where.starts_with("bucket/folder/key (")) << put.error().where;
  }
  EXPECT_EQ(store_->usage().used_bytes, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "store/.partial"));
  EXPECT_EQ(store_->stat(kName).error().code, FailureCode::kNotFound);
  EXPECT_TRUE(store_->put(kName, bytes_of("text")));
}

TEST_F(OnDisk, a_full_disk_at_the_last_byte_is_seen_by_seal) {
  auto writer = store_->create(kName);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(bytes_of(content(1, 1000))));  // still in the buffer
  const FileSizeLimit limit(1010);
  EXPECT_EQ((*writer)->seal().error().code, FailureCode::kOutOfSpace);
  EXPECT_EQ(store_->stat(kName).error().code, FailureCode::kNotFound);
}

TEST_F(OnDisk, the_bound_holds_for_what_is_being_written) {
  auto writer = store_->create(kName);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(bytes_of(content(1, 60 * kMiB))));
  EXPECT_EQ(store_->put({"bucket", "b"}, bytes_of(content(2, 5 * kMiB))).error().code,
            FailureCode::kOutOfSpace);
  writer->reset();
  EXPECT_TRUE(store_->put({"bucket", "b"}, bytes_of(content(2, 5 * kMiB))));
}

TEST(SharedMemoryTier, a_folder_that_is_not_in_memory_is_refused) {
  ScratchFolder folder("/var/tmp");
  const auto store = SharedMemoryTier::open(folder / "store", kMiB);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, FailureCode::kBadName);
}

/// Puts an object through reserve() and place_for(), where the store has such a place.
Outcome<ObjectInfo> put_in_place(ObjectStore& store, const ObjectName& name,
                                 const std::string& bytes) {
  auto writer = store.create(name);
  if (!writer) return std::unexpected(writer.error());
  if (auto room = (*writer)->reserve(bytes.size()); !room) return std::unexpected(room.error());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::string piece = bytes.substr(at, 300000);
    const auto place = (*writer)->place_for(piece.size());
    std::span<const std::byte> from = bytes_of(piece);
    if (!place.empty()) {
      std::memcpy(place.data(), piece.data(), place.size());
      from = place;
    }
    if (auto kept = (*writer)->append(from); !kept) return std::unexpected(kept.error());
    at += from.size();
  }
  return (*writer)->seal();
}

TEST(Reserving, an_object_written_in_place_is_the_object_that_was_written) {
  const ScratchFolder folder;
  const auto disk = DiskTier::open(folder / "store", 16 * kMiB);
  ASSERT_TRUE(disk);
  MemoryTier memory(16 * kMiB);
  const std::string bytes = content(1, 3 * kMiB + 5);
  for (ObjectStore* store : std::initializer_list<ObjectStore*>{&memory, disk->get()}) {
    const auto info = put_in_place(*store, {"bucket", "a"}, bytes);
    ASSERT_TRUE(info) << info.error().message();
    const auto copied = store->put({"bucket", "b"}, bytes_of(bytes));
    ASSERT_TRUE(copied);
    EXPECT_EQ(*info, *copied) << "the same checksum";
    EXPECT_TRUE(text_of(store->view({"bucket", "a"})->bytes()) == bytes);
    EXPECT_EQ(put_in_place(*store, {"bucket", "c"}, content(1, 16 * kMiB)).error().code,
              FailureCode::kOutOfSpace);
    ASSERT_TRUE(store->remove({"bucket", "a"}) && store->remove({"bucket", "b"}));
    EXPECT_EQ(store->usage().used_bytes, 0U);
  }
}

TEST(Reserving, more_than_there_can_be_is_out_of_space_and_less_than_reserved_is_given_back) {
  const ScratchFolder folder;
  const auto disk = DiskTier::open(folder / "store", kMiB);
  ASSERT_TRUE(disk);
  MemoryTier memory(kMiB);
  for (ObjectStore* store : std::initializer_list<ObjectStore*>{&memory, disk->get()}) {
    for (const std::uint64_t much : {std::uint64_t{2} << 20, UINT64_MAX - 8, UINT64_MAX}) {
      EXPECT_EQ((*store->create({"bucket", "a"}))->reserve(much).error().code,
                FailureCode::kOutOfSpace);
    }
    auto writer = store->create({"bucket", "a"});
    ASSERT_TRUE((*writer)->reserve(900000));
    ASSERT_TRUE((*writer)->append(bytes_of("few")));
    ASSERT_TRUE((*writer)->seal());
    EXPECT_LT(store->usage().used_bytes, 1000U);
  }
}

TEST(ManyThreads, never_see_half_an_object_in_memory) {
  MemoryTier store(kMiB);
  disturb_each_other(store);
}

TEST(ManyThreads, never_see_half_an_object_on_disk) {
  ScratchFolder folder;
  const auto store = DiskTier::open(folder / "store", kMiB);
  ASSERT_TRUE(store);
  disturb_each_other(**store);
}

TEST(ManyThreads, never_see_half_an_object_in_shared_memory) {
  ScratchFolder folder("/dev/shm");
  const auto store = SharedMemoryTier::open(folder / "store", kMiB);
  ASSERT_TRUE(store);
  disturb_each_other(**store);
}

}  // namespace
}  // namespace ionloom::store
