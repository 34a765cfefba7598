#include "chem/envelope.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

constexpr int kPointsPerFwhm = 25;
constexpr std::size_t kWindow = 15;
constexpr std::size_t kCentre = kWindow / 2;
constexpr double kMinIntensity = 1e-4;
/// Covers the rounding of a sum of intensities.
constexpr double kSlack = 1 + 1e-9;
constexpr std::int64_t kMaxSteps = 100'000'000;

/// Version 1: e^x as such, out to 12 sigma.
struct ExactKernel {
  static constexpr double kWidthSigmas = 12;
  double operator()(double x) const { return exact_exp(x); }
};

/// Version 3: e^x from a table with a second-order correction, out to 6 sigma.
class TableKernel {
 public:
  static constexpr double kWidthSigmas = 6;

  TableKernel() {
    for (double x = kMin; x <= 0; x += kStep) nodes_.push_back(exact_exp(x));
  }

  double operator()(double x) const {
    if (x < kMin) return 0;
    const auto index = static_cast<std::int32_t>((x - kMin) / kStep);
    const double d = x - (kMin + index * kStep);
    return nodes_[static_cast<std::size_t>(index)] * (1 + d * (1 + d / 2.0));
  }

 private:
  static constexpr double kMin = -18;
  static constexpr double kStep = 4e-3;
  std::vector<double> nodes_;
};

double sigma_at(double mz, const PeakShape& shape, double base_resolving_power) {
  const double resolving_power = shape.version == AnalysisVersion::kV1
                                     ? base_resolving_power
                                     : resolving_power_at(shape.analyzer, base_resolving_power, mz);
  return (mz / resolving_power) / kSigmaToFwhm;
}

/// Resolving power that sigma_at() starts from. Version 1 takes that of the most intense peak.
double base_resolving_power(std::span<const PatternPeak> fine, const PeakShape& shape) {
  const double fwhm_mz = shape.sigma_mz * kSigmaToFwhm;
  if (shape.version == AnalysisVersion::kV3) return kBaseMz / fwhm_mz;
  const auto top = std::ranges::max_element(fine, {}, &PatternPeak::intensity);
  return top->mz / fwhm_mz;
}

/// The points at which the reference evaluates the profile, from left to right (long stretches
/// where it is 0 are left out), and the state that it is in at each: which peak's sigma counts (one
/// for all peaks in reach, so that it lags behind inside a cluster), or that no peak is in reach.
struct Grid {
  static constexpr std::uint32_t kEmpty = UINT32_MAX;

  std::vector<double> mz;
  std::vector<std::uint32_t> sigma_peak;  ///< position of the peak whose sigma counts, or kEmpty
  std::vector<double> sigma;              ///< of each peak, set for those whose sigma ever counts
};

/// How far `mz` moves when `step` is added again and again: rounding makes it the same multiple of
/// an ulp every time, until the next power of two, unless `step` lies half-way between two.
/// 0 when the moves are not all equal.
double rounded_step(double mz, double step) {
  const double next = std::nextafter(mz, std::numeric_limits<double>::infinity());
  const double move = (mz + step) - mz;
  return (next + step) - next == move ? move : 0;
}

/// Walks the grid for one fine structure.
class GridWalk {
 public:
  GridWalk(std::span<const PatternPeak> fine, const PeakShape& shape, double width_sigmas,
           Grid& grid)
      : fine_(fine),
        shape_(shape),
        base_(base_resolving_power(fine, shape)),
        width_sigmas_(width_sigmas),
        sigma_(sigma_at(fine[0].mz, shape, base_)),
        grid_(grid) {
    grid_.mz.clear();
    grid_.sigma_peak.clear();
    grid_.sigma.assign(fine.size(), 0.0);
    grid_.sigma[0] = sigma_;
  }

  /// False when the reference would give up (more steps than it allows).
  bool walk() {
    const double first = fine_.front().mz - width_sigmas_ * sigma_;
    double step = step_mz();
    for (std::size_t i = 0; i < kWindow; ++i) {
      visit(first + (static_cast<int>(i) - static_cast<int>(kCentre)) * step);
    }
    while (steps_ < kMaxSteps) {
      if (empty_run_ >= kWindow) skip_gap(step);
      const double mz = grid_.mz.back() + step;
      if (mz > fine_.back().mz + width_sigmas_ * sigma_) return true;
      visit(mz);
      step = step_mz();
    }
    return false;
  }

 private:
  [[nodiscard]] double step_mz() const { return (sigma_ * kSigmaToFwhm) / kPointsPerFwhm; }

  void visit(double mz) {
    const double reach = width_sigmas_ * sigma_;
    if (mz > fine_[current_].mz + reach) empty_ = true;
    if (empty_ && current_ + 1 < fine_.size() && mz >= fine_[current_ + 1].mz - reach) {
      empty_ = false;
      ++current_;
      sigma_ = sigma_at(fine_[current_].mz, shape_, base_);
      grid_.sigma[current_] = sigma_;
    }
    grid_.mz.push_back(mz);
    grid_.sigma_peak.push_back(empty_ ? Grid::kEmpty : current_);
    empty_run_ = empty_ ? empty_run_ + 1 : 0;
    ++steps_;
  }

  /// Between two clusters lie thousands of points of value 0. Goes to two windows before the next
  /// cluster in one move, to the very point that adding step after step would have reached.
  void skip_gap(double step) {
    if (current_ + 1 == fine_.size()) return;
    const double mz = grid_.mz.back();
    const double move = rounded_step(mz, step);
    if (move <= 0) return;
    const double binade_end = std::exp2(std::ilogb(mz) + 1);
    const double target = std::min(fine_[current_ + 1].mz - width_sigmas_ * sigma_, binade_end);
    const double moves = std::floor((target - mz) / move) - 2.0 * kWindow;
    if (moves < 1) return;
    grid_.mz.push_back(mz + moves * move);
    grid_.sigma_peak.push_back(Grid::kEmpty);
    steps_ += static_cast<std::int64_t>(moves);
  }

  std::span<const PatternPeak> fine_;
  const PeakShape& shape_;
  double base_;
  double width_sigmas_;
  double sigma_;
  Grid& grid_;
  std::uint32_t current_ = 0;
  bool empty_ = false;
  std::size_t empty_run_ = 0;
  std::int64_t steps_ = 0;
};

/// Values of the profile at grid points, each computed when it is first asked for.
template <class Kernel>
class Profile {
 public:
  Profile(std::span<const PatternPeak> fine, const Grid& grid, const Kernel& kernel,
          std::vector<double>& values)
      : fine_(fine), grid_(grid), kernel_(kernel), values_(values) {
    values_.assign(grid.mz.size(), kUnknown);
  }

  double operator[](std::size_t point) {
    double& value = values_[point];
    if (value == kUnknown) value = compute(point);
    return value;
  }

 private:
  static constexpr double kUnknown = -1;

  [[nodiscard]] double compute(std::size_t point) const {
    std::size_t k = grid_.sigma_peak[point];
    if (k == Grid::kEmpty) return 0;
    const double mz = grid_.mz[point];
    const double sigma = grid_.sigma[k];
    const double reach = Kernel::kWidthSigmas * sigma;
    while (k > 0 && mz - fine_[k - 1].mz < reach) --k;
    double sum = 0;
    for (; k < fine_.size() && fine_[k].mz - mz <= reach; ++k) {
      const double distance = (fine_[k].mz - mz) / sigma;
      sum += fine_[k].intensity * kernel_(-0.5 * (distance * distance));
    }
    return sum;
  }

  std::span<const PatternPeak> fine_;
  const Grid& grid_;
  const Kernel& kernel_;
  std::vector<double>& values_;
};

/// The centroid around a maximum at grid point `top`.
template <class Kernel>
PatternPeak centroid(const Grid& grid, Profile<Kernel>& profile, std::size_t top) {
  const std::size_t first = top - kCentre;
  const std::size_t last = first + kWindow;
  std::size_t i = top;
  while (i > first && profile[i - 1] < profile[i]) --i;
  double weighted = 0;
  double total = 0;
  double highest = 0;
  for (; i < last; ++i) {
    const double value = profile[i];
    if (i > top && i + 1 < last && profile[i + 1] > value) break;
    weighted += grid.mz[i] * value;
    total += value;
    highest = std::max(highest, value);
  }
  return {weighted / total, highest};
}

/// Peaks [first, last) of a fine structure, with no other in reach.
struct Cluster {
  std::size_t first = 0;
  std::size_t last = 0;
  double sum = 0;  ///< of intensities: the profile stays below it
};

/// Cuts the fine structure where two peaks' reaches do not touch; most intense cluster first.
void cut_clusters(std::span<const PatternPeak> fine, double gap_mz,
                  std::vector<Cluster>& clusters) {
  clusters.clear();
  for (std::size_t i = 0; i < fine.size(); ++i) {
    if (i == 0 || fine[i].mz - fine[i - 1].mz > gap_mz) clusters.push_back({i, i, 0});
    clusters.back().last = i + 1;
    clusters.back().sum += fine[i].intensity;
  }
  std::ranges::stable_sort(clusters, std::greater{}, &Cluster::sum);
}

/// Scratch of one thread.
struct Scratch {
  Grid grid;
  std::vector<double> values;
  std::vector<Cluster> clusters;
};

template <class Kernel>
void detect(std::span<const PatternPeak> fine, const PeakShape& shape, const Kernel& kernel,
            std::size_t enough, Scratch& scratch, std::vector<PatternPeak>& centroids) {
  Grid& grid = scratch.grid;
  if (!GridWalk(fine, shape, Kernel::kWidthSigmas, grid).walk()) return;
  const double widest = std::ranges::max(grid.sigma);
  cut_clusters(fine, (2 * Kernel::kWidthSigmas + 1) * widest, scratch.clusters);
  Profile<Kernel> profile(fine, grid, kernel, scratch.values);
  const auto more_intense = [](const PatternPeak& a, const PatternPeak& b) {
    return a.intensity > b.intensity;
  };
  // A maximum lies within one sigma of a peak; two grid points more allow for rounding.
  const double near = widest * (1 + 2 * kSigmaToFwhm / kPointsPerFwhm);
  for (const Cluster& cluster : scratch.clusters) {
    if (cluster.sum * kSlack < kMinIntensity) break;
    if (centroids.size() >= enough) {
      const auto nth = centroids.begin() + static_cast<std::ptrdiff_t>(enough) - 1;
      std::ranges::nth_element(centroids, nth, more_intense);
      if (nth->intensity > cluster.sum * kSlack) break;
    }
    auto next = grid.mz.begin();
    for (std::size_t peak = cluster.first; peak < cluster.last; ++peak) {
      const auto from =
          std::lower_bound(std::max(next, grid.mz.begin()), grid.mz.end(), fine[peak].mz - near);
      std::size_t point = static_cast<std::size_t>(std::max(from, next) - grid.mz.begin());
      point = std::max(point, kCentre + 1);
      for (; point + kCentre < grid.mz.size() && grid.mz[point] <= fine[peak].mz + near; ++point) {
        const double value = profile[point];
        if (value < kMinIntensity) continue;
        if (profile[point - 1] < value && value >= profile[point + 1]) {
          centroids.push_back(centroid(grid, profile, point));
        }
      }
      next = grid.mz.begin() + static_cast<std::ptrdiff_t>(point);
    }
  }
  std::ranges::sort(centroids, {}, &PatternPeak::mz);
}

}  // namespace

void envelope_centroids(std::span<const PatternPeak> fine, const PeakShape& shape,
                        std::size_t enough, std::vector<PatternPeak>& centroids) {
  centroids.clear();
  if (fine.size() == 1) {
    centroids.assign(fine.begin(), fine.end());
    return;
  }
  static const TableKernel table;
  Scratch scratch;
  if (shape.version == AnalysisVersion::kV1) {
    detect(fine, shape, ExactKernel{}, enough, scratch, centroids);
  } else {
    detect(fine, shape, table, enough, scratch, centroids);
  }
  if (centroids.empty()) return;
  const double top = std::ranges::max(centroids, {}, &PatternPeak::intensity).intensity;
  for (PatternPeak& peak : centroids) peak.intensity /= top;
  std::erase_if(centroids, [](const PatternPeak& peak) { return peak.intensity < kMinIntensity; });
}

}  // namespace ionloom::chem
