#include "chem/envelope.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

constexpr int kPointsPerFwhm = 25;
constexpr std::size_t kWindow = 15;
constexpr std::size_t kCentre = kWindow / 2;
constexpr double kMinIntensity = 1e-4;
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

/// The profile as the reference walks it: from left to right, with one sigma for all peaks in
/// reach, which lags behind inside a cluster.
template <class Kernel>
class Profile {
 public:
  Profile(std::span<const PatternPeak> fine, const PeakShape& shape, const Kernel& kernel)
      : fine_(fine),
        shape_(shape),
        kernel_(kernel),
        base_(base_resolving_power(fine, shape)),
        sigma_(sigma_at(fine[0].mz, shape, base_)) {}

  [[nodiscard]] double sigma() const { return sigma_; }

  double operator()(double mz) {
    const double reach = Kernel::kWidthSigmas * sigma_;
    if (mz > fine_[current_].mz + reach) empty_ = true;
    if (empty_ && current_ + 1 < fine_.size() && mz >= fine_[current_ + 1].mz - reach) {
      empty_ = false;
      ++current_;
      sigma_ = sigma_at(fine_[current_].mz, shape_, base_);
    }
    return empty_ ? 0.0 : value(mz);
  }

 private:
  [[nodiscard]] double value(double mz) const {
    const double reach = Kernel::kWidthSigmas * sigma_;
    std::size_t k = current_;
    while (k > 0 && mz - fine_[k - 1].mz < reach) --k;
    double sum = 0;
    for (; k < fine_.size() && fine_[k].mz - mz <= reach; ++k) {
      const double distance = (fine_[k].mz - mz) / sigma_;
      sum += fine_[k].intensity * kernel_(-0.5 * (distance * distance));
    }
    return sum;
  }

  std::span<const PatternPeak> fine_;
  const PeakShape& shape_;
  const Kernel& kernel_;
  double base_;
  double sigma_;
  std::size_t current_ = 0;
  bool empty_ = false;
};

/// The last 15 grid points, twice in a row so that any 15 of them lie side by side.
class Window {
 public:
  void push(double mz, double value) {
    points_[at_] = points_[at_ + kWindow] = {mz, value};
    at_ = (at_ + 1) % kWindow;
  }
  [[nodiscard]] const PatternPeak& operator[](std::size_t i) const { return points_[at_ + i]; }
  [[nodiscard]] double last_mz() const { return (*this)[kWindow - 1].mz; }

 private:
  std::array<PatternPeak, 2 * kWindow> points_{};
  std::size_t at_ = 0;
};

PatternPeak centroid(const Window& window) {
  std::size_t i = kCentre;
  while (i > 0 && window[i - 1].intensity < window[i].intensity) --i;
  double weighted = 0;
  double total = 0;
  double highest = 0;
  for (; i < kWindow; ++i) {
    const PatternPeak& point = window[i];
    if (i > kCentre && i + 1 < kWindow && window[i + 1].intensity > point.intensity) break;
    weighted += point.mz * point.intensity;
    total += point.intensity;
    highest = std::max(highest, point.intensity);
  }
  return {weighted / total, highest};
}

template <class Kernel>
void detect(std::span<const PatternPeak> fine, const PeakShape& shape, const Kernel& kernel,
            std::vector<PatternPeak>& centroids) {
  Profile<Kernel> profile(fine, shape, kernel);
  double sigma = profile.sigma();
  double step = (sigma * kSigmaToFwhm) / kPointsPerFwhm;
  const double first = fine.front().mz - Kernel::kWidthSigmas * sigma;
  Window window;
  for (std::size_t i = 0; i < kWindow; ++i) {
    const double mz = first + (static_cast<int>(i) - static_cast<int>(kCentre)) * step;
    window.push(mz, profile(mz));
  }
  for (std::int64_t steps = 0; steps < kMaxSteps; ++steps) {
    const double mz = window.last_mz() + step;
    if (mz > fine.back().mz + Kernel::kWidthSigmas * sigma) return;
    window.push(mz, profile(mz));
    sigma = profile.sigma();
    step = (sigma * kSigmaToFwhm) / kPointsPerFwhm;
    const double centre = window[kCentre].intensity;
    if (window[kCentre - 1].intensity < centre && centre >= window[kCentre + 1].intensity &&
        centre >= kMinIntensity) {
      centroids.push_back(centroid(window));
    }
  }
  centroids.clear();  // the reference gives up here
}

}  // namespace

void envelope_centroids(std::span<const PatternPeak> fine, const PeakShape& shape,
                        std::vector<PatternPeak>& centroids) {
  centroids.clear();
  if (fine.size() == 1) {
    centroids.assign(fine.begin(), fine.end());
    return;
  }
  static const TableKernel table;
  if (shape.version == AnalysisVersion::kV1) {
    detect(fine, shape, ExactKernel{}, centroids);
  } else {
    detect(fine, shape, table, centroids);
  }
  if (centroids.empty()) return;
  const double top = std::ranges::max(centroids, {}, &PatternPeak::intensity).intensity;
  for (PatternPeak& peak : centroids) peak.intensity /= top;
  std::erase_if(centroids, [](const PatternPeak& peak) { return peak.intensity < kMinIntensity; });
}

}  // namespace ionloom::chem
