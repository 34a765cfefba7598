#include "chem/envelope.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "chem/maxima_search.h"
#include "chem/peak_kernel.h"
#include "chem/profile.h"

namespace ionloom::chem {
namespace {

constexpr double kMinIntensity = 1e-4;
/// Covers the rounding of a sum of intensities.
constexpr double kSlack = 1 + 1e-9;

/// Points that are evaluated at a time, so that a wide profile takes no more memory than others.
constexpr std::size_t kMostPoints = 4096;
/// A step may lead to one more, and another makes a pair of the last.
constexpr std::size_t kPointsCapacity = kMostPoints + 2;
/// Centroids that are collected until those that cannot be wanted go.
constexpr std::size_t kMostCentroids = 1024;

/// Reused from ion to ion.
struct Buffers {
  std::vector<double> reached;
  GridPoints points;
  std::vector<double> values;

  Buffers() {
    points.reserve(kPointsCapacity);
    values.reserve(kPointsCapacity);
  }
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
    enough_ = enough;
    const double threshold = threshold_for(enough);
    for_each_cluster([&](const Cluster& cluster) {
      if (cluster.sum * kSlack >= threshold) detect(cluster, threshold, centroids);
    });
  }

 private:
  [[nodiscard]] std::span<const PatternPeak> peaks_of(const Cluster& cluster) const {
    return fine_.subspan(cluster.first, cluster.last - cluster.first);
  }

  /// Cuts the fine structure where two peaks' reaches do not touch.
  template <class Visit>
  void for_each_cluster(const Visit& visit) const {
    const double gap_mz = (2 * Kernel::kWidthSigmas + 1) * widest_;
    for (std::size_t i = 0; i < fine_.size();) {
      Cluster cluster{i, i, 0};
      do {
        cluster.sum += fine_[i].intensity;
        cluster.last = ++i;
      } while (i < fine_.size() && fine_[i].mz - fine_[i - 1].mz <= gap_mz);
      visit(cluster);
    }
  }

  /// A value that at least `enough` maxima reach, or the lowest that counts.
  double threshold_for(std::size_t enough) {
    // A heap of the highest, the lowest of them in front.
    std::vector<double>& reached = buffers_.reached;
    reached.clear();
    for_each_cluster([&](const Cluster& cluster) {
      reached.push_back(surely_reached(peaks_of(cluster), walk_.sigma_at(fine_[cluster.first].mz)));
      std::ranges::push_heap(reached, std::greater{});
      if (reached.size() <= enough) return;
      std::ranges::pop_heap(reached, std::greater{});
      reached.pop_back();
    });
    return reached.size() < enough ? kMinIntensity : std::max(kMinIntensity, reached.front());
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
    std::optional<MzRange> stretch;
    const auto cross = [&] {
      if (stretch)
        evaluate(peaks, {stretch->low_mz - margin_mz, stretch->high_mz + margin_mz}, centroids);
    };
    const auto add = [&](const MzRange& range) {
      if (stretch && range.low_mz - stretch->high_mz < 3 * margin_mz) {
        stretch->high_mz = std::max(stretch->high_mz, range.high_mz);
        return;
      }
      cross();
      stretch = range;
    };
    walk_.pass(peaks.front().mz - near_mz - 2 * margin_mz);
    if (walk_.current_peak() < cluster.first) {
      // The grid still uses the sigma of a peak of the cluster before: no estimate holds.
      add({peaks.front().mz - near_mz, peaks.back().mz + near_mz});
    } else {
      search_.find(peaks, first_sigma, last_sigma, threshold, add);
    }
    cross();
  }

  /// Appends the centroids of all maxima in a stretch, but for those at its ends.
  void evaluate(std::span<const PatternPeak> peaks, const MzRange& stretch,
                std::vector<PatternPeak>& centroids) {
    GridPoints& points = buffers_.points;
    points.clear();
    walk_.enter(stretch.low_mz, points);
    for (bool more = true; more;) {
      more = walk_.keep(stretch.high_mz, kMostPoints, points);
      find_maxima(peaks, centroids);
      // The first of the next maxima lies behind the last that had all of its window.
      points.keep_last(kWindow);
    }
  }

  void find_maxima(std::span<const PatternPeak> peaks, std::vector<PatternPeak>& centroids) {
    GridPoints& points = buffers_.points;
    const std::size_t count = points.size();
    if (count < kWindow + 1) return;
    if (count % 2 != 0) points.push(points.mz.back(), widest_, -1.0);
    evaluate_profile(peaks, points, kernel_, buffers_.values);
    points.keep_first(count);
    const std::vector<double>& values = buffers_.values;
    for (std::size_t i = kCentre + 1; i + kCentre < count; ++i) {
      if (values[i] < kMinIntensity) continue;
      if (values[i - 1] < values[i] && values[i] >= values[i + 1]) {
        centroids.push_back(centroid(i));
        if (centroids.size() == kMostCentroids) forget_lowest(centroids);
      }
    }
  }

  /// Forgets centroids that are lower than `enough` others, also when they are divided by the
  /// highest.
  void forget_lowest(std::vector<PatternPeak>& centroids) const {
    if (enough_ >= centroids.size()) return;
    std::vector<double> heights;
    heights.reserve(centroids.size());
    for (const PatternPeak& peak : centroids) heights.push_back(peak.intensity);
    const auto nth = heights.begin() + static_cast<std::ptrdiff_t>(enough_) - 1;
    std::ranges::nth_element(heights, nth, std::greater{});
    std::erase_if(centroids, [lowest = *nth / kSlack](const PatternPeak& peak) {
      return peak.intensity < lowest;
    });
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
  std::size_t enough_ = 0;
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

std::uint64_t EnvelopeDetector::memory_bound_bytes(std::size_t enough) {
  // Centroids: up to the most, more than that for a moment, and their heights.
  return sizeof(Scratch) + kPointsCapacity * 4 * sizeof(double) + enough * 4 * sizeof(double) +
         kMostCentroids * (2 * sizeof(PatternPeak) + sizeof(double)) +
         MaximaSearch::memory_bound_bytes();
}

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
