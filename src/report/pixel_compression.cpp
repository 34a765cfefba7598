#include "report/pixel_compression.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "report/deflate_block.h"
#include "report/prefix_code.h"

namespace ionloom::report {
namespace {

using Image = imaging::ImageView<const std::uint32_t>;

constexpr std::size_t kPixelBytes = 4;
constexpr std::uint32_t kFilterNone = 0;

/// What an image is said with: literal(), pixel(), and match() of a pixel or of a row before.
template <class Sink>
void say(const Image& image, Sink& sink) {
  const std::size_t width = image.width;
  const std::size_t row_bytes = kPixelBytes * width + 1;
  for (std::size_t y = 0; y < image.height; ++y) {
    const std::uint32_t* row = image.pixels.data() + y * width;
    if (y > 0 && row_bytes <= kFarthest && std::equal(row - width, row, row)) {
      sink.match_row(row_bytes);
      continue;
    }
    sink.literal(kFilterNone);
    sink.pixel(row[0]);
    for (std::size_t x = 1; x < width;) {
      if (row[x] != row[x - 1]) {
        sink.pixel(row[x++]);
        continue;
      }
      const std::size_t first = x;
      while (x < width && row[x] == row[first]) ++x;
      sink.match_pixel(kPixelBytes * (x - first));
    }
  }
}

/// Cuts a match into pieces that have a symbol.
template <class Piece>
void cut(std::size_t bytes, Piece&& piece) {
  while (bytes > kLongestMatch) {
    const std::size_t taken = std::min(kLongestMatch, bytes - kShortestMatch);
    piece(taken);
    bytes -= taken;
  }
  piece(bytes);
}

/// Counts the symbols.
struct Counter {
  std::array<std::uint64_t, kLiteralsAndLengths> symbols{};
  std::array<std::uint64_t, 2> distances{};  ///< to the pixel before, to the row above
  std::uint64_t extra_bits = 0;              ///< of lengths

  void literal(std::uint32_t byte) { ++symbols[byte]; }
  void pixel(std::uint32_t pixel) {
    for (std::size_t k = 0; k < kPixelBytes; ++k, pixel >>= 8U) ++symbols[pixel & 0xFFU];
  }
  void match_pixel(std::size_t bytes) { match(bytes, distances[0]); }
  void match_row(std::size_t bytes) { match(bytes, distances[1]); }

 private:
  void match(std::size_t bytes, std::uint64_t& distance) {
    cut(bytes, [&](std::size_t length) {
      const Extended& said = kMatchSymbols[length];
      ++symbols[said.symbol];
      extra_bits += said.extra_bits;
      ++distance;
    });
  }
};

/// The codes of a block.
struct Codes {
  std::array<std::uint8_t, kLiteralsAndLengths> lengths{};
  std::array<Code, kLiteralsAndLengths> symbols;
  std::array<Code, 2> distances;  ///< with their extra bits
};

/// Says an image in codes.
struct Writer {
  const Codes& codes;
  BitWriter& bits;

  void literal(std::uint32_t byte) { bits.put(codes.symbols[byte]); }
  void pixel(std::uint32_t pixel) {
    for (std::size_t k = 0; k < kPixelBytes; k += 2, pixel >>= 16U) {
      Code two = codes.symbols[pixel & 0xFFU];
      two.append(codes.symbols[pixel >> 8U & 0xFFU]);
      bits.put(two);
    }
  }
  void match_pixel(std::size_t bytes) { match(bytes, codes.distances[0]); }
  void match_row(std::size_t bytes) { match(bytes, codes.distances[1]); }

 private:
  void match(std::size_t bytes, Code distance) {
    cut(bytes, [&](std::size_t length) {
      const Extended& said = kMatchSymbols[length];
      Code code = codes.symbols[said.symbol];
      code.append({said.extra, said.extra_bits});
      code.append(distance);
      bits.put(code);
    });
  }
};

/// RFC 1950's check of all rows with their filter bytes.
std::uint32_t adler32(const Image& image) {
  constexpr std::uint32_t kModulus = 65521;
  // So few that neither sum of 32 bits can run over: 255 x 4 n (4 n + 1) / 2 < 2^32.
  constexpr std::size_t kPixelsAtOnce = 1024;
  std::uint64_t sum = 1;
  std::uint64_t sum_of_sums = 0;
  for (std::size_t y = 0; y < image.height; ++y) {
    sum_of_sums += sum;  // the filter byte
    const std::uint32_t* row = image.pixels.data() + y * image.width;
    for (std::size_t first = 0; first < image.width; first += kPixelsAtOnce) {
      const std::size_t n = std::min(kPixelsAtOnce, image.width - first);
      std::uint32_t bytes = 0;
      std::uint32_t weighted = 0;  // each byte times how many there are from it to the end
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t pixel = row[first + i];
        const std::uint32_t b0 = pixel & 0xFFU;
        const std::uint32_t b1 = pixel >> 8U & 0xFFU;
        const std::uint32_t b2 = pixel >> 16U & 0xFFU;
        const std::uint32_t b3 = pixel >> 24U;
        const std::uint32_t of_pixel = b0 + b1 + b2 + b3;
        bytes += of_pixel;
        weighted += static_cast<std::uint32_t>(4 * (n - i) - 3) * of_pixel + 3 * b0 + 2 * b1 + b2;
      }
      sum_of_sums = (sum_of_sums + 4 * n * sum + weighted) % kModulus;
      sum = (sum + bytes) % kModulus;
    }
  }
  return static_cast<std::uint32_t>(sum_of_sums % kModulus << 16U | sum);
}

constexpr std::size_t kStreamHeadBytes = 2;
constexpr std::size_t kCheckBytes = 4;

}  // namespace

std::string compress_pixels(Image image) {
  Counter counted;
  say(image, counted);
  ++counted.symbols[kEndOfBlock];

  const std::array<Extended, 2> distances = {
      distance_symbol(kPixelBytes),
      distance_symbol(std::min(kPixelBytes * image.width + 1, kFarthest))};
  std::array<std::uint64_t, kDistances> distance_counts{};
  for (std::size_t i = 0; i < 2; ++i) distance_counts[distances[i].symbol] += counted.distances[i];

  Codes codes;
  std::array<std::uint16_t, kLiteralsAndLengths> symbol_codes{};
  prefix_code_lengths(counted.symbols, kLongestCode, codes.lengths);
  prefix_codes(codes.lengths, symbol_codes);
  std::uint64_t data_bits = counted.extra_bits;
  for (std::size_t i = 0; i < kLiteralsAndLengths; ++i) {
    codes.symbols[i] = {symbol_codes[i], codes.lengths[i]};
    data_bits += counted.symbols[i] * codes.lengths[i];
  }
  std::array<std::uint8_t, kDistances> distance_lengths{};
  std::array<std::uint16_t, kDistances> distance_codes{};
  prefix_code_lengths(distance_counts, kLongestCode, distance_lengths);
  prefix_codes(distance_lengths, distance_codes);
  for (std::size_t i = 0; i < 2; ++i) {
    codes.distances[i] = {distance_codes[distances[i].symbol],
                          distance_lengths[distances[i].symbol]};
    codes.distances[i].append({distances[i].extra, distances[i].extra_bits});
    data_bits += counted.distances[i] * codes.distances[i].length;
  }

  std::string stream;
  stream.resize(kStreamHeadBytes + kBlockHeadBytes + data_bits / 8 + kCheckBytes);
  stream[0] = '\x78';  // deflate, distances up to 32 KiB
  stream[1] = '\x01';  // fastest level; makes the two bytes divisible by 31
  BitWriter bits(stream.data() + kStreamHeadBytes);
  write_block_head(codes.lengths, distance_lengths, bits);
  Writer writer{codes, bits};
  say(image, writer);
  bits.put(codes.symbols[kEndOfBlock]);
  char* end = bits.finish();
  const std::uint32_t check = adler32(image);
  for (unsigned shift = 32; shift > 0;) *end++ = static_cast<char>(check >> (shift -= 8) & 0xFFU);
  stream.resize(static_cast<std::size_t>(end - stream.data()));
  return stream;
}

std::uint64_t compression_memory_bound_bytes(std::uint64_t pixels, std::uint64_t rows) {
  // No optimal code is longer than one of 9 bits for every symbol, and there are at most as many
  // symbols as bytes; cutting codes to 15 bits costs far less than the rest up to 10.
  return (kPixelBytes * pixels + rows) * 10 / 8 + kStreamHeadBytes + kBlockHeadBytes + kCheckBytes +
         sizeof(Counter) + sizeof(Codes) +
         (kLiteralsAndLengths + kDistances) * (1 + 2 * sizeof(Extended));  // the head, being made
}

}  // namespace ionloom::report
