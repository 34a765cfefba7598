#include "simulate/dataset_model.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "simulate/approximate_pattern.h"

namespace ionloom::simulate {
namespace {

// What generated spectra look like, against the numbers of the recipe that the generator follows:
// statistics of real MALDI-FTICR, Orbitrap and timsTOF pixels.

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

double sd(const std::vector<double>& values) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(values.size());
  return std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
}

struct Generated {
  DatasetModel model;
  std::vector<SimulatedSpectrum> spectra;
  IonPixelCounts counts;
};

const std::vector<std::string>& formulas() {
  static const std::vector<std::string> list = {
      "C6H12O6",    "C5H9NO4",     "C10H16N5O13P3", "C27H46O",     "C42H82NO8P", "C44H84NO8P",
      "C40H80NO8P", "C39H79N2O6P", "C43H74NO7P",    "C47H83O13P",  "C24H50NO7P", "C55H102O6",
      "C16H32O2",   "C23H45NO4",   "C24H40O5",      "C10H17N3O6S", "C34H67NO3",  "C45H78O2"};
  return list;
}

Generated generate(Analyzer analyzer, std::uint64_t seed, std::uint32_t ions = 30,
                   double median_peaks = kMedianPeaks) {
  const ModelOptions options{.seed = seed,
                             .tissue = {.width = 48, .height = 40, .coverage = 0.8},
                             .median_peaks = median_peaks,
                             .planting = {.ions = ions, .adducts = {"+H", "+Na", "+K"}},
                             .instrument = typical_instrument(analyzer)};
  Generated generated;
  generated.model = make_model(options, formulas(), approximate_pattern).value();
  generated.counts.resize(generated.model.planted.ions.size());
  generated.spectra.resize(generated.model.tissue.pixels.size());
  for (std::size_t i = 0; i < generated.spectra.size(); ++i) {
    simulate_spectrum(generated.model, i, generated.spectra[i], generated.counts);
  }
  return generated;
}

TEST(DatasetModel, peaks_of_a_pixel_are_log_normal_around_1000_within_200_and_10000) {
  const Generated generated = generate(Analyzer::kFticr, 1);
  std::vector<double> peaks;
  std::vector<double> ln_peaks;
  for (const SimulatedSpectrum& spectrum : generated.spectra) {
    peaks.push_back(static_cast<double>(spectrum.mz.size()));
    ln_peaks.push_back(std::log(peaks.back()));
    EXPECT_GE(peaks.back(), 180);
    EXPECT_LE(peaks.back(), 10000);
  }
  EXPECT_NEAR(median(peaks), 1000, 60);
  EXPECT_NEAR(sd(ln_peaks), 0.266, 0.05);
}

TEST(DatasetModel, a_pixel_has_the_median_number_of_peaks_that_was_asked_for) {
  for (const double wanted : {300.0, 2000.0, 4000.0}) {
    std::vector<double> peaks;
    for (const SimulatedSpectrum& spectrum : generate(Analyzer::kFticr, 1, 30, wanted).spectra) {
      peaks.push_back(static_cast<double>(spectrum.mz.size()));
    }
    EXPECT_NEAR(median(peaks), wanted, 0.06 * wanted);
  }
}

TEST(DatasetModel, neighbouring_peaks_are_ones_that_the_instrument_separates) {
  for (const Analyzer analyzer : {Analyzer::kFticr, Analyzer::kOrbitrap, Analyzer::kTof}) {
    const Generated generated = generate(analyzer, 2);
    for (const SimulatedSpectrum& spectrum : generated.spectra) {
      for (std::size_t i = 1; i < spectrum.mz.size(); ++i) {
        const double mz = spectrum.mz[i - 1];
        ASSERT_GE(spectrum.mz[i] - mz,
                  mz / generated.model.instrument.resolving_power(mz) * 0.999999);
      }
    }
  }
}

TEST(DatasetModel, unresolved_peaks_become_one_at_their_weighted_mean) {
  Instrument instrument = typical_instrument(Analyzer::kTof);
  instrument.resolving_power_at_200 = 1000;
  std::vector<SimulatedPeak> peaks = {{500.0, 1}, {500.4, 3}, {501.0, 2}, {600.0, 5}};
  merge_unresolved(peaks, instrument);
  ASSERT_EQ(peaks.size(), 3U);
  EXPECT_NEAR(peaks[0].mz, 500.3, 1e-9);
  EXPECT_DOUBLE_EQ(peaks[0].intensity, 4);
  EXPECT_DOUBLE_EQ(peaks[1].mz, 501.0);
}

/// Relative deviation of the peaks near a strong, lonely planted ion, in ppm.
std::vector<double> mass_errors_ppm(const Generated& generated, std::size_t ion, double window) {
  std::vector<double> errors;
  const double expected = generated.model.planted.ions[ion].mz[0];
  for (const SimulatedSpectrum& spectrum : generated.spectra) {
    auto it = std::lower_bound(spectrum.mz.begin(), spectrum.mz.end(), expected * (1 - window));
    for (; it != spectrum.mz.end() && *it < expected * (1 + window); ++it) {
      errors.push_back((*it / expected - 1) * 1e6);
    }
  }
  return errors;
}

TEST(DatasetModel, mass_errors_have_the_bias_of_the_dataset_and_the_jitter_of_the_analyser) {
  const std::map<Analyzer, double> jitter_ppm = {
      {Analyzer::kFticr, 0.5}, {Analyzer::kOrbitrap, 1.5}, {Analyzer::kTof, 7}};
  for (const auto& [analyzer, jitter] : jitter_ppm) {
    const Generated generated = generate(analyzer, 3);
    EXPECT_LE(std::abs(generated.model.instrument.mass_bias_ppm), 2);
    const double expected_sd = std::sqrt(jitter * jitter + 0.3 * 0.3);  // and the pixel's drift
    std::vector<double> sds;
    std::vector<double> means;
    for (std::size_t i = 0; i < generated.model.planted.ions.size(); ++i) {
      if (generated.counts[i][0] < 400) continue;
      const double window = 1e-6 * (4 * expected_sd + 2);
      const std::vector<double> errors = mass_errors_ppm(generated, i, window);
      sds.push_back(sd(errors));
      means.push_back(median(errors));
    }
    ASSERT_GT(sds.size(), 5U);
    EXPECT_NEAR(median(sds), expected_sd, 0.15 * expected_sd);
    EXPECT_NEAR(median(means), generated.model.instrument.mass_bias_ppm, 0.15 * expected_sd);
  }
}

TEST(DatasetModel, background_intensities_follow_the_measured_quantiles) {
  // log10 at 25, 50, 75, 95 % of a real MALDI-FTICR pixel. The tissue's TIC adds spread that 8
  // neighbouring pixels do not have: compare pixels of usual TIC only.
  const Generated generated = generate(Analyzer::kFticr, 4, 5);
  std::vector<double> dex;
  for (std::size_t i = 0; i < generated.spectra.size(); ++i) {
    const double tic = generated.model.tissue.tic[generated.model.tissue.pixels[i]];
    if (tic < 0.8 || tic > 1.25) continue;
    for (const float intensity : generated.spectra[i].intensity) {
      dex.push_back(std::log10(intensity));
    }
  }
  ASSERT_GT(dex.size(), 50000U);
  std::sort(dex.begin(), dex.end());
  const auto quantile = [&](double q) {
    return dex[static_cast<std::size_t>(q * static_cast<double>(dex.size()))];
  };
  EXPECT_NEAR(quantile(0.25), 6.12, 0.15);
  EXPECT_NEAR(quantile(0.50), 6.34, 0.15);
  EXPECT_NEAR(quantile(0.75), 6.67, 0.2);
  EXPECT_NEAR(quantile(0.95), 7.30, 0.25);
  EXPECT_NEAR(sd(dex), 0.45, 0.1);
}

TEST(DatasetModel, tof_intensities_are_whole_counts) {
  const Generated generated = generate(Analyzer::kTof, 5, 5);
  for (const float intensity : generated.spectra[0].intensity) {
    EXPECT_EQ(intensity, std::floor(intensity));
    EXPECT_GE(intensity, 1);
  }
}

TEST(DatasetModel, total_ion_current_varies_by_a_tenth_between_neighbours) {
  const Generated generated = generate(Analyzer::kFticr, 6);
  std::vector<double> steps;
  std::vector<double> ln_tic;
  const std::vector<std::uint32_t>& pixels = generated.model.tissue.pixels;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    double tic = 0;
    for (const float intensity : generated.spectra[i].intensity) tic += intensity;
    ln_tic.push_back(std::log(tic));
    if (i > 0 && pixels[i] == pixels[i - 1] + 1) {
      steps.push_back((ln_tic[i] - ln_tic[i - 1]) / std::sqrt(2.0));
    }
  }
  EXPECT_NEAR(sd(steps), 0.1, 0.06);
  EXPECT_NEAR(sd(ln_tic), generated.model.tissue.tic_sd_ln, 0.15);
}

TEST(DatasetModel, three_to_ten_percent_of_the_peaks_occur_once) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ModelOptions options{.seed = seed,
                               .tissue = {.width = 10, .height = 10, .coverage = 1.0},
                               .planting = {.ions = 5, .adducts = {"+H"}},
                               .instrument = typical_instrument(Analyzer::kFticr)};
    const double share = make_model(options, formulas(), approximate_pattern)->once_share;
    EXPECT_GE(share, 0.03);
    EXPECT_LE(share, 0.1);
  }
}

TEST(DatasetModel, undetected_isotopic_peaks_are_written_nowhere_and_detected_ones_somewhere) {
  const Generated generated = generate(Analyzer::kFticr, 7, 40);
  int detected = 0;
  int written = 0;
  for (std::size_t i = 0; i < generated.counts.size(); ++i) {
    for (std::size_t k = 0; k < kIsotopePeaks; ++k) {
      if (generated.model.planted.ions[i].detected[k]) {
        ++detected;
        written += generated.counts[i][k] > 0 ? 1 : 0;
      } else {
        EXPECT_EQ(generated.counts[i][k], 0U);
      }
    }
  }
  EXPECT_GT(written, detected * 95 / 100);
}

TEST(DatasetModel, a_spectrum_does_not_depend_on_those_made_before) {
  const Generated generated = generate(Analyzer::kFticr, 8);
  SimulatedSpectrum alone;
  IonPixelCounts counts(generated.counts.size());
  simulate_spectrum(generated.model, 777, alone, counts);
  EXPECT_EQ(alone.mz, generated.spectra[777].mz);
  EXPECT_EQ(alone.intensity, generated.spectra[777].intensity);
}

}  // namespace
}  // namespace ionloom::simulate
