#include "stages/packed_block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace ionloom::stages {
namespace {

using imaging::Peak;

std::vector<std::byte> packed(std::span<const Peak> peaks) {
  std::vector<std::byte> bytes(packed_block_bound_bytes(peaks.size()));
  const std::size_t used = pack_block(peaks, bytes);
  EXPECT_LE(used, bytes.size());
  bytes.resize(used);
  return bytes;
}

/// Compares bits, so that not even the sign of a zero may differ.
void expect_comes_back(std::vector<Peak> peaks) {
  std::ranges::stable_sort(peaks, {}, &Peak::mz);
  const std::vector<std::byte> bytes = packed(peaks);
  ASSERT_EQ(packed_block_peaks(bytes), peaks.size());
  std::vector<Peak> read(peaks.size());
  ASSERT_TRUE(unpack_block(bytes, read));
  EXPECT_EQ(std::memcmp(read.data(), peaks.data(), peaks.size() * sizeof(Peak)), 0);
}

/// Peaks as a block of a large run has them: m/z that were f32, close to each other.
std::vector<Peak> instrument_peaks(std::size_t count, std::uint32_t pixels) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> mz(300, 301);
  std::lognormal_distribution<double> intensity(14.6, 1.0);
  std::vector<Peak> peaks;
  for (std::size_t i = 0; i < count; ++i) {
    peaks.push_back({static_cast<float>(mz(random)), static_cast<float>(intensity(random)),
                     static_cast<std::uint32_t>(random() % pixels)});
  }
  std::ranges::sort(peaks, {}, [](const Peak& peak) { return std::tuple(peak.mz, peak.pixel); });
  return peaks;
}

TEST(PackedBlock, one_peak_comes_back) {
  expect_comes_back({{524.25, 1.5F, 7}});
}

TEST(PackedBlock, a_peak_of_mass_zero_comes_back) {
  expect_comes_back({{0.0, std::numeric_limits<float>::denorm_min(), 0}, {1.0, 1.0F, 0}});
}

TEST(PackedBlock, equal_mz_come_back_in_their_order) {
  std::vector<Peak> peaks;
  for (std::uint32_t i = 0; i < 4096; ++i)
    peaks.push_back({300.125, 1.0F + 1.0F / static_cast<float>(1 + i), i ^ 5U});
  expect_comes_back(peaks);
}

TEST(PackedBlock, steps_of_every_width_come_back) {
  std::vector<Peak> peaks;
  for (int exponent = -1074; exponent < 1024; ++exponent) {
    peaks.push_back({std::ldexp(1.0, exponent), 3.0F, 0});
    peaks.push_back({std::ldexp(1.0 + 0x1p-52, exponent), 3.0F, 0});
  }
  peaks.push_back({std::numeric_limits<double>::max(), 3.0F, 4294967295U});
  expect_comes_back(peaks);
}

TEST(PackedBlock, whole_intensities_come_back_up_to_the_last_that_32_bits_hold) {
  expect_comes_back({{1, 16.0F, 1}, {2, 4294967040.F, 1}, {3, 17.0F, 1}});
  expect_comes_back({{1, 16.0F, 1}, {2, 4294967296.F, 1}, {3, 17.0F, 1}});
  expect_comes_back({{1, 16.0F, 1}, {2, std::numeric_limits<float>::max(), 1}});
}

TEST(PackedBlock, any_peaks_come_back_bit_for_bit) {
  rc::check([] {
    const bool few_mz = *rc::gen::arbitrary<bool>();
    const bool whole = *rc::gen::arbitrary<bool>();
    const auto count = *rc::gen::inRange<std::size_t>(1, 500);
    std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
    std::vector<Peak> peaks;
    for (std::size_t i = 0; i < count; ++i) {
      const double mz = few_mz ? static_cast<double>(100 + random() % 9)
                               : std::bit_cast<double>(random() % 0x7FF0000000000000U);
      const float intensity =
          whole ? static_cast<float>(1 + random() % 9999)
                : std::bit_cast<float>(static_cast<std::uint32_t>(1 + random() % 0x7F7FFFFFU));
      peaks.push_back({mz, intensity, static_cast<std::uint32_t>(random() >> (random() % 64))});
    }
    expect_comes_back(peaks);
  });
}

TEST(PackedBlock, an_instruments_peaks_take_at_most_60_percent_of_their_12_bytes) {
  const std::vector<Peak> peaks = instrument_peaks(4096, 60'000);
  EXPECT_LE(static_cast<double>(packed(peaks).size()), 0.6 * 12 * 4096);
}

TEST(PackedBlock, layout_is_the_documented_one) {
  // Without their lowest 52 bits the two m/z are 0x400 and 0x401. Counts 3, 7, 13.
  const std::vector<Peak> peaks = {{2.0, 3.0F, 10}, {2.0, 7.0F, 12}, {4.0, 13.0F, 11}};
  const std::vector<std::byte> bytes = packed(peaks);
  // header, flags, width of steps, steps, pixels, intensities, padding
  ASSERT_EQ(bytes.size(), 32U + 1 + 1 + 1 + 1 + 2 + 8);
  const auto at = [&](std::size_t offset) { return static_cast<unsigned>(bytes[offset]); };
  EXPECT_EQ(at(0), 3U);   // peaks
  EXPECT_EQ(at(2), 1U);   // steps
  EXPECT_EQ(at(4), 52U);  // mz_shift
  EXPECT_EQ(at(5), 2U);   // bits of pixels 0 to 2
  EXPECT_EQ(at(6), 4U);   // bits of 13 - 3
  EXPECT_EQ(at(7), 1U);   // whole numbers
  EXPECT_EQ(at(15), 0x40U);
  EXPECT_EQ(at(16), 10U);
  EXPECT_EQ(at(20), 3U);
  EXPECT_EQ(at(24), 0U);
  EXPECT_EQ(at(32), 0b011U);     // the first two have the m/z of the one before
  EXPECT_EQ(at(33), 1U);         // bits of a step
  EXPECT_EQ(at(34), 1U);         // the step
  EXPECT_EQ(at(35), 0b011000U);  // pixels 0, 2, 1
  EXPECT_EQ(at(36), 0x40U);      // intensities 0, 4
  EXPECT_EQ(at(37), 0x0AU);      // and 10
}

TEST(PackedBlock, bytes_that_end_early_or_late_are_refused) {
  const std::vector<std::byte> bytes = packed(instrument_peaks(200, 50));
  std::vector<Peak> read(200);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    // A copy of just that length, so that a read past its end is seen by a sanitizer.
    const std::vector<std::byte> cut(bytes.begin(),
                                     bytes.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(unpack_block(cut, read)) << length;
  }
  std::vector<std::byte> longer = bytes;
  longer.emplace_back();
  EXPECT_FALSE(unpack_block(longer, read));
  EXPECT_FALSE(unpack_block(bytes, std::span(read).first(199)));
}

TEST(PackedBlock, damaged_bytes_never_lead_outside) {
  const std::vector<std::byte> bytes = packed(instrument_peaks(300, 50));
  std::vector<Peak> read(300);
  int refused = 0;
  for (std::size_t at = 0; at < bytes.size() * 8; ++at) {
    std::vector<std::byte> damaged = bytes;
    damaged[at / 8] ^= static_cast<std::byte>(1U << (at % 8));
    refused += unpack_block(damaged, read) ? 0 : 1;
  }
  EXPECT_GT(refused, 100);  // every fault of a count or a width
}

}  // namespace
}  // namespace ionloom::stages
