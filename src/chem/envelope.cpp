#include "chem/envelope.h"

#include <algorithm>
#include <functional>

#include "chem/maxima_search.h"
#include "chem/peak_kernel.h"
#include "chem/profile.h"

namespace ionloom::chem {
namespace {

constexpr double kMinIntensity = 1e-4;
/// Covers the rounding of a sum of intensities.
constexpr double kSlack = 1 + 1e-9;

/// Reused from ion to ion.
struct Buffers {
  std::vector<Cluster> clusters;
  std::vector<double> reached;
  std::vector<MzRange> ranges;
  GridPoints points;
  std::vector<double> values;
};

/// The detection for one fine structure.
template <class Kernel>
class Detection {
 public:
  Detection(std::span<const PatternPeak> fine, const PeakShape& shape, const Kernel& kernel,
            MaximaSearch& search, Buffers& buffers)
      : fine_(fine),
        kernel_(kernel),
        search_(search),
        buffers_(buffers),
        walk_(fine, shape, Kernel::kWidthSigmas),
        widest_(walk_.sigma_at(fine.back().mz)) {}

  /// Appends the centroids in ascending m/z.
  void run(std::size_t enough, std::vector<PatternPeak>& centroids) {
    if (walk_.gives_up()) return;
    cut_clusters();
    const double threshold = threshold_for(enough);
    for (const Cluster& cluster : buffers_.clusters) {
      if (cluster.sum * kSlack >= threshold) detect(cluster, threshold, centroids);
    }
  }

 private:
  [[nodiscard]] std::span<const PatternPeak> peaks_of(const Cluster& cluster) const {
    return fine_.subspan(cluster.first, cluster.last - cluster.first);
  }

  /// Cuts the fine structure where two peaks' reaches do not touch.
  void cut_clusters() {
    const double gap_mz = (2 * Kernel::kWidthSigmas + 1) * widest_;
    std::vector<Cluster>& clusters = buffers_.clusters;
    clusters.clear();
    for (std::size_t i = 0; i < fine_.size(); ++i) {
      if (i == 0 || fine_[i].mz - fine_[i - 1].mz > gap_mz) clusters.push_back({i, i, 0});
      clusters.back().last = i + 1;
      clusters.back().sum += fine_[i].intensity;
    }
  }

  /// A value that at least `enough` maxima reach, or the lowest that counts.
  double threshold_for(std::size_t enough) {
    std::vector<double>& reached = buffers_.reached;
    if (buffers_.clusters.size() < enough) return kMinIntensity;
    reached.clear();
    for (const Cluster& cluster : buffers_.clusters) {
      reached.push_back(surely_reached(peaks_of(cluster), walk_.sigma_at(fine_[cluster.first].mz)));
    }
    const auto nth = reached.begin() + static_cast<std::ptrdiff_t>(enough) - 1;
    std::ranges::nth_element(reached, nth, std::greater{});
    return std::max(kMinIntensity, *nth);
  }

  [[nodiscard]] double widest_step_mz() const { return widest_ * kSigmaToFwhm / kPointsPerFwhm; }

  void detect(const Cluster& cluster, double threshold, std::vector<PatternPeak>& centroids) {
    const std::span<const PatternPeak> peaks = peaks_of(cluster);
    const double first_sigma = walk_.sigma_at(peaks.front().mz);
    const double last_sigma = walk_.sigma_at(peaks.back().mz);
    // A maximum is at most a step beside its range, its window half a window more, and the point
    // before the window and rounding one each.
    const double margin_mz = static_cast<double>(kCentre + 3) * widest_step_mz();
    const double near_mz = last_sigma + 3 * widest_step_mz();
    std::vector<MzRange>& ranges = buffers_.ranges;
    search_.find(peaks, first_sigma, last_sigma, threshold, ranges);
    walk_.pass(peaks.front().mz - near_mz - 2 * margin_mz);
    if (walk_.current_peak() < cluster.first) {
      // The grid still uses the sigma of a peak of the cluster before: no estimate holds.
      ranges.assign(1, {peaks.front().mz - near_mz, peaks.back().mz + near_mz});
    }
    for (std::size_t i = 0; i < ranges.size();) {
      MzRange stretch = ranges[i];
      for (++i; i < ranges.size() && ranges[i].low_mz - stretch.high_mz < 3 * margin_mz; ++i) {
        stretch.high_mz = ranges[i].high_mz;
      }
      buffers_.points.clear();
      walk_.keep(stretch.low_mz - margin_mz, stretch.high_mz + margin_mz, buffers_.points);
      find_maxima(peaks, centroids);
    }
  }

  /// Appends the centroids of all maxima among the points, but for those at the ends.
  void find_maxima(std::span<const PatternPeak> peaks, std::vector<PatternPeak>& centroids) {
    GridPoints& points = buffers_.points;
    const std::size_t count = points.size();
    if (count < kWindow + 1) return;
    if (count % 2 != 0) points.push(points.mz.back(), widest_, -1.0);
    evaluate_profile(peaks, points, kernel_, buffers_.values);
    const std::vector<double>& values = buffers_.values;
    for (std::size_t i = kCentre + 1; i + kCentre < count; ++i) {
      if (values[i] < kMinIntensity) continue;
      if (values[i - 1] < values[i] && values[i] >= values[i + 1]) {
        centroids.push_back(centroid(i));
      }
    }
  }

  /// The centroid around a maximum at point `top`.
  [[nodiscard]] PatternPeak centroid(std::size_t top) const {
    const std::vector<double>& values = buffers_.values;
    const std::size_t first = top - kCentre;
    const std::size_t last = first + kWindow;
    std::size_t i = top;
    while (i > first && values[i - 1] < values[i]) --i;
    double weighted = 0;
    double total = 0;
    double highest = 0;
    for (; i < last; ++i) {
      const double value = values[i];
      if (i > top && i + 1 < last && values[i + 1] > value) break;
      weighted += buffers_.points.mz[i] * value;
      total += value;
      highest = std::max(highest, value);
    }
    return {weighted / total, highest};
  }

  std::span<const PatternPeak> fine_;
  const Kernel& kernel_;
  MaximaSearch& search_;
  Buffers& buffers_;
  GridWalk walk_;
  double widest_;  ///< sigma that no peak exceeds
};

}  // namespace

struct EnvelopeDetector::Scratch {
  ExactKernel exact;
  TableKernel table;
  MaximaSearch search;
  Buffers buffers;
};

EnvelopeDetector::EnvelopeDetector(const PeakShape& shape)
    : shape_(shape), scratch_(std::make_unique<Scratch>()) {}

EnvelopeDetector::EnvelopeDetector(EnvelopeDetector&&) noexcept = default;
EnvelopeDetector& EnvelopeDetector::operator=(EnvelopeDetector&&) noexcept = default;
EnvelopeDetector::~EnvelopeDetector() = default;

void EnvelopeDetector::centroids(std::span<const PatternPeak> fine, std::size_t enough,
                                 std::vector<PatternPeak>& centroids) {
  centroids.clear();
  if (fine.size() == 1) {
    centroids.assign(fine.begin(), fine.end());
    return;
  }
  Scratch& scratch = *scratch_;
  const auto detect = [&](const auto& kernel) {
    Detection(fine, shape_, kernel, scratch.search, scratch.buffers).run(enough, centroids);
  };
  if (shape_.version == AnalysisVersion::kV1) {
    detect(scratch.exact);
  } else {
    detect(scratch.table);
  }
  if (centroids.empty()) return;
  const double top = std::ranges::max(centroids, {}, &PatternPeak::intensity).intensity;
  for (PatternPeak& peak : centroids) peak.intensity /= top;
  std::erase_if(centroids, [](const PatternPeak& peak) { return peak.intensity < kMinIntensity; });
}

}  // namespace ionloom::chem
