#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "store/disk_tier.h"
#include "store/shared_memory_tier.h"
#include "store/support/child_process.h"
#include "store/support/store_history.h"
#include "support/scratch_folder.h"

namespace ionloom::store {
namespace {

using ionloom::test_support::ScratchFolder;
using test_support::bytes_of;
using test_support::ChildProcess;
using test_support::content;
using test_support::text_of;

constexpr std::uint64_t kMiB = 1 << 20;
const ObjectName kName{"bucket", "shared"};

/// Sum of each field (Rss, Pss, Private_Dirty...), in bytes, over the mappings of this process
/// whose file has this name.
std::map<std::string, std::uint64_t> mapped_bytes(const std::string& file) {
  std::map<std::string, std::uint64_t> fields;
  std::ifstream smaps("/proc/self/smaps");
  bool ours = false;
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::string first;
    std::uint64_t kilobytes = 0;
    words >> first;
    if (!first.ends_with(':')) {
      ours = line.ends_with(file);
    } else if (ours && words >> kilobytes) {
      fields[first.substr(0, first.size() - 1)] += 1024 * kilobytes;
    }
  }
  return fields;
}

std::uint64_t sum_of(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0;
  for (const std::byte byte : bytes) sum += std::to_integer<std::uint64_t>(byte);
  return sum;
}

TEST(TwoProcesses, share_the_memory_of_an_object_without_a_copy) {
  const ScratchFolder folder("/dev/shm");
  const std::string bytes = content(1, 32 * kMiB);
  const auto store = SharedMemoryTier::open(folder / "store", 64 * kMiB);
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->put(kName, bytes_of(bytes)));
  const auto view = (*store)->view(kName);
  ASSERT_TRUE(view);
  const std::uint64_t expected = sum_of(view->bytes());

  const ChildProcess other([&](int pipe) {
    const auto own = SharedMemoryTier::open(folder / "store", 64 * kMiB);
    const auto same = own ? (*own)->view(kName) : std::unexpected(own.error());
    // Written only when it got the same bytes, after touching every page.
    if (same && sum_of(same->bytes()) == expected) {
      auto fields = mapped_bytes("/store/bucket/shared");
      const std::string report = std::to_string(fields["Anonymous"]) + " " +
                                 std::to_string(fields["Private_Clean"]) + " " +
                                 std::to_string(fields["Private_Dirty"]) + " " +
                                 std::to_string(fields["Rss"]) + "\n";
      static_cast<void>(!::write(pipe, report.data(), report.size()));
    }
  });
  std::istringstream report(other.read(1000));
  std::uint64_t anonymous = 1;
  std::uint64_t private_clean = 1;
  std::uint64_t private_dirty = 1;
  std::uint64_t resident = 0;
  ASSERT_TRUE(report >> anonymous >> private_clean >> private_dirty >> resident);
  EXPECT_EQ(anonymous + private_clean + private_dirty, 0U);
  EXPECT_GE(resident, bytes.size());
}

TEST(TwoProcesses, a_view_stays_when_the_process_that_made_it_is_gone_and_the_object_deleted) {
  const ScratchFolder folder("/dev/shm");
  ChildProcess writer([&](int pipe) {
    const auto own = SharedMemoryTier::open(folder / "store", 64 * kMiB);
    if (own && (*own)->put(kName, bytes_of(content(1, kMiB)))) {
      static_cast<void>(!::write(pipe, "1", 1));
    }
    ::pause();
  });
  ASSERT_EQ(writer.read(1), "1");
  const auto store = SharedMemoryTier::open(folder / "store", 64 * kMiB);
  ASSERT_TRUE(store);
  const auto view = (*store)->view(kName);
  ASSERT_TRUE(view);
  writer.kill();
  ASSERT_TRUE((*store)->remove(kName));
  EXPECT_EQ(text_of(view->bytes()), content(1, kMiB));
}

TEST(KilledWriter, leaves_no_half_object_and_no_bytes) {
  const ScratchFolder folder;
  ChildProcess writer([&](int pipe) {
    const auto own = DiskTier::open(folder / "store", 64 * kMiB);
    auto object = (*own)->create(kName);
    const std::string bytes = content(1, 4 * kMiB);
    if (object && (*object)->append(bytes_of(bytes))) static_cast<void>(!::write(pipe, "1", 1));
    ::pause();
  });
  ASSERT_EQ(writer.read(1), "1");
  {
    // While it lives, what it writes is left alone, and counts.
    const auto store = DiskTier::open(folder / "store", 64 * kMiB);
    ASSERT_TRUE(store);
    EXPECT_GE((*store)->usage().used_bytes, 4 * kMiB);
    EXPECT_FALSE(std::filesystem::is_empty(folder / "store/.partial"));
  }
  writer.kill();
  const auto store = DiskTier::open(folder / "store", 64 * kMiB);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->stat(kName).error().code, FailureCode::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "store/.partial"));
  EXPECT_EQ((*store)->usage().used_bytes, 0U);
}

TEST(KilledWriter, whatever_it_has_said_to_be_sealed_is_whole_wherever_it_was_stopped) {
  for (std::size_t acknowledged = 1; acknowledged <= 40; acknowledged += 3) {
    const ScratchFolder folder;
    ChildProcess writer([&](int pipe) {
      const auto own = DiskTier::open(folder / "store", 64 * kMiB);
      for (std::uint64_t i = 0; i < 1000; ++i) {
        static_cast<void>(
            (*own)->put({"bucket", std::to_string(i)}, bytes_of(content(i, 5000 * (i % 60)))));
        static_cast<void>(!::write(pipe, "1", 1));
      }
    });
    ASSERT_EQ(writer.read(acknowledged).size(), acknowledged);
    writer.kill();
    const auto store = DiskTier::open(folder / "store", 64 * kMiB);
    ASSERT_TRUE(store);
    const auto listing = (*store)->list({"bucket", "", std::nullopt});
    ASSERT_TRUE(listing);
    ASSERT_GE(listing->objects.size(), acknowledged);
    std::uint64_t bytes = 0;
    for (const ListedObject& object : listing->objects) {
      const std::uint64_t i = std::stoull(object.key);
      const auto view = (*store)->view({"bucket", object.key});
      ASSERT_TRUE(view) << view.error().message();
      EXPECT_EQ(text_of(view->bytes()), content(i, 5000 * (i % 60)));
      bytes += object_file_bytes(object.size_bytes);
    }
    EXPECT_EQ((*store)->usage().used_bytes, bytes);
  }
}

}  // namespace
}  // namespace ionloom::store
