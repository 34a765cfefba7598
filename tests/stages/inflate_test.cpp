// Our inflate beside zlib's: the same bytes of whole streams, the same streams refused.

#include "stages/inflate.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

namespace ionloom::stages {
namespace {

using Bytes = std::vector<unsigned char>;

Bytes deflated(const Bytes& bytes, int level, int strategy) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, 15, 8, strategy), Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()) + 64);
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Read {
  bool is_whole = false;
  Bytes bytes;

  bool operator==(const Read& other) const {
    return is_whole == other.is_whole && (!is_whole || bytes == other.bytes);
  }
};

/// As imzml/spectrum_reader.cpp reads.
Read by_zlib(const Bytes& stream_bytes, std::size_t expected) {
  Read read{.bytes = Bytes(expected + 1)};
  z_stream stream = {};
  EXPECT_EQ(inflateInit(&stream), Z_OK);
  stream.next_in = const_cast<unsigned char*>(stream_bytes.data());
  stream.avail_in = static_cast<uInt>(stream_bytes.size());
  stream.next_out = read.bytes.data();
  stream.avail_out = static_cast<uInt>(read.bytes.size());
  const int status = inflate(&stream, Z_FINISH);
  read.is_whole = status == Z_STREAM_END && stream.total_out == expected;
  inflateEnd(&stream);
  read.bytes.resize(expected);
  return read;
}

Read by_us(const Bytes& stream, std::size_t expected) {
  // Exact sizes, so that a sanitizer sees what is beyond.
  Read read{.bytes = Bytes(expected)};
  Inflater inflater;
  const Inflated done = inflater.inflate(stream, read.bytes);
  read.is_whole = done.is_whole;
  EXPECT_LE(done.size_bytes, expected);
  return read;
}

/// What compresses well, badly, with long matches, and not at all.
Bytes sample(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  switch (random() % 5) {
    case 0:
      for (auto& byte : bytes) byte = static_cast<unsigned char>(random());
      break;
    case 1:
      for (auto& byte : bytes) byte = static_cast<unsigned char>("ACGT"[random() % 4]);
      break;
    case 2:  // m/z as f64
      for (std::size_t i = 0; i + 8 <= size; i += 8) {
        const double mz = 100 + 0.001 * static_cast<double>(i * (1 + random() % 3));
        std::memcpy(bytes.data() + i, &mz, 8);
      }
      break;
    case 3: {  // letters of very different frequencies: codes of up to 15 bits
      std::geometric_distribution<int> letters(0.45);
      for (auto& byte : bytes) byte = static_cast<unsigned char>(std::min(letters(random), 255));
      break;
    }
    default:
      for (std::size_t i = 0; i < size; ++i) {
        const std::size_t back = 1 + random() % 300;
        bytes[i] = i < back ? static_cast<unsigned char>(random()) : bytes[i - back];
        if (random() % 50 != 0 && i > 0) bytes[i] = bytes[i - 1];
      }
  }
  return bytes;
}

constexpr int kStrategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};

TEST(Inflate, gives_back_what_zlib_has_compressed) {
  std::mt19937 random(11);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t size = random() % (i % 100 == 0 ? 300'000 : 5000);
    const Bytes bytes = sample(random, size);
    const Bytes stream =
        deflated(bytes, static_cast<int>(random() % 10), kStrategies[random() % 5]);
    const Read read = by_us(stream, size);
    ASSERT_TRUE(read.is_whole) << size;
    ASSERT_EQ(read.bytes, bytes);
  }
}

TEST(Inflate, takes_and_refuses_what_zlib_does) {
  std::mt19937 random(12);
  int refused = 0;
  int taken = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::size_t size = random() % 400;
    const Bytes bytes = sample(random, size);
    Bytes stream = deflated(bytes, static_cast<int>(random() % 10), kStrategies[random() % 5]);
    for (auto change = random() % 3; change > 0; --change) {
      switch (random() % 4) {
        case 0:
          stream.resize(random() % (stream.size() + 1));
          break;
        case 1:
          stream.push_back(static_cast<unsigned char>(random()));
          break;
        default:
          if (stream.empty()) break;
          // Headers and code lengths lie in front.
          stream[random() % std::min<std::size_t>(stream.size(), random() % 2 == 0 ? 16 : 4096)] ^=
              static_cast<unsigned char>(1U << random() % 8);
      }
    }
    const std::size_t expected = random() % 10 == 0 ? size + random() % 3 - 1 : size;
    const Read ours = by_us(stream, std::min<std::size_t>(expected, 500));
    const Read theirs = by_zlib(stream, std::min<std::size_t>(expected, 500));
    ASSERT_EQ(ours, theirs) << "case " << i;
    ++(ours.is_whole ? taken : refused);
  }
  EXPECT_GT(refused, 5000);
  EXPECT_GT(taken, 5000);
}

/// Behind a right header, so that blocks of all kinds are tried.
RC_GTEST_PROP(Inflate, agrees_with_zlib_on_any_bytes, (Bytes bytes)) {
  for (const int first : {0, 1, 2, 3, 4, 5}) {
    const int rest = bytes.empty() ? 0 : bytes[0] & 0xF8;
    Bytes stream = {0x78, 0x9C, static_cast<unsigned char>(first | rest)};
    stream.insert(stream.end(), bytes.begin(), bytes.end());
    RC_ASSERT(by_us(stream, 64) == by_zlib(stream, 64));
  }
  RC_ASSERT(by_us(bytes, 64) == by_zlib(bytes, 64));
}

/// Bits as deflate packs them.
class BitWriter {
 public:
  void put(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i, ++used_) {
      if (used_ % 8 == 0) bytes.push_back(0);
      bytes.back() = static_cast<unsigned char>(bytes.back() | (value >> i & 1U) << used_ % 8);
    }
  }

  Bytes bytes;

 private:
  int used_ = 0;
};

/// Lengths of a prefix code for some of so many symbols, that of the end of a block among them if
/// there is one. Now and then it leaves bits over, or has none to spare.
Bytes random_code(std::mt19937& random, std::size_t symbols) {
  std::vector<unsigned char> leaves = {1, 1};
  for (auto splits = random() % 40; splits > 0; --splits) {
    const std::size_t leaf = random() % leaves.size();
    if (leaves[leaf] == 15 || leaves.size() + 1 > symbols) continue;
    leaves.push_back(++leaves[leaf]);
  }
  if (random() % 8 == 0) leaves.pop_back();
  if (random() % 16 == 0) leaves.push_back(15);
  if (random() % 16 == 0) leaves.clear();
  Bytes lengths(symbols, 0);
  for (const unsigned char leaf : leaves) {
    const bool ends = symbols > 256 && lengths[256] == 0;
    lengths[ends ? 256 : random() % symbols] = leaf;  // the later of two for one symbol counts
  }
  return lengths;
}

TEST(Inflate, takes_blocks_of_any_codes_that_zlib_takes) {
  std::mt19937 random(13);
  int taken = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t literals = 257 + random() % 30;
    const std::size_t distances = 1 + random() % 32;
    BitWriter block;
    block.put(1, 1);  // the last block
    block.put(2, 2);  // with its own codes
    block.put(static_cast<std::uint32_t>(literals - 257), 5);
    block.put(static_cast<std::uint32_t>(distances - 1), 5);
    block.put(15, 4);
    for (int length = 0; length < 19; ++length) block.put(length < 3 ? 0 : 4, 3);  // of 0 to 15
    const Bytes codes[] = {random_code(random, literals), random_code(random, distances)};
    for (const Bytes& code : codes) {
      for (const unsigned char length : code) {
        for (int bit = 3; bit >= 0; --bit) block.put(length >> bit & 1U, 1);
      }
    }
    for (int data = 0; data < 40; ++data) block.put(static_cast<std::uint32_t>(random() % 256), 8);

    Bytes out(5000);
    z_stream raw = {};
    ASSERT_EQ(inflateInit2(&raw, -15), Z_OK);
    raw.next_in = block.bytes.data();
    raw.avail_in = static_cast<uInt>(block.bytes.size());
    raw.next_out = out.data();
    raw.avail_out = static_cast<uInt>(out.size());
    const bool is_whole = inflate(&raw, Z_FINISH) == Z_STREAM_END;
    Bytes stream = {0x78, 0x9C};
    stream.insert(stream.end(), block.bytes.data(), block.bytes.data() + raw.total_in);
    const std::size_t size = raw.total_out;
    const uLong check = adler32(adler32(0, nullptr, 0), out.data(), static_cast<uInt>(size));
    inflateEnd(&raw);
    for (int shift = 24; shift >= 0; shift -= 8) {
      stream.push_back(static_cast<unsigned char>(check >> shift));
    }
    const Read ours = by_us(stream, size);
    ASSERT_EQ(ours, by_zlib(stream, size)) << "case " << i;
    ASSERT_EQ(ours.is_whole, is_whole) << "case " << i;
    taken += is_whole ? 1 : 0;
  }
  EXPECT_GT(taken, 1000);
}

TEST(Inflate, says_how_much_came_out) {
  Inflater inflater;
  const Bytes bytes(1000, 7);
  const Bytes stream = deflated(bytes, 6, Z_DEFAULT_STRATEGY);
  Bytes out(999);
  EXPECT_TRUE(inflater.inflate(stream, out).has_more);
  EXPECT_EQ(inflater.inflate(stream, out).size_bytes, 999U);
  out.resize(1001);
  const Inflated less = inflater.inflate(stream, out);
  EXPECT_EQ(less.size_bytes, 1000U);
  EXPECT_FALSE(less.has_more || less.is_whole);
}

}  // namespace
}  // namespace ionloom::stages
