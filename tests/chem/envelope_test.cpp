#include "chem/envelope.h"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "chem/formula.h"
#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

/// The profile's centroids as the reference computes them, from every point of the grid, one after
/// the other. Source: ims-cpp, spectrum.cpp envelopeCentroids.
class EveryPoint {
 public:
  EveryPoint(const std::vector<PatternPeak>& fine, const PeakShape& shape)
      : fine_(fine), shape_(shape) {
    const auto top = std::ranges::max_element(fine, {}, &PatternPeak::intensity);
    const double fwhm = shape.sigma_mz * kSigmaToFwhm;
    base_ = (v1() ? top->mz : kBaseMz) / fwhm;
    sigma_ = sigma_at(fine[0].mz);
    for (double x = -18; x <= 0; x += 4e-3) nodes_.push_back(exact_exp(x));
  }

  std::vector<PatternPeak> centroids() {
    const double width = v1() ? 12 : 6;
    double step = sigma_ * kSigmaToFwhm / 25;
    const double first = fine_[0].mz - width * sigma_;
    for (int i = 0; i < 15; ++i) visit(first + (i - 7) * step, width);
    for (;;) {
      const double mz = mz_.back() + step;
      if (mz > fine_.back().mz + width * sigma_) break;
      visit(mz, width);
      step = sigma_ * kSigmaToFwhm / 25;
    }
    std::vector<PatternPeak> found;
    for (std::size_t i = 8; i + 7 < mz_.size(); ++i) {
      if (value_[i] >= 1e-4 && value_[i - 1] < value_[i] && value_[i] >= value_[i + 1]) {
        found.push_back(centroid(i));
      }
    }
    if (found.empty()) return found;
    const double top = std::ranges::max(found, {}, &PatternPeak::intensity).intensity;
    for (PatternPeak& peak : found) peak.intensity /= top;
    std::erase_if(found, [](const PatternPeak& peak) { return peak.intensity < 1e-4; });
    return found;
  }

 private:
  [[nodiscard]] bool v1() const { return shape_.version == AnalysisVersion::kV1; }

  [[nodiscard]] double sigma_at(double mz) const {
    return mz / (v1() ? base_ : resolving_power_at(shape_.analyzer, base_, mz)) / kSigmaToFwhm;
  }

  [[nodiscard]] double gaussian(double x) const {
    if (v1()) return exact_exp(x);
    if (x < -18) return 0;
    const auto index = static_cast<std::int32_t>((x - -18) / 4e-3);
    const double d = x - (-18 + index * 4e-3);
    return nodes_[static_cast<std::size_t>(index)] * (1 + d * (1 + d / 2.0));
  }

  void visit(double mz, double width) {
    const double reach = width * sigma_;
    if (mz > fine_[current_].mz + reach) empty_ = true;
    if (empty_ && current_ + 1 < fine_.size() && mz >= fine_[current_ + 1].mz - reach) {
      empty_ = false;
      sigma_ = sigma_at(fine_[++current_].mz);
    }
    mz_.push_back(mz);
    value_.push_back(empty_ ? 0 : sum_at(mz, width * sigma_));
  }

  [[nodiscard]] double sum_at(double mz, double reach) const {
    std::size_t k = current_;
    while (k > 0 && mz - fine_[k - 1].mz < reach) --k;
    double sum = 0;
    for (; k < fine_.size() && fine_[k].mz - mz <= reach; ++k) {
      const double distance = (fine_[k].mz - mz) / sigma_;
      sum += fine_[k].intensity * gaussian(-0.5 * (distance * distance));
    }
    return sum;
  }

  [[nodiscard]] PatternPeak centroid(std::size_t top) const {
    std::size_t i = top;
    while (i > top - 7 && value_[i - 1] < value_[i]) --i;
    double weighted = 0;
    double total = 0;
    double highest = 0;
    for (; i < top + 8; ++i) {
      if (i > top && i + 1 < top + 8 && value_[i + 1] > value_[i]) break;
      weighted += mz_[i] * value_[i];
      total += value_[i];
      highest = std::max(highest, value_[i]);
    }
    return {weighted / total, highest};
  }

  const std::vector<PatternPeak>& fine_;
  PeakShape shape_;
  double base_;
  double sigma_;
  std::vector<double> nodes_;
  std::size_t current_ = 0;
  bool empty_ = false;
  std::vector<double> mz_;
  std::vector<double> value_;
};

void keep_most_intense(std::vector<PatternPeak>& peaks, std::size_t count) {
  std::ranges::sort(peaks, std::greater{}, &PatternPeak::intensity);
  peaks.resize(std::min(peaks.size(), count));
  std::ranges::sort(peaks, {}, &PatternPeak::mz);
}

/// Checks that the `enough` most intense centroids are the same bits as from every point.
void expect_same(const std::vector<PatternPeak>& fine, const PeakShape& shape, std::size_t enough,
                 const std::string& what) {
  EnvelopeDetector detector(shape);
  std::vector<PatternPeak> ours;
  detector.centroids(fine, enough, ours);
  std::vector<PatternPeak> theirs = EveryPoint(fine, shape).centroids();
  keep_most_intense(ours, enough);
  keep_most_intense(theirs, enough);
  ASSERT_EQ(ours.size(), theirs.size()) << what;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].mz, theirs[i].mz) << what;
    EXPECT_EQ(ours[i].intensity, theirs[i].intensity) << what;
  }
}

constexpr Analyzer kAnalyzers[] = {Analyzer::kOrbitrap, Analyzer::kFticr, Analyzer::kTof};
constexpr AnalysisVersion kVersions[] = {AnalysisVersion::kV1, AnalysisVersion::kV3};

TEST(Envelope, is_the_same_bits_as_from_every_grid_point) {
  for (const AnalysisVersion version : kVersions) {
    FineStructureCalculator calculator(version);
    for (const char* formula : {"C6H13O6", "C41H78NO8PS2", "C20H30Cl4Br2", "C4H12Sn2", "Se3C9H20",
                                "C73H142O17P2Gd", "C254H377N65O75S6"}) {
      const auto* fine = calculator.compute(ion_composition(formula).value());
      ASSERT_NE(fine, nullptr);
      for (const Analyzer analyzer : kAnalyzers) {
        for (const double sigma_mz : {0.000607, 0.002476, 0.02}) {
          expect_same(*fine, {version, analyzer, sigma_mz}, 4, formula);
        }
      }
    }
  }
}

TEST(Envelope, of_random_peaks_at_all_distances_is_the_same_bits_as_from_every_grid_point) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int round = 0; round < 300; ++round) {
    const double base_mz = 60 + 900 * uniform(random);
    const double sigma_mz = exact_exp(-7.5 + 4 * uniform(random));
    std::vector<PatternPeak> fine;
    const int peaks = 2 + static_cast<int>(uniform(random) * 40);
    for (int i = 0; i < peaks; ++i) {
      // From neighbours far below sigma to clusters a unit apart.
      const double unit = std::floor(uniform(random) * 4);
      fine.push_back(
          {base_mz + unit + exact_exp(-9 + 8 * uniform(random)), exact_exp(-8 * uniform(random))});
    }
    std::ranges::sort(fine, {}, &PatternPeak::mz);
    const double top = std::ranges::max(fine, {}, &PatternPeak::intensity).intensity;
    for (PatternPeak& peak : fine) peak.intensity /= top;
    const PeakShape shape{kVersions[round % 2], kAnalyzers[round % 3], sigma_mz};
    for (const std::size_t enough : {2U, 4U, 16U}) {
      expect_same(fine, shape, enough, "round " + std::to_string(round));
    }
  }
}

TEST(Envelope, crosses_powers_of_two_on_the_same_points) {
  const std::vector<PatternPeak> fine = {
      {510.9999, 1.0}, {511.9997, 0.6}, {512.0004, 0.5}, {513.001, 0.2}};
  for (const Analyzer analyzer : kAnalyzers) {
    expect_same(fine, {AnalysisVersion::kV3, analyzer, 0.0002}, 4, "512");
  }
}

}  // namespace
}  // namespace ionloom::chem
