#include "stages/packed_block.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

namespace ionloom::stages {
namespace {

static_assert(std::endian::native == std::endian::little, "packed blocks are little-endian");

using imaging::Peak;

constexpr std::size_t kHeaderBytes = 32;
/// Behind the last stream, so that a value is always read as eight bytes.
constexpr std::size_t kPaddingBytes = 8;
/// Steps of m/z that share a width.
constexpr std::size_t kGroup = 64;
/// Wider values are stored whole, in eight bytes: seven bits of the first byte may be another's.
constexpr unsigned kWidestPacked = 56;

enum IntensityKind : std::uint8_t { kFloatBits = 0, kWholeNumbers = 1 };

struct BlockHeader {
  std::uint16_t peaks;
  std::uint16_t steps;    ///< peaks whose m/z differs from the one before
  std::uint8_t mz_shift;  ///< lowest bits of every m/z, all 0
  std::uint8_t pixel_bits;
  std::uint8_t intensity_bits;
  std::uint8_t intensity_kind;
  std::uint64_t first_mz;  ///< its bits
  std::uint32_t least_pixel;
  std::uint32_t least_intensity;  ///< its bits, or the number, without the lowest
  std::uint8_t intensity_shift;
  std::array<std::uint8_t, 7> unused;
};
static_assert(sizeof(BlockHeader) == kHeaderBytes);

constexpr std::size_t bytes_of_bits(std::size_t bits) {
  return (bits + 7) / 8;
}

unsigned stored_width(unsigned bits) {
  return bits > kWidestPacked ? 64 : bits;
}

unsigned width_of(std::uint64_t greatest) {
  return static_cast<unsigned>(std::bit_width(greatest));
}

/// Appends values of a fixed width to a stream that was zeroed.
class BitWriter {
 public:
  explicit BitWriter(std::byte* at) : at_(at) {}

  void put(std::uint64_t value, unsigned width) {
    std::uint64_t word = 0;
    std::memcpy(&word, at_ + (bit_ >> 3), sizeof word);
    word |= value << (bit_ & 7);
    std::memcpy(at_ + (bit_ >> 3), &word, sizeof word);
    bit_ += width;
  }
  /// The rest of a byte stays 0.
  void end_byte() { bit_ = (bit_ + 7) & ~std::size_t{7}; }
  [[nodiscard]] std::size_t bytes() const { return bytes_of_bits(bit_); }

 private:
  std::byte* at_;
  std::size_t bit_ = 0;
};

std::uint64_t bits_at(const std::byte* at, std::size_t bit, std::uint64_t mask) {
  std::uint64_t word = 0;
  std::memcpy(&word, at + (bit >> 3), sizeof word);
  return (word >> (bit & 7)) & mask;
}

std::uint64_t mask_of(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

bool is_whole(float intensity) {
  constexpr float kLimit = 4294967040.F;  // the last f32 below 2^32
  return intensity <= kLimit &&
         static_cast<float>(static_cast<std::uint32_t>(intensity)) == intensity;
}

std::uint32_t intensity_code(float intensity, IntensityKind kind) {
  return kind == kWholeNumbers ? static_cast<std::uint32_t>(intensity)
                               : std::bit_cast<std::uint32_t>(intensity);
}

/// How a block's intensities are stored: as numbers if all are whole and that is shorter.
struct IntensityCoding {
  IntensityKind kind = kFloatBits;
  unsigned shift = 0;
  std::uint32_t least = 0;
  unsigned width = 0;
};

IntensityCoding coding_of(std::span<const Peak> peaks, IntensityKind kind) {
  std::uint32_t all = 0;
  std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t greatest = 0;
  for (const Peak& peak : peaks) {
    const std::uint32_t code = intensity_code(peak.intensity, kind);
    all |= code;
    least = std::min(least, code);
    greatest = std::max(greatest, code);
  }
  const auto shift = all == 0 ? 0U : static_cast<unsigned>(std::countr_zero(all));
  return {kind, shift, least >> shift, width_of((greatest >> shift) - (least >> shift))};
}

IntensityCoding best_coding(std::span<const Peak> peaks) {
  const IntensityCoding as_bits = coding_of(peaks, kFloatBits);
  const bool all_whole =
      std::ranges::all_of(peaks, [](const Peak& peak) { return is_whole(peak.intensity); });
  if (!all_whole) return as_bits;
  const IntensityCoding as_numbers = coding_of(peaks, kWholeNumbers);
  return as_numbers.width < as_bits.width ? as_numbers : as_bits;
}

std::uint64_t mz_bits(const Peak& peak) {
  return std::bit_cast<std::uint64_t>(peak.mz);
}

/// Steps between m/z that differ, 64 at a time: a byte with their width, then they.
class StepWriter {
 public:
  explicit StepWriter(std::byte* at) : at_(at) {}

  void put(std::uint64_t step) {
    group_[count_++] = step;
    if (count_ == kGroup) flush();
  }
  void flush() {
    if (count_ == 0) return;
    const std::uint64_t greatest =
        *std::max_element(group_.begin(), group_.begin() + static_cast<std::ptrdiff_t>(count_));
    const unsigned width = stored_width(width_of(greatest));
    *at_++ = static_cast<std::byte>(width);
    BitWriter writer(at_);
    for (std::size_t i = 0; i < count_; ++i) writer.put(group_[i], width);
    at_ += writer.bytes();
    count_ = 0;
  }
  [[nodiscard]] std::byte* end() const { return at_; }

 private:
  std::byte* at_;
  std::array<std::uint64_t, kGroup> group_{};
  std::size_t count_ = 0;
};

/// Flags of the peaks whose m/z is that of the peak before, then the steps of the others.
std::byte* write_mz(std::span<const Peak> peaks, unsigned shift, std::byte* at,
                    std::uint16_t& steps) {
  BitWriter flags(at);
  StepWriter writer(at + bytes_of_bits(peaks.size()));
  std::uint64_t before = mz_bits(peaks.front()) >> shift;
  for (const Peak& peak : peaks) {
    const std::uint64_t mz = mz_bits(peak) >> shift;
    flags.put(mz == before ? 1 : 0, 1);
    if (mz == before) continue;
    writer.put(mz - before);
    ++steps;
    before = mz;
  }
  writer.flush();
  return writer.end();
}

/// Where the columns after the steps begin; absent when the bytes end before.
std::optional<std::size_t> end_of_steps(std::span<const std::byte> bytes,
                                        const BlockHeader& header) {
  std::size_t at = kHeaderBytes + bytes_of_bits(header.peaks);
  for (std::size_t left = header.steps; left > 0;) {
    if (at >= bytes.size()) return std::nullopt;
    const auto width = static_cast<unsigned>(bytes[at]);
    if (width > 64 || stored_width(width) != width) return std::nullopt;
    const std::size_t count = std::min(left, kGroup);
    at += 1 + bytes_of_bits(count * width);
    left -= count;
  }
  return at;
}

/// The header of a block whose streams all lie in the bytes, and where the pixels begin.
struct CheckedBlock {
  BlockHeader header;
  std::size_t pixels_at = 0;
};

std::optional<CheckedBlock> check(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeaderBytes + kPaddingBytes) return std::nullopt;
  CheckedBlock block{};
  std::memcpy(&block.header, bytes.data(), kHeaderBytes);
  const BlockHeader& header = block.header;
  if (header.peaks == 0 || header.steps >= header.peaks || header.mz_shift > 63 ||
      header.pixel_bits > 32 || header.intensity_bits > 32 || header.intensity_shift > 31 ||
      header.intensity_kind > kWholeNumbers) {
    return std::nullopt;
  }
  const auto pixels_at = end_of_steps(bytes, header);
  if (!pixels_at) return std::nullopt;
  block.pixels_at = *pixels_at;
  const std::size_t needed =
      *pixels_at + bytes_of_bits(std::size_t{header.peaks} * header.pixel_bits) +
      bytes_of_bits(std::size_t{header.peaks} * header.intensity_bits) + kPaddingBytes;
  if (needed != bytes.size()) return std::nullopt;
  return block;
}

/// The m/z that differ, in order, 64 at a time.
class StepReader {
 public:
  /// REQUIRES: end_of_steps() was there for the block.
  StepReader(const std::byte* at, std::size_t steps, std::uint64_t first) : at_(at), left_(steps) {
    values_[0] = first;
  }

  /// The value so many steps, 0 or 1, after the last one; absent when there are no more.
  [[nodiscard]] bool advance(std::size_t steps, std::uint64_t& value) {
    position_ += steps;
    if (position_ > last_ && !fill()) return false;
    value = values_[position_];
    return true;
  }
  [[nodiscard]] bool is_at_end() const { return left_ == 0 && position_ == last_; }

 private:
  bool fill() {
    if (left_ == 0) return false;
    const std::size_t count = std::min(left_, kGroup);
    const auto width = static_cast<unsigned>(*at_++);
    const std::uint64_t mask = mask_of(width);
    std::uint64_t value = values_[last_];
    for (std::size_t i = 0; i < count; ++i) {
      value += bits_at(at_, i * width, mask);
      values_[i + 1] = value;
    }
    at_ += bytes_of_bits(count * width);
    left_ -= count;
    position_ = 1;
    last_ = count;
    return true;
  }

  const std::byte* at_;
  std::size_t left_;
  std::array<std::uint64_t, kGroup + 1> values_{};  ///< the last of the group before, then a group
  std::size_t position_ = 0;
  std::size_t last_ = 0;
};

/// False when more or fewer peaks have a step than the header says.
bool read_mz(std::span<const std::byte> bytes, const BlockHeader& header, std::span<Peak> peaks) {
  const std::byte* const flags = bytes.data() + kHeaderBytes;
  StepReader steps(flags + bytes_of_bits(header.peaks), header.steps,
                   header.first_mz >> header.mz_shift);
  std::uint64_t mz = 0;
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (!steps.advance(1 - bits_at(flags, i, 1), mz)) return false;
    peaks[i].mz = std::bit_cast<double>(mz << header.mz_shift);
  }
  return steps.is_at_end();
}

void read_pixels(const std::byte* at, const BlockHeader& header, std::span<Peak> peaks) {
  const std::uint64_t mask = mask_of(header.pixel_bits);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    peaks[i].pixel =
        header.least_pixel + static_cast<std::uint32_t>(bits_at(at, i * header.pixel_bits, mask));
  }
}

void read_intensities(const std::byte* at, const BlockHeader& header, std::span<Peak> peaks) {
  const std::uint64_t mask = mask_of(header.intensity_bits);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    const std::uint32_t code = (header.least_intensity + static_cast<std::uint32_t>(bits_at(
                                                             at, i * header.intensity_bits, mask)))
                               << header.intensity_shift;
    peaks[i].intensity = header.intensity_kind == kWholeNumbers ? static_cast<float>(code)
                                                                : std::bit_cast<float>(code);
  }
}

}  // namespace

std::size_t packed_block_bound_bytes(std::size_t peaks) {
  const std::size_t groups = (peaks + kGroup - 1) / kGroup;
  return kHeaderBytes + bytes_of_bits(peaks) + groups + peaks * sizeof(Peak) + kPaddingBytes;
}

std::size_t pack_block(std::span<const Peak> peaks, std::span<std::byte> bytes) {
  std::memset(bytes.data(), 0, packed_block_bound_bytes(peaks.size()));
  std::uint64_t all_mz = 0;
  std::uint32_t least_pixel = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t greatest_pixel = 0;
  for (const Peak& peak : peaks) {
    all_mz |= mz_bits(peak);
    least_pixel = std::min(least_pixel, peak.pixel);
    greatest_pixel = std::max(greatest_pixel, peak.pixel);
  }
  const IntensityCoding coding = best_coding(peaks);
  BlockHeader header{};
  header.peaks = static_cast<std::uint16_t>(peaks.size());
  header.mz_shift = static_cast<std::uint8_t>(all_mz == 0 ? 0 : std::countr_zero(all_mz));
  header.pixel_bits = static_cast<std::uint8_t>(width_of(greatest_pixel - least_pixel));
  header.intensity_bits = static_cast<std::uint8_t>(coding.width);
  header.intensity_kind = coding.kind;
  header.intensity_shift = static_cast<std::uint8_t>(coding.shift);
  header.first_mz = mz_bits(peaks.front());
  header.least_pixel = least_pixel;
  header.least_intensity = coding.least;

  std::byte* at = write_mz(peaks, header.mz_shift, bytes.data() + kHeaderBytes, header.steps);
  BitWriter pixels(at);
  for (const Peak& peak : peaks) pixels.put(peak.pixel - least_pixel, header.pixel_bits);
  at += pixels.bytes();
  BitWriter intensities(at);
  for (const Peak& peak : peaks) {
    const std::uint32_t code = intensity_code(peak.intensity, coding.kind) >> coding.shift;
    intensities.put(code - coding.least, coding.width);
  }
  at += intensities.bytes() + kPaddingBytes;
  std::memcpy(bytes.data(), &header, kHeaderBytes);
  return static_cast<std::size_t>(at - bytes.data());
}

std::optional<std::size_t> packed_block_peaks(std::span<const std::byte> bytes) {
  const auto block = check(bytes);
  if (!block) return std::nullopt;
  return block->header.peaks;
}

bool unpack_block(std::span<const std::byte> bytes, std::span<Peak> peaks) {
  const auto block = check(bytes);
  if (!block || block->header.peaks != peaks.size()) return false;
  const BlockHeader& header = block->header;
  if (!read_mz(bytes, header, peaks)) return false;
  const std::byte* const pixels = bytes.data() + block->pixels_at;
  read_pixels(pixels, header, peaks);
  read_intensities(pixels + bytes_of_bits(peaks.size() * header.pixel_bits), header, peaks);
  return true;
}

}  // namespace ionloom::stages
