#include "exec/run_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "stages/ingest.h"
#include "support/full_disk.h"
#include "support/scratch_folder.h"

namespace ionloom::exec {
namespace {

using imaging::Peak;
using test_support::ScratchFolder;

std::vector<Peak> peaks(std::size_t count) {
  std::vector<Peak> peaks;
  for (std::size_t i = 0; i < count; ++i) {
    peaks.push_back({100 + 0.01 * static_cast<double>(i), 2.0F, static_cast<std::uint32_t>(i)});
  }
  return peaks;
}

TEST(RunFile, gives_back_exactly_the_peaks_of_the_buckets_asked_for) {
  const ScratchFolder folder;
  const std::vector<Peak> written = peaks(20'000);
  const auto run = write_run_file(folder / "run", written, 0, 10);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->size_bytes(), RunReader::run_bytes(written.size()));

  std::vector<Peak> read(written.size());
  std::vector<std::byte> scratch;
  for (const auto& [low, high] :
       {std::pair{0.0, 1e6}, {150.0, 150.5}, {140.9, 200.0}, {1.0, 2.0}}) {
    const std::uint32_t first = stages::mz_bucket(low);
    const std::uint32_t last = stages::mz_bucket(high);
    const auto count = run->read_buckets(first, last, read, scratch);
    ASSERT_TRUE(count) << count.error().message();
    std::size_t expected = 0;
    for (const Peak& peak : written) {
      const std::uint32_t bucket = stages::mz_bucket(peak.mz);
      if (bucket < first || bucket >= last) continue;
      ASSERT_LT(expected, *count);
      EXPECT_EQ(read[expected].pixel, peak.pixel);
      ++expected;
    }
    EXPECT_EQ(*count, expected);
  }
  EXPECT_LE(scratch.capacity(), RunReader::read_memory_bound_bytes());
}

TEST(RunFile, has_no_name_once_it_is_open_so_that_nothing_stays_behind) {
  const ScratchFolder folder;
  const auto run = write_run_file(folder / "run", peaks(10), 0, 1);
  ASSERT_TRUE(run);
  EXPECT_TRUE(folder.names().empty());
}

TEST(RunFile, with_a_byte_changed_is_refused_naming_the_block) {
  const ScratchFolder folder;
  const std::vector<Peak> written = peaks(10'000);
  const auto run = write_run_file(folder / "run", written, 0, 1);
  ASSERT_TRUE(run);
  // The file has no name; the process's list of open files leads to it.
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(entry.path(), error).string();
    if (!target.starts_with((folder / "run").string())) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(stages::RunHeader::block_offset_bytes(1) + 100));
    file.put('\x55');
  }
  std::vector<Peak> read(written.size());
  std::vector<std::byte> scratch;
  const auto count = run->read_buckets(0, stages::kMzBuckets, read, scratch);
  ASSERT_FALSE(count);
  EXPECT_NE(count.error().message().find("block 1"), std::string::npos) << count.error().message();
}

TEST(RunFile, on_a_full_disk_is_an_error_that_leaves_nothing) {
  const ScratchFolder folder;
  const test_support::FileSizeLimit disk(1 << 16);
  const auto run = write_run_file(folder / "run", peaks(50'000), 0, 1);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kResource);
  EXPECT_TRUE(folder.names().empty());
}

TEST(RunFile, of_no_peaks_is_read_as_none) {
  const ScratchFolder folder;
  const auto run = write_run_file(folder / "run", {}, 0, 1);
  ASSERT_TRUE(run);
  std::vector<std::byte> scratch;
  EXPECT_EQ(run->read_buckets(0, stages::kMzBuckets, {}, scratch).value(), 0U);
}

}  // namespace
}  // namespace ionloom::exec
