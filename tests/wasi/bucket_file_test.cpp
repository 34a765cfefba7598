#include "wasi/bucket_file.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "store/memory_tier.h"
#include "wasi/bucket_folder.h"
#include "wasi/support/guest.h"

namespace ionloom::wasi::testing {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

/// Bytes of which any two windows differ.
std::string content(std::size_t size_bytes) {
  std::string text(size_bytes, '\0');
  for (std::size_t i = 0; i < size_bytes; ++i) text[i] = static_cast<char>(i * 2654435761U >> 13);
  return text;
}

class BucketFileTest : public ::testing::Test {
 protected:
  /// @param here  what is in memory is read in place
  Guest guest(bool here = false) {
    BucketMount::Place place{store_, "bucket", "", true};
    if (here) place.in_memory = store_;
    return Guest(std::make_unique<BucketFolder>(
        std::make_shared<BucketMount>(std::move(place), std::make_shared<QuotaCount>(Quotas{}))));
  }
  void keep(const std::string& key, const std::string& text) {
    ASSERT_TRUE(store_->put({"bucket", key}, std::as_bytes(std::span(text))));
  }
  std::string kept(const std::string& key) {
    const auto view = store_->view({"bucket", key});
    if (!view) return std::string(store::name_of(view.error().code));
    return {reinterpret_cast<const char*>(view->bytes().data()), view->bytes().size()};
  }

  std::shared_ptr<store::MemoryTier> store_ = std::make_shared<store::MemoryTier>(400 * kMiB);
};

TEST_F(BucketFileTest, reads_the_same_in_place_and_in_windows_wherever_it_begins) {
  const std::string text = content(700'001);
  keep("object", text);
  for (const bool here : {false, true}) {
    Guest reader = guest(here);
    const auto fd = reader.open("object");
    ASSERT_TRUE(fd);
    std::string read;
    while (const auto piece = reader.read(*fd, 5003)) {
      if (piece->empty()) break;
      read += *piece;
    }
    EXPECT_TRUE(read == text);
    for (const std::uint64_t at :
         {std::uint64_t{600'000}, std::uint64_t{3}, std::uint64_t{65'530}}) {
      const auto piece = reader.read_at(*fd, 100, at);
      ASSERT_TRUE(piece);
      EXPECT_EQ(*piece, text.substr(at, piece->size()));
    }
    EXPECT_EQ(reader.read_at(*fd, 10, 700'001), "");
  }
}

TEST_F(BucketFileTest, what_was_fetched_ahead_is_what_is_read) {
  const std::string text = content(300'000);
  keep("object", text);
  Guest reader = guest();
  const auto fd = reader.open("object");
  for (const std::uint64_t at : {200'000U, 100'000U, 299'990U}) {
    ASSERT_TRUE(reader.files().fd_advise(reader.memory(), *fd, at, 50'000, 3));
    EXPECT_EQ(reader.read_at(*fd, 10, at), text.substr(at, 10));
  }
  ASSERT_TRUE(reader.files().fd_advise(reader.memory(), *fd, 0, 10, 3));  // and is closed meanwhile
  EXPECT_TRUE(reader.close(*fd));
}

TEST_F(BucketFileTest, an_object_appears_when_its_last_handle_is_closed) {
  Guest writer = guest();
  const auto one = writer.open("object", Guest::kCreate, Guest::kBoth);
  const auto two = writer.open("object", Guest::kPlain, Guest::kBoth);
  EXPECT_TRUE(writer.write(*one, "text"));
  EXPECT_EQ(kept("object"), "not found");
  EXPECT_TRUE(writer.close(*one));
  EXPECT_EQ(kept("object"), "not found");
  EXPECT_TRUE(writer.close(*two));
  EXPECT_EQ(kept("object"), "text");
}

TEST_F(BucketFileTest, a_program_that_is_stopped_leaves_nothing_of_what_it_had_open) {
  {
    Guest stopped = guest();
    const auto fd = stopped.open("object", Guest::kCreate, Guest::kBoth);
    EXPECT_TRUE(stopped.write(*fd, "text"));
  }
  EXPECT_EQ(kept("object"), "not found");
}

TEST_F(BucketFileTest, what_is_replaced_is_there_until_the_new_is_sealed) {
  keep("object", "old");
  Guest writer = guest();
  const auto fd = writer.open("object", Guest::kCut, Guest::kBoth);
  EXPECT_TRUE(writer.write(*fd, "new text"));
  EXPECT_EQ(kept("object"), "old");
  EXPECT_TRUE(writer.close(*fd));
  EXPECT_EQ(kept("object"), "new text");
}

TEST_F(BucketFileTest, a_name_that_somebody_else_sealed_meanwhile_is_told_at_closing) {
  Guest writer = guest();
  const auto fd = writer.open("object", Guest::kCreate, Guest::kBoth);
  keep("object", "theirs");
  EXPECT_TRUE(writer.write(*fd, "ours"));
  EXPECT_EQ(writer.close(*fd).error(), Errno::kExist);
  EXPECT_EQ(kept("object"), "theirs");
}

TEST_F(BucketFileTest, beyond_64_mib_an_object_is_only_added_to) {
  Guest writer = guest();
  const auto fd = writer.open("object", Guest::kCreate, Guest::kBoth);
  const std::string piece = content(kMiB / 2);
  const std::size_t pieces = Draft::kMemoryBytes / piece.size() + 3;
  for (std::size_t i = 0; i < pieces; ++i) ASSERT_EQ(writer.write(*fd, piece), piece.size());
  EXPECT_EQ(writer.write_at(*fd, "a", 0).error(), Errno::kNotsup);
  EXPECT_EQ(writer.read_at(*fd, 1, 0).error(), Errno::kNotsup);
  EXPECT_EQ(writer.rename("object", "other").error(), Errno::kNotsup);
  EXPECT_EQ(writer.stat(*fd)->size, pieces * piece.size());
  ASSERT_TRUE(writer.close(*fd));
  const std::string whole = kept("object");
  ASSERT_EQ(whole.size(), pieces * piece.size());
  for (std::size_t i = 0; i < pieces; ++i) {
    ASSERT_TRUE(whole.compare(i * piece.size(), piece.size(), piece) == 0) << i;
  }
}

TEST_F(BucketFileTest, a_folder_that_a_program_emptied_stays_for_it) {
  keep("folder/object", "text");
  Guest program = guest();
  EXPECT_TRUE(program.unlink("folder/object"));
  EXPECT_TRUE(program.make_file("folder/other"));
  Guest another = guest();
  EXPECT_TRUE(program.unlink("folder/other"));
  EXPECT_TRUE(program.stat("folder"));
  EXPECT_EQ(another.stat("folder").error(), Errno::kNoent);
  EXPECT_TRUE(program.remove_folder("folder"));
  EXPECT_EQ(program.stat("folder").error(), Errno::kNoent);
}

TEST_F(BucketFileTest, a_folder_that_was_made_is_one_for_others_and_its_marker_is_not_seen) {
  Guest program = guest();
  ASSERT_TRUE(program.make_folder("folder"));
  Guest another = guest();
  const auto fd = another.open("folder", Guest::kDirectory);
  ASSERT_TRUE(fd);
  EXPECT_EQ(another.list(*fd), (std::vector<std::string>{".", ".."}));
  EXPECT_EQ(kept("folder/_$folder$"), "");
}

/// A store of other nodes' objects, as far as reading goes, that counts what it is asked for.
class OtherNodes final : public store::RemoteObjects {
 public:
  explicit OtherNodes(store::ObjectStore& store) : store_(store) {}

  store::Outcome<std::size_t> read(const store::ObjectName& name, std::uint64_t offset_bytes,
                                   std::span<std::byte> into) override {
    asked_bytes.push_back(into.size());
    return store_.get(name, offset_bytes, into);
  }
  store::Outcome<std::string> metadata(const store::ObjectName& name) override {
    return beside_[name.text()];
  }
  store::Outcome<void> set_metadata(const store::ObjectName& name,
                                    const std::string& bytes) override {
    beside_[name.text()] = bytes;
    return {};
  }

  std::vector<std::size_t> asked_bytes;

 private:
  store::ObjectStore& store_;
  std::map<std::string, std::string> beside_;
};

class OtherNodesTest : public BucketFileTest {
 protected:
  Guest guest_of(bool writable, const Quotas& quotas = {}) {
    return Guest(std::make_unique<BucketFolder>(std::make_shared<BucketMount>(
        BucketMount::Place{
            .store = store_, .bucket = "bucket", .writable = writable, .remote = nodes_},
        std::make_shared<QuotaCount>(quotas))));
  }

  std::shared_ptr<OtherNodes> nodes_ = std::make_shared<OtherNodes>(*store_);
};

TEST_F(OtherNodesTest, large_reads_ask_for_what_is_read_and_small_ones_for_windows) {
  const std::string text = content(900'000);
  keep("object", text);
  Guest reader = guest_of(false);
  const auto fd = reader.open("object");
  ASSERT_TRUE(fd);
  EXPECT_TRUE(reader.read_at(*fd, 300'000, 100'000).value_or("") == text.substr(100'000, 300'000));
  EXPECT_TRUE(reader.read_at(*fd, 300'000, 700'000).value_or("") == text.substr(700'000));
  EXPECT_TRUE(reader.read_at(*fd, 10, 500).value_or("") == text.substr(500, 10));
  EXPECT_TRUE(reader.read_at(*fd, 10, 60'000).value_or("") == text.substr(60'000, 10));
  EXPECT_TRUE(reader.read_at(*fd, 10, 899'995).value_or("") == text.substr(899'995));
  EXPECT_EQ(nodes_->asked_bytes, (std::vector<std::size_t>{300'000, 200'000, 65'536, 5}));
}

TEST_F(OtherNodesTest, an_object_that_is_gone_or_shorter_is_told_of) {
  for (const std::uint32_t size : {10U, 300'000U}) {
    keep("object", content(900'000));
    Guest reader = guest_of(false);
    const auto fd = reader.open("object");
    ASSERT_TRUE(fd);
    ASSERT_TRUE(store_->remove({"bucket", "object"}));
    EXPECT_EQ(reader.read_at(*fd, size, 500'000).error(), Errno::kNoent);
    keep("object", "short");
    EXPECT_EQ(reader.read_at(*fd, size, 500'000).error(), Errno::kStale);
    ASSERT_TRUE(store_->remove({"bucket", "object"}));
  }
}

TEST_F(OtherNodesTest, bytes_lie_beside_an_object_where_they_may) {
  keep("object", "text");
  Guest guest = guest_of(true, {.written_bytes = 12});
  const auto fd = guest.open("object");
  ASSERT_TRUE(fd);
  const std::string beside = "beside it";
  std::ranges::copy(beside, guest.bytes().begin() + Guest::kData);
  const auto size = static_cast<std::uint32_t>(beside.size());
  const auto told = [&](std::uint32_t room) {
    std::ranges::fill(guest.bytes(), std::uint8_t{0});
    EXPECT_TRUE(guest.geds().metadata(guest.memory(), *fd, Guest::kData, room, Guest::kOut));
    std::uint32_t there = 0;
    std::memcpy(&there, guest.bytes().data() + Guest::kOut, sizeof there);
    return std::pair(
        there, std::string(reinterpret_cast<const char*>(guest.bytes().data()) + Guest::kData));
  };
  EXPECT_TRUE(guest.geds().set_metadata(guest.memory(), *fd, Guest::kData, size));
  EXPECT_EQ(guest.geds().set_metadata(guest.memory(), *fd, Guest::kData, size).error(),
            Errno::kDquot);
  EXPECT_EQ(guest.geds().set_metadata(guest.memory(), *fd, Guest::kData, (64 << 10) + 1).error(),
            Errno::kInval);
  EXPECT_EQ(guest.geds().set_metadata(guest.memory(), *fd, 1 << 20, 1).error(), Errno::kFault);
  EXPECT_EQ(told(100), std::pair(size, beside));
  EXPECT_EQ(told(6), std::pair(size, std::string("beside")));

  Guest reader = guest_of(false);
  ASSERT_TRUE(reader.open("object"));
  EXPECT_EQ(reader.geds().set_metadata(reader.memory(), 4, Guest::kData, 1).error(), Errno::kRofs);
  EXPECT_EQ(reader.geds().metadata(reader.memory(), 3, Guest::kData, 1, Guest::kOut).error(),
            Errno::kNotsup);
}

}  // namespace
}  // namespace ionloom::wasi::testing
