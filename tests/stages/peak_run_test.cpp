#include "stages/peak_run.h"

#include <cstring>

#include <gtest/gtest.h>

#include "stages/ingest.h"

namespace ionloom::stages {
namespace {

using imaging::Peak;

std::vector<Peak> peaks(std::size_t count) {
  std::vector<Peak> peaks;
  for (std::size_t i = 0; i < count; ++i) {
    const auto n = static_cast<std::uint32_t>(i);
    peaks.push_back({100 + 0.001 * n, 0.5F * static_cast<float>(n), 7 * n});
  }
  return peaks;
}

TEST(PeakRun, header_comes_back_as_it_was_written) {
  const RunHeader header{
      .peaks = 5'000'000'000, .first_spectrum = 3, .last_spectrum = 900, .index_checksum = 42};
  const auto decoded = decode_run_header(encode_run_header(header));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->peaks, 5'000'000'000U);
  EXPECT_EQ(decoded->first_spectrum, 3U);
  EXPECT_EQ(decoded->last_spectrum, 900U);
  EXPECT_EQ(decoded->index_checksum, 42U);
}

TEST(PeakRun, header_of_something_else_is_refused_in_words) {
  auto bytes = encode_run_header({.peaks = 1});
  bytes[7] = std::byte{'2'};  // another version
  const auto other = decode_run_header(bytes);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().what.find("ILPKRUN1"), std::string::npos);
  EXPECT_FALSE(decode_run_header(std::span(bytes).first(10)));
}

TEST(PeakRun, a_block_lays_each_column_behind_the_other) {
  std::vector<std::byte> bytes(3 * sizeof(Peak));
  encode_run_block(peaks(3), bytes);
  double second_mz = 0;
  float second_intensity = 0;
  std::uint32_t second_pixel = 0;
  std::memcpy(&second_mz, bytes.data() + 8, 8);
  std::memcpy(&second_intensity, bytes.data() + 3 * 8 + 4, 4);
  std::memcpy(&second_pixel, bytes.data() + 3 * 12 + 4, 4);
  EXPECT_EQ(second_mz, 100.001);
  EXPECT_EQ(second_intensity, 0.5F);
  EXPECT_EQ(second_pixel, 7U);
}

TEST(PeakRun, part_of_a_block_comes_back_as_it_was_written) {
  const std::vector<Peak> written = peaks(kRunBlockPeaks);
  std::vector<std::byte> bytes(kRunBlockBytes);
  encode_run_block(written, bytes);
  std::vector<Peak> read(96);
  decode_run_block(bytes, 4000, 4096, read);
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].mz, written[4000 + i].mz);
    EXPECT_EQ(read[i].intensity, written[4000 + i].intensity);
    EXPECT_EQ(read[i].pixel, written[4000 + i].pixel);
  }
}

TEST(PeakRun, rows_of_buckets_are_exactly_those_whose_bucket_lies_between) {
  const std::vector<Peak> written = peaks(1000);
  std::vector<std::byte> bytes(written.size() * sizeof(Peak));
  encode_run_block(written, bytes);
  const std::uint32_t first = mz_bucket(100.2);
  const std::uint32_t last = mz_bucket(100.7);
  const auto [from, to] = rows_in_buckets(bytes, first, last);
  ASSERT_LT(from, to);
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::uint32_t bucket = mz_bucket(written[i].mz);
    EXPECT_EQ(i >= from && i < to, bucket >= first && bucket < last) << i;
  }
}

TEST(PeakRun, blocks_of_buckets_include_the_one_that_begins_before_them) {
  const std::vector<RunIndexEntry> index = {{100, 0}, {200, 0}, {200, 0}, {300, 0}};
  const auto blocks = [&](double from, double to) {
    return blocks_in_buckets(index, mz_bucket(from), mz_bucket(to));
  };
  EXPECT_EQ(blocks(250, 260), std::pair(std::size_t{2}, std::size_t{3}));
  EXPECT_EQ(blocks(200, 260), std::pair(std::size_t{0}, std::size_t{3}));
  EXPECT_EQ(blocks(10, 20), std::pair(std::size_t{0}, std::size_t{0}));
  EXPECT_EQ(blocks(900, 901), std::pair(std::size_t{3}, std::size_t{4}));
}

}  // namespace
}  // namespace ionloom::stages
