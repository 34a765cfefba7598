#include "stages/mass_bias.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ionloom::stages {
namespace {

constexpr int kSmoothingBins = 2;  ///< to either side: piles are about 2 ppm wide
constexpr std::ptrdiff_t kSmoothedBins = 2 * kSmoothingBins + 1;
constexpr double kStandsOut = 1.5;

}  // namespace

void MassBiasMeter::add(imaging::PeakTable peaks, double mz) {
  const auto [first, last] =
      imaging::peaks_in_window(peaks, imaging::mz_window(mz, kMassBiasReachPpm));
  // Each ion has one vote, so that a few very common peaks cannot decide.
  const double vote = last > first ? 1.0 / static_cast<double>(last - first) : 0;
  for (std::size_t i = first; i < last; ++i) {
    const double ppm = (peaks[i].mz / mz - 1) * 1e6;
    const auto bin = static_cast<std::int64_t>((ppm + kMassBiasReachPpm) / kBinPpm);
    const auto place = static_cast<std::size_t>(
        std::clamp<std::int64_t>(bin, 0, static_cast<std::int64_t>(kBins) - 1));
    histogram_[place] += vote;
    ppm_votes_[place] += vote * ppm;
  }
}

std::optional<MassBias> MassBiasMeter::bias() const {
  std::vector<double> smooth(kBins, 0);
  for (std::size_t bin = kSmoothingBins; bin + kSmoothingBins < kBins; ++bin) {
    const auto from = histogram_.begin() + static_cast<std::ptrdiff_t>(bin) - kSmoothingBins;
    smooth[bin] = std::accumulate(from, from + kSmoothedBins, 0.0);
  }
  const auto top = std::ranges::max_element(smooth);
  const double height = *top;
  std::vector<double> sorted(smooth.begin() + kSmoothingBins, smooth.end() - kSmoothingBins);
  std::ranges::sort(sorted);
  const double median = sorted[sorted.size() / 2];
  if (height <= 0 || (median > 0 && height < kStandsOut * median)) return std::nullopt;
  // The pile's centre of mass: its bins alone would shift a narrow pile by up to their width.
  const auto from = ppm_votes_.begin() + (top - smooth.begin()) - kSmoothingBins;
  const double ppm = std::accumulate(from, from + kSmoothedBins, 0.0) / height;
  return MassBias{ppm, median > 0 ? height / median : height};
}

}  // namespace ionloom::stages
