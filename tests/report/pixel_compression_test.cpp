#include "report/pixel_compression.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace ionloom::report {
namespace {

using Pixels = std::vector<std::uint32_t>;

/// The rows that zlib finds in the stream, without their filter bytes, which must be 0.
Pixels decompressed(const std::string& stream, std::size_t width, std::size_t height) {
  const std::size_t row_bytes = 4 * width + 1;
  std::vector<unsigned char> bytes(height * row_bytes + 1);
  uLongf size_bytes = bytes.size();
  EXPECT_EQ(::uncompress(bytes.data(), &size_bytes, reinterpret_cast<const Bytef*>(stream.data()),
                         stream.size()),
            Z_OK);
  EXPECT_EQ(size_bytes, height * row_bytes);
  Pixels pixels;
  for (std::size_t y = 0; y < height; ++y) {
    EXPECT_EQ(bytes[y * row_bytes], 0);
    for (std::size_t x = 0; x < width; ++x) {
      const unsigned char* p = &bytes[y * row_bytes + 1 + 4 * x];
      pixels.push_back(p[0] | std::uint32_t{p[1]} << 8U | std::uint32_t{p[2]} << 16U |
                       std::uint32_t{p[3]} << 24U);
    }
  }
  return pixels;
}

void expect_to_come_back(const Pixels& pixels, std::size_t width) {
  const std::size_t height = pixels.size() / width;
  const std::string stream = compress_pixels({pixels, width, height});
  EXPECT_EQ(decompressed(stream, width, height), pixels) << width << " x " << height;
  EXPECT_LE(stream.size(), compression_memory_bound_bytes(pixels.size(), height));
}

/// `filled` of a thousand pixels hold noise, the others one value; some rows are repeated.
Pixels noise(std::size_t width, std::size_t height, unsigned filled, std::uint32_t seed) {
  std::mt19937 random(seed);
  Pixels pixels;
  for (std::size_t y = 0; y < height; ++y) {
    if (y > 0 && random() % 5 == 0) {
      pixels.insert(pixels.end(), pixels.end() - static_cast<std::ptrdiff_t>(width), pixels.end());
      continue;
    }
    for (std::size_t x = 0; x < width; ++x) {
      const auto value = static_cast<std::uint32_t>(random());
      pixels.push_back(value % 1000 < filled ? value : 0xFFFF0000U);
    }
  }
  return pixels;
}

TEST(CompressPixels, images_of_all_sizes_and_densities_come_back) {
  for (const std::size_t width : {1U, 2U, 3U, 64U, 65U, 66U, 129U, 300U, 1025U}) {
    for (const unsigned filled : {0U, 1U, 100U, 999U, 1000U}) {
      expect_to_come_back(noise(width, 7, filled, static_cast<std::uint32_t>(width)), width);
    }
  }
}

TEST(CompressPixels, every_run_length_comes_back) {
  Pixels pixels;
  for (std::uint32_t run = 1; run < 200; ++run) pixels.insert(pixels.end(), run, run);
  expect_to_come_back(pixels, pixels.size());
}

TEST(CompressPixels, rows_too_far_apart_to_be_referred_to_come_back) {
  for (const std::size_t width : {8191U, 8192U, 20'000U}) {
    const Pixels row = noise(width, 1, 300, 1);
    Pixels pixels = row;
    pixels.insert(pixels.end(), row.begin(), row.end());
    expect_to_come_back(pixels, width);
  }
}

TEST(CompressPixels, one_pixel_and_one_value_come_back) {
  expect_to_come_back({0}, 1);
  expect_to_come_back({0xFFFFFFFFU}, 1);
  expect_to_come_back(Pixels(100'000, 0xFFFF0000U), 400);
  expect_to_come_back(Pixels(1000, 7), 1);
}

TEST(CompressPixels, bytes_of_very_unequal_frequency_come_back) {
  // Fibonacci's numbers of each byte want codes of over 15 bits.
  Pixels pixels;
  std::uint32_t a = 1;
  std::uint32_t b = 1;
  for (std::uint32_t byte = 0; byte < 24; ++byte) {
    for (std::uint32_t k = 0; k < a; ++k) pixels.push_back(byte | (k % 2) << 31U);
    b = a + b;
    a = b - a;
  }
  expect_to_come_back(pixels, pixels.size());
}

TEST(CompressPixels, is_no_larger_than_zlibs_fastest) {
  for (const unsigned filled : {10U, 200U, 900U}) {
    Pixels pixels = noise(160, 160, filled, filled);
    for (std::uint32_t& pixel : pixels) pixel |= 0xFFFF0000U;  // as in a dataset without holes
    std::string rows;
    for (std::size_t y = 0; y < 160; ++y) {
      rows += '\0';
      rows.append(reinterpret_cast<const char*>(&pixels[160 * y]), 160 * 4);
    }
    uLongf size_bytes = ::compressBound(rows.size());
    std::vector<Bytef> theirs(size_bytes);
    ASSERT_EQ(::compress2(theirs.data(), &size_bytes, reinterpret_cast<const Bytef*>(rows.data()),
                          rows.size(), 1),
              Z_OK);
    EXPECT_LE(compress_pixels({pixels, 160, 160}).size(), size_bytes) << filled;
  }
}

}  // namespace
}  // namespace ionloom::report
