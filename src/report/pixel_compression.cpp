#include "report/pixel_compression.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "report/prefix_code.h"

namespace ionloom::report {
namespace {

using Image = imaging::ImageView<const std::uint32_t>;

// RFC 1951, section 3.2.5.
constexpr std::size_t kEndOfBlock = 256;
constexpr unsigned kFirstLength = 257;
constexpr unsigned kLiteralsAndLengths = 286;
constexpr std::size_t kShortestMatch = 3;
constexpr std::size_t kLongestMatch = 258;
constexpr std::size_t kFarthest = 32768;
constexpr unsigned kLongestCode = 15;
constexpr unsigned kLongestLengthCode = 7;

constexpr std::size_t kPixelBytes = 4;
constexpr std::uint32_t kFilterNone = 0;

/// A number said as a symbol and further bits.
struct Extended {
  std::uint16_t symbol = 0;
  std::uint8_t extra_bits = 0;
  std::uint16_t extra = 0;
};

/// Symbols of match lengths: four to each number of extra bits, the longest apart.
constexpr std::array<Extended, kLongestMatch + 1> kMatchLengths = [] {
  std::array<Extended, kLongestMatch + 1> lengths{};
  for (std::size_t length = kShortestMatch; length < kLongestMatch; ++length) {
    const auto over = static_cast<unsigned>(length - kShortestMatch);
    const unsigned extra_bits = over < 8 ? 0 : static_cast<unsigned>(std::bit_width(over)) - 3;
    lengths[length] = {
        static_cast<std::uint16_t>(kFirstLength + 4 * extra_bits + (over >> extra_bits)),
        static_cast<std::uint8_t>(extra_bits),
        static_cast<std::uint16_t>(over & ((1U << extra_bits) - 1))};
  }
  lengths[kLongestMatch] = {285, 0, 0};
  return lengths;
}();

/// Symbols of distances: two to each number of extra bits.
Extended distance_symbol(std::size_t distance) {
  const auto over = static_cast<unsigned>(distance - 1);
  const unsigned extra_bits = over < 4 ? 0 : static_cast<unsigned>(std::bit_width(over)) - 2;
  return {static_cast<std::uint16_t>(2 * extra_bits + (over >> extra_bits)),
          static_cast<std::uint8_t>(extra_bits),
          static_cast<std::uint16_t>(over & ((1U << extra_bits) - 1))};
}

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
      ++symbols[kMatchLengths[length].symbol];
      extra_bits += kMatchLengths[length].extra_bits;
      ++distance;
    });
  }
};

struct Code {
  std::uint64_t bits = 0;  ///< first bit lowest
  unsigned length = 0;

  /// This code and then another.
  void append(Code next) {
    bits |= next.bits << length;
    length += next.length;
  }
};

/// Puts bits into bytes, the lowest first.
class BitWriter {
 public:
  explicit BitWriter(char* to) : to_(to) {}

  /// At most 56 bits. Writes 8 bytes, of which the last may be ones yet to come.
  void put(Code code) {
    waiting_ |= code.bits << filled_;
    filled_ += code.length;
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(to_, &waiting_, sizeof waiting_);
    to_ += filled_ >> 3U;
    waiting_ >>= filled_ & ~7U;
    filled_ &= 7U;
  }

  /// Fills the last byte up; where the next would go.
  [[nodiscard]] char* finish() {
    if (filled_ > 0) put({0, 8 - filled_});
    return to_;
  }

 private:
  char* to_;
  std::uint64_t waiting_ = 0;
  unsigned filled_ = 0;  ///< bits waiting, 7 at most between calls
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
      const Extended& said = kMatchLengths[length];
      Code code = codes.symbols[said.symbol];
      code.append({said.extra, said.extra_bits});
      code.append(distance);
      bits.put(code);
    });
  }
};

/// The head of a block with codes of its own: their lengths, themselves in a code.
class BlockHead {
 public:
  BlockHead(std::span<const std::uint8_t> literals, std::span<const std::uint8_t> distances) {
    kept_distances_ = distances.size();
    std::vector<std::uint8_t> lengths(literals.begin(), literals.end());
    lengths.insert(lengths.end(), distances.begin(), distances.end());
    for (std::size_t i = 0; i < lengths.size();) {
      std::size_t run = 1;
      while (i + run < lengths.size() && lengths[i + run] == lengths[i]) ++run;
      i += say_run(lengths[i], run);
    }
    std::array<std::uint64_t, 19> counts{};
    for (const Extended& length : said_) ++counts[length.symbol];
    prefix_code_lengths(counts, kLongestLengthCode, code_lengths_);
    prefix_codes(code_lengths_, codes_);
  }

  void write(BitWriter& bits) const {
    // RFC 1951, section 3.2.7.
    constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                     11, 4,  12, 3, 13, 2, 14, 1, 15};
    bits.put({1, 1});     // the last block
    bits.put({0b10, 2});  // with codes of its own
    bits.put({kLiteralsAndLengths - kFirstLength, 5});
    bits.put({kept_distances_ - 1, 5});
    bits.put({kOrder.size() - 4, 4});
    for (const std::uint8_t symbol : kOrder) bits.put({code_lengths_[symbol], 3});
    for (const Extended& length : said_) {
      Code code = {codes_[length.symbol], code_lengths_[length.symbol]};
      code.append({length.extra, length.extra_bits});
      bits.put(code);
    }
  }

 private:
  /// Says one length or a run of it; how many are said.
  std::size_t say_run(std::uint8_t length, std::size_t run) {
    if (length == 0 && run >= 11) {
      run = std::min<std::size_t>(run, 138);
      said_.push_back({18, 7, static_cast<std::uint16_t>(run - 11)});
    } else if (length == 0 && run >= 3) {
      said_.push_back({17, 3, static_cast<std::uint16_t>(run - 3)});
    } else if (run >= 4) {
      run = std::min<std::size_t>(run, 7);
      said_.push_back({length, 0, 0});
      said_.push_back({16, 2, static_cast<std::uint16_t>(run - 4)});
    } else {
      run = 1;
      said_.push_back({length, 0, 0});
    }
    return run;
  }

  std::size_t kept_distances_ = 0;
  std::vector<Extended> said_;
  std::array<std::uint8_t, 19> code_lengths_{};
  std::array<std::uint16_t, 19> codes_{};
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
/// A block's head at its longest, and what a BitWriter writes ahead.
constexpr std::size_t kBlockHeadBytes = 1024;

}  // namespace

std::string compress_pixels(Image image) {
  Counter counted;
  say(image, counted);
  ++counted.symbols[kEndOfBlock];

  const std::array<Extended, 2> distances = {
      distance_symbol(kPixelBytes),
      distance_symbol(std::min(kPixelBytes * image.width + 1, kFarthest))};
  std::array<std::uint64_t, 30> distance_counts{};
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
  std::array<std::uint8_t, 30> distance_lengths{};
  std::array<std::uint16_t, 30> distance_codes{};
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
  BlockHead(codes.lengths, distance_lengths).write(bits);
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
         sizeof(Counter) + sizeof(Codes) + sizeof(BlockHead);
}

}  // namespace ionloom::report
