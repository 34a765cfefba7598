#include "stages/peak_arrays.h"

#include <cstring>
#include <limits>

namespace ionloom::stages {
namespace {

/// Calls visit with a null pointer of the stored type.
template <class Visit>
auto with_type(NumberType type, Visit visit) {
  switch (type) {
    case NumberType::kFloat32:
      return visit(static_cast<const float*>(nullptr));
    case NumberType::kInt8:
      return visit(static_cast<const std::int8_t*>(nullptr));
    case NumberType::kInt16:
      return visit(static_cast<const std::int16_t*>(nullptr));
    case NumberType::kInt32:
      return visit(static_cast<const std::int32_t*>(nullptr));
    case NumberType::kInt64:
      return visit(static_cast<const std::int64_t*>(nullptr));
    case NumberType::kFloat64:
      break;
  }
  return visit(static_cast<const double*>(nullptr));
}

template <class Stored>
Stored value_at(const unsigned char* bytes, std::uint64_t i) {
  Stored value{};
  std::memcpy(&value, bytes + i * sizeof(Stored), sizeof(Stored));  // arrays lie at any address
  return value;
}

template <class Mz, class Intensity>
KeptPeaks keep_positive(const unsigned char* mz_bytes, const unsigned char* intensity_bytes,
                        std::uint64_t count, double* mz_out, float* intensity_out) {
  double previous = -std::numeric_limits<double>::infinity();
  bool sorted = true;
  std::uint64_t kept = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto mz = static_cast<double>(value_at<Mz>(mz_bytes, i));
    const Intensity intensity = value_at<Intensity>(intensity_bytes, i);
    sorted &= !(mz < previous);
    previous = mz;
    if (!(intensity > 0)) continue;
    if (!(mz >= 0) || mz > std::numeric_limits<double>::max()) return {kept, sorted, i};
    mz_out[kept] = mz;
    intensity_out[kept] = static_cast<float>(intensity);
    ++kept;
  }
  return {kept, sorted, count};
}

}  // namespace

std::uint64_t width_bytes(NumberType type) {
  return with_type(type, []<class Stored>(const Stored*) { return sizeof(Stored); });
}

double NumberArray::at(std::uint64_t position) const {
  return with_type(type, [&]<class Stored>(const Stored*) {
    return static_cast<double>(value_at<Stored>(bytes.data(), position));
  });
}

KeptPeaks keep_peaks(const NumberArray& mz_array, const NumberArray& intensity_array,
                     std::uint64_t count, double* mz, float* intensity) {
  return with_type(mz_array.type, [&]<class Mz>(const Mz*) {
    return with_type(intensity_array.type, [&]<class Intensity>(const Intensity*) {
      return keep_positive<Mz, Intensity>(mz_array.bytes.data(), intensity_array.bytes.data(),
                                          count, mz, intensity);
    });
  });
}

}  // namespace ionloom::stages
