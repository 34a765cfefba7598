#include "cache/pattern_entry.h"

#include <gtest/gtest.h>

#include "cache/sample_patterns.h"
#include "support/scratch_folder.h"

namespace ionloom::cache {
namespace {

using test_support::content_of;
using test_support::put;
using test_support::ScratchFolder;
using testing::sample_ions;
using testing::sample_table;

constexpr PatternKey kKey = {1, 2};

class PatternEntry : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_entry(path_, kKey, table_)); }

  EntryState read(const PatternKey& key = kKey, std::size_t ions = sample_ions().size(),
                  std::uint32_t peaks = 4) {
    read_ = {};
    read_.peaks_per_ion = peaks;
    return read_entry(path_, key, ions, read_);
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "entry";
  stages::PatternTable table_ = sample_table();
  stages::PatternTable read_;
};

TEST_F(PatternEntry, is_read_as_it_was_written) {
  EXPECT_EQ(read(), EntryState::kRead);
  EXPECT_EQ(read_.mz, table_.mz);
  EXPECT_EQ(read_.intensity, table_.intensity);
  EXPECT_EQ(content_of(path_).size(), entry_size_bytes(sample_ions().size(), 4));
}

TEST_F(PatternEntry, has_columns_at_multiples_of_64_bytes) {
  const std::string bytes = content_of(path_);
  EXPECT_EQ(bytes.substr(0, 8), "ILPTRNS1");
  EXPECT_EQ(bytes.size() % 64, 0U);
  // 5 ions of 4 f64 fill 160 bytes, so the intensities follow at 64 + 192.
  float first = 0;
  bytes.copy(reinterpret_cast<char*>(&first), sizeof(first), 256);
  EXPECT_EQ(first, table_.intensity.front());
}

TEST_F(PatternEntry, is_damaged_when_any_byte_of_header_or_columns_differs) {
  const std::string good = content_of(path_);
  const std::size_t peaks = table_.mz.size();
  for (std::size_t i = 0; i < good.size(); ++i) {
    const bool padding = (i >= 64 + peaks * 8 && i < 256) || i >= 256 + peaks * 4;
    if (padding) continue;
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    put(path_, bad);
    EXPECT_EQ(read(), EntryState::kDamaged) << "byte " << i;
    EXPECT_TRUE(read_.mz.empty());
  }
}

TEST_F(PatternEntry, is_damaged_when_cut_or_lengthened_anywhere) {
  const std::string good = content_of(path_);
  for (std::size_t size = 0; size < good.size(); size += 7) {
    put(path_, good.substr(0, size));
    EXPECT_EQ(read(), EntryState::kDamaged) << size << " bytes";
  }
  put(path_, good + "x");
  EXPECT_EQ(read(), EntryState::kDamaged);
}

TEST_F(PatternEntry, of_other_ions_or_another_key_is_not_taken) {
  EXPECT_EQ(read({1, 3}), EntryState::kDamaged);
  EXPECT_EQ(read(kKey, 4), EntryState::kDamaged);
  EXPECT_EQ(read(kKey, 5, 5), EntryState::kDamaged);
}

TEST_F(PatternEntry, may_be_absent) {
  std::filesystem::remove(path_);
  EXPECT_EQ(read(), EntryState::kAbsent);
}

}  // namespace
}  // namespace ionloom::cache
