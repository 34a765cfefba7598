#include "stages/inflate.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ionloom::stages {
namespace {

static_assert(std::endian::native == std::endian::little, "bits are read as they lie");

// Source of all tables: RFC 1951, 3.2.5 to 3.2.7.
constexpr std::uint32_t kEndOfBlock = 256;
constexpr std::size_t kLengths = 29;
constexpr std::uint16_t kLengthBase[kLengths] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                 15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::uint8_t kLengthBits[kLengths] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::size_t kDistances = 30;
constexpr std::uint16_t kDistanceBase[kDistances] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::uint8_t kDistanceBits[kDistances] = {0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                    4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                    9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
constexpr std::size_t kLengthCodes = 19;
constexpr std::uint8_t kLengthCodeOrder[kLengthCodes] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
constexpr unsigned kMostLiteralCodes = 286;
constexpr unsigned kMostDistanceCodes = 30;

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

/// Adler-32 (RFC 1950, 8.2).
std::uint32_t adler32(std::span<const unsigned char> bytes) {
  constexpr std::uint32_t kPrime = 65521;
  constexpr std::size_t kSumsThatFit = 5552;  // bytes after which 32 bits might not hold the sums
  std::uint32_t sum = 1;
  std::uint32_t sum_of_sums = 0;
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kSumsThatFit));
    for (const unsigned char byte : part) {
      sum += byte;
      sum_of_sums += sum;
    }
    sum %= kPrime;
    sum_of_sums %= kPrime;
    bytes = bytes.subspan(part.size());
  }
  return sum_of_sums << 16U | sum;
}

std::uint32_t reversed(std::uint32_t code, unsigned length) {
  std::uint32_t other = 0;
  for (unsigned i = 0; i < length; ++i) other |= (code >> i & 1U) << (length - 1 - i);
  return other;
}

}  // namespace

template <unsigned kBits, std::size_t kSymbols>
bool SymbolCode<kBits, kSymbols>::set(std::span<const std::uint8_t> lengths, bool may_be_single) {
  count_.fill(0);
  table_.fill(0);
  for (const std::uint8_t length : lengths) ++count_[length];
  const bool has_none = count_[0] == lengths.size();
  count_[0] = 0;
  if (has_none) return may_be_single;

  std::uint32_t first_code[kLongest + 1] = {};
  std::uint32_t first_place[kLongest + 1] = {};
  std::int32_t left = 1;  // codes of this length that are not begun by shorter ones
  bool is_single = true;
  for (unsigned length = 1; length <= kLongest; ++length) {
    left = 2 * left - count_[length];
    if (left < 0) return false;
    is_single = is_single && (length == 1 || count_[length] == 0);
    if (length == kLongest) break;
    first_code[length + 1] = (first_code[length] + count_[length]) * 2;
    first_place[length + 1] = first_place[length] + count_[length];
  }
  if (left > 0 && !(is_single && may_be_single)) return false;

  for (std::uint32_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const unsigned length = lengths[symbol];
    if (length == 0) continue;
    symbols_[first_place[length]++] = static_cast<std::uint16_t>(symbol);
    const std::uint32_t code = first_code[length]++;
    if (length > kBits) continue;
    const auto entry = static_cast<std::uint16_t>(symbol * 16 + length);
    for (std::size_t i = reversed(code, length); i < table_.size(); i += std::size_t{1} << length) {
      table_[i] = entry;
    }
  }
  return true;
}

template <unsigned kBits, std::size_t kSymbols>
typename SymbolCode<kBits, kSymbols>::Found SymbolCode<kBits, kSymbols>::find_long(
    std::uint64_t bits) const {
  std::uint32_t code = 0;
  std::uint32_t first = 0;
  std::uint32_t place = 0;
  for (unsigned length = 1; length <= kLongest; ++length) {
    code |= static_cast<std::uint32_t>(bits >> (length - 1) & 1U);
    const std::uint32_t count = count_[length];
    if (code - first < count) return {symbols_[place + code - first], length};
    place += count;
    first = (first + count) * 2;
    code *= 2;
  }
  return {};
}

/// Has at least 56 bits at hand.
void Inflater::fill() {
  if (in_.size() - in_at_ >= kWordBytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, in_.data() + in_at_, kWordBytes);
    bits_ |= word << bit_count_;
    in_at_ += (63 - bit_count_) / 8;
    bit_count_ |= 56U;
    return;
  }
  while (bit_count_ <= 56) {
    if (in_at_ < in_.size()) {
      bits_ |= std::uint64_t{in_[in_at_++]} << bit_count_;
    } else {
      ++missing_;
    }
    bit_count_ += 8;
  }
}

/// REQUIRES: so many bits are at hand.
std::uint64_t Inflater::take(unsigned bits) {
  const std::uint64_t value = bits_ & ((std::uint64_t{1} << bits) - 1);
  bits_ >>= bits;
  bit_count_ -= bits;
  return value;
}

bool Inflater::has_read_beyond() const {
  return missing_ * 8 > bit_count_;
}

Inflater::Ended Inflater::copy_stored() {
  take(bit_count_ % 8);
  fill();
  const std::uint64_t length = take(16);
  if ((take(16) ^ length) != 0xFFFF || has_read_beyond()) return Ended::kDamaged;
  // What is at hand goes back.
  in_at_ -= bit_count_ / 8 - missing_;
  bits_ = bit_count_ = 0;
  missing_ = 0;
  const std::uint64_t there = std::min<std::uint64_t>(length, in_.size() - in_at_);
  const std::uint64_t fits = std::min<std::uint64_t>(there, out_.size() - out_at_);
  if (fits > 0) std::memcpy(out_.data() + out_at_, in_.data() + in_at_, fits);
  in_at_ += fits;
  out_at_ += fits;
  if (fits < there) return Ended::kFull;
  return there < length ? Ended::kDamaged : Ended::kBlock;
}

void Inflater::set_fixed_codes() {
  std::array<std::uint8_t, kLiteralSymbols> literals{};
  std::fill_n(literals.begin(), 144, std::uint8_t{8});
  std::fill_n(literals.begin() + 144, 112, std::uint8_t{9});
  std::fill_n(literals.begin() + 256, 24, std::uint8_t{7});
  std::fill_n(literals.begin() + 280, 8, std::uint8_t{8});
  std::array<std::uint8_t, kDistanceSymbols> distances{};
  distances.fill(5);
  static_cast<void>(literals_.set(literals, false));
  static_cast<void>(distances_.set(distances, false));
}

/// The codes of a block with its own (RFC 1951, 3.2.7).
bool Inflater::read_codes() {
  fill();
  const auto literals = static_cast<unsigned>(take(5)) + 257;
  const auto distances = static_cast<unsigned>(take(5)) + 1;
  const auto given = static_cast<unsigned>(take(4)) + 4;
  if (literals > kMostLiteralCodes || distances > kMostDistanceCodes) return false;
  std::array<std::uint8_t, kLengthCodes> code_lengths{};
  for (unsigned i = 0; i < given; ++i) {
    if (i % 16 == 0) fill();
    code_lengths[kLengthCodeOrder[i]] = static_cast<std::uint8_t>(take(3));
  }
  SymbolCode<7, kLengthCodes> code;
  if (!code.set(code_lengths, false)) return false;

  std::array<std::uint8_t, kMostLiteralCodes + kMostDistanceCodes> lengths{};
  const unsigned all = literals + distances;
  for (unsigned i = 0; i < all;) {
    fill();
    const auto [symbol, bits] = code.find(bits_);
    if (symbol == kLengthCodes || has_read_beyond()) return false;
    take(bits);
    if (symbol < 16) {
      lengths[i++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const std::uint8_t repeated = symbol == 16 ? lengths[i - 1] : std::uint8_t{0};
    const std::uint64_t times = symbol == 16   ? 3 + take(2)
                                : symbol == 17 ? 3 + take(3)
                                               : 11 + take(7);
    if (times > all - i) return false;
    for (std::uint64_t n = 0; n < times; ++n) lengths[i++] = repeated;
  }
  if (lengths[kEndOfBlock] == 0) return false;
  return literals_.set(std::span(lengths).first(literals), true) &&
         distances_.set(std::span(lengths).subspan(literals, distances), true);
}

/// Copies what lies some way back in the output. REQUIRES: at least 48 bits are at hand.
Inflater::Ended Inflater::copy_match(std::uint64_t length) {
  const auto [symbol, bits] = distances_.find(bits_);
  if (symbol >= kDistances) return Ended::kDamaged;
  take(bits);
  const std::uint64_t distance = kDistanceBase[symbol] + take(kDistanceBits[symbol]);
  if (distance > out_at_) return Ended::kDamaged;
  const std::size_t room = out_.size() - out_at_;
  unsigned char* to = out_.data() + out_at_;
  if (distance >= kWordBytes && room >= length + kWordBytes) {
    for (std::uint64_t i = 0; i < length; i += kWordBytes) {
      std::memcpy(to + i, to + i - distance, kWordBytes);
    }
    out_at_ += length;
    return Ended::kBlock;
  }
  const std::uint64_t fits = std::min<std::uint64_t>(length, room);
  for (std::uint64_t i = 0; i < fits; ++i) to[i] = *(to + i - distance);
  out_at_ += fits;
  return fits < length ? Ended::kFull : Ended::kBlock;
}

Inflater::Ended Inflater::decode() {
  while (true) {
    fill();  // a length takes 20 bits at most, its distance 28
    const auto [symbol, bits] = literals_.find(bits_);
    take(bits);
    Ended ended = Ended::kBlock;
    if (symbol < kEndOfBlock) {
      if (out_at_ < out_.size()) {
        out_[out_at_++] = static_cast<unsigned char>(symbol);
      } else {
        ended = Ended::kFull;
      }
    } else if (symbol > kEndOfBlock) {
      const std::size_t length = symbol - kEndOfBlock - 1;
      if (length >= kLengths) return Ended::kDamaged;
      ended = copy_match(kLengthBase[length] + take(kLengthBits[length]));
    }
    if (missing_ > 0 && has_read_beyond()) return Ended::kDamaged;
    if (symbol == kEndOfBlock || ended != Ended::kBlock) return ended;
  }
}

Inflater::Ended Inflater::read_block(unsigned type) {
  switch (type) {
    case 0:
      return copy_stored();
    case 1:
      set_fixed_codes();
      return decode();
    case 2:
      return read_codes() ? decode() : Ended::kDamaged;
    default:
      return Ended::kDamaged;
  }
}

/// The check value that follows the last block, high byte first.
bool Inflater::check_value_is_right() {
  take(bit_count_ % 8);
  fill();
  const auto value = static_cast<std::uint32_t>(take(32));
  if (has_read_beyond()) return false;
  return value == __builtin_bswap32(adler32(out_.first(out_at_)));
}

Inflated Inflater::inflate(std::span<const unsigned char> stream, std::span<unsigned char> out) {
  constexpr unsigned kDeflate = 8;
  constexpr unsigned kLargestWindow = 7;
  constexpr unsigned kDictionary = 0x20;
  in_ = stream;
  out_ = out;
  in_at_ = out_at_ = 0;
  bits_ = bit_count_ = 0;
  missing_ = 0;
  fill();
  const auto method = static_cast<unsigned>(take(8));
  const auto flags = static_cast<unsigned>(take(8));
  Inflated done;
  if (has_read_beyond() || (method * 256 + flags) % 31 != 0 || (method & 15U) != kDeflate ||
      method >> 4U > kLargestWindow || (flags & kDictionary) != 0) {
    return done;
  }
  bool is_last = false;
  Ended ended = Ended::kBlock;
  while (!is_last && ended == Ended::kBlock) {
    fill();
    is_last = take(1) != 0;
    const auto type = static_cast<unsigned>(take(2));
    ended = has_read_beyond() ? Ended::kDamaged : read_block(type);
  }
  done.size_bytes = out_at_;
  done.has_more = ended == Ended::kFull;
  done.is_whole = ended == Ended::kBlock && check_value_is_right() && out_at_ == out_.size();
  return done;
}

}  // namespace ionloom::stages
