#include "chem/maxima_search.h"

#include <algorithm>
#include <cmath>

#include "chem/lanes.h"
#include "chem/profile_grid.h"

namespace ionloom::chem {
namespace {

constexpr double kSampleSigmas = 0.25;
/// max |(3 d - d^3) exp(-d^2 / 2)|, the greatest second derivative of a Gaussian's slope.
constexpr double kGreatestBend = 1.381;
/// How far a slope departs from its chord between two samples, per intensity.
constexpr double kChordError = kSampleSigmas * kSampleSigmas / 8 * kGreatestBend;
/// A chord that rises by more than this, per intensity, has no falling part.
constexpr double kRising = kSampleSigmas * kSampleSigmas / 2 * kGreatestBend;
/// Rounding of the estimates, and what peaks further than kReachSigmas add, per intensity.
constexpr double kRoughness = 2e-4;
constexpr double kReachSigmas = 5.5;
/// A point's sigma may be greater by a fraction f than the one that slopes are estimated with: its
/// value then differs by up to f max(d^2 exp(-d^2 / 2)) = 0.736 f; two values a step of 0.094
/// sigma apart keep their order when the slope is at least 2 x 0.736 f / 0.094.
constexpr double kSlopePerSigmaChange = 16;
/// Samples that are held at a time; of a wider stretch of peaks one part is searched after the
/// other.
constexpr std::size_t kMostSamples = 4096;
constexpr double kStepSigmas = kSigmaToFwhm / kPointsPerFwhm;

}  // namespace

double surely_reached(std::span<const PatternPeak> peaks, double sigma_mz) {
  const auto top = std::ranges::max_element(peaks, {}, &PatternPeak::intensity);
  // The point next to the highest peak lies within half a step of it. Steps may be wider than
  // those of the smallest sigma, but then the Gaussians are wider, too.
  constexpr float kHalfStep = static_cast<float>(0.51 * kStepSigmas);
  Quad sum = quad_of(0);
  for (std::size_t at = 0; at < peaks.size(); at += 4) {
    Quad away = quad_of(0);
    Quad intensity = quad_of(0);
    for (std::size_t i = 0; i < std::min<std::size_t>(4, peaks.size() - at); ++i) {
      const double distance = std::abs(peaks[at + i].mz - top->mz) / sigma_mz;
      away[i] = static_cast<float>(std::min(distance, 12.0)) + kHalfStep;
      intensity[i] = static_cast<float>(peaks[at + i].intensity);
    }
    sum += intensity * rough_exp(-0.5F * (away * away));
  }
  return 0.999 * static_cast<double>(sum[0] + sum[1] + sum[2] + sum[3]);
}

void MaximaSearch::sample(std::span<const PatternPeak> peaks, double from_mz, double to_mz,
                          double sigma_mz) {
  const double per_sigma = 1 / sigma_mz;
  const auto count = static_cast<std::size_t>((to_mz - from_mz) * per_sigma / kSampleSigmas) + 2;
  samples_.resize((count + 3) / 4 * 4);
  const auto reach = static_cast<float>(kReachSigmas);
  const double reach_mz = kReachSigmas * sigma_mz;
  intensity_ = 0;
  auto first = peaks.begin();
  while (first->mz < from_mz - reach_mz) ++first;
  auto last = first;
  while (last != peaks.end() && last->mz <= to_mz + reach_mz + 4 * kSampleSigmas * sigma_mz) {
    intensity_ += last->intensity;
    ++last;
  }
  constexpr auto kStep = static_cast<float>(kSampleSigmas);
  Quad at = {0, kStep, 2 * kStep, 3 * kStep};
  for (std::size_t i = 0; i < samples_.size(); i += 4, at += 4 * kStep) {
    Quad slope = quad_of(0);
    Quad value = quad_of(0);
    for (auto peak = first; peak != last; ++peak) {
      const auto place = static_cast<float>((peak->mz - from_mz) * per_sigma);
      if (place < at[0] - reach) continue;
      if (place > at[3] + reach) break;
      const Quad distance = place - at;
      const Quad term =
          static_cast<float>(peak->intensity) * rough_exp(-0.5F * (distance * distance));
      value += term;
      slope += distance * term;
    }
    for (std::size_t k = 0; k < 4; ++k) samples_[i + k] = {slope[k], value[k]};
  }
}

std::uint64_t MaximaSearch::memory_bound_bytes() {
  return 2 * kMostSamples * sizeof(Sample);  // a vector that grew
}

void MaximaSearch::find(std::span<const PatternPeak> peaks, double first_sigma_mz,
                        double last_sigma_mz, double threshold,
                        const std::function<void(const MzRange&)>& add) {
  const Limits limits{first_sigma_mz, last_sigma_mz / first_sigma_mz - 1, threshold};
  // One sigma from a peak, and two grid steps for rounding.
  const double near_mz = last_sigma_mz * (1 + 2 * kStepSigmas);
  const double most_mz = static_cast<double>(kMostSamples - 8) * kSampleSigmas * first_sigma_mz;
  for (std::size_t begin = 0; begin < peaks.size();) {
    std::size_t end = begin + 1;
    while (end < peaks.size() && peaks[end].mz - peaks[end - 1].mz <= 2 * near_mz) ++end;
    const double to_mz = peaks[end - 1].mz + near_mz;
    for (double from_mz = peaks[begin].mz - near_mz; from_mz < to_mz; from_mz += most_mz) {
      find_between(peaks, {from_mz, std::min(to_mz, from_mz + most_mz)}, limits, add);
    }
    begin = end;
  }
}

void MaximaSearch::find_between(std::span<const PatternPeak> peaks, const MzRange& stretch,
                                const Limits& limits,
                                const std::function<void(const MzRange&)>& add) {
  const double sample_mz = kSampleSigmas * limits.sigma_mz;
  sample(peaks, stretch.low_mz, stretch.high_mz, limits.sigma_mz);
  const double error =
      (kChordError + kRoughness + kSlopePerSigmaChange * limits.sigma_change) * intensity_;
  for (std::size_t i = 0; i + 1 < samples_.size(); ++i) {
    const double left = samples_[i].slope;
    const double right = samples_[i + 1].slope;
    if (std::min(left, right) > error || std::max(left, right) < -error) continue;
    if (right - left > kRising * intensity_ + 2 * error) continue;
    const double highest = samples_[i].value +
                           kSampleSigmas * (std::max({left, right, 0.0}) + error) +
                           (kRoughness + limits.sigma_change) * intensity_;
    if (highest < limits.threshold) continue;
    // Where the chord is within `error` of 0.
    double low = 0;
    double high = 1;
    if (left > error) low = (left - error) / (left - right);
    if (left < -error) low = (-error - left) / (right - left);
    if (right < -error) high = (left + error) / (left - right);
    if (right > error) high = (error - left) / (right - left);
    const double sample_at_mz = stretch.low_mz + static_cast<double>(i) * sample_mz;
    add({sample_at_mz + low * sample_mz, sample_at_mz + high * sample_mz});
  }
}

}  // namespace ionloom::chem
