#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "simulate/dataset_model.h"
#include "simulate/instrument.h"
#include "simulate/planted_ions.h"
#include "simulate/spectrum_pipeline.h"

namespace ionloom::simulate {

/// Raised whenever the same seed gives other bytes than before.
inline constexpr int kGeneratorVersion = 1;

/// What to simulate. The defaults are those of the preset "small".
struct SimulateOptions {
  /// Writes STEM.imzML, STEM.ibd, STEM.truth.csv and STEM.truth.json; the folder has to exist.
  std::filesystem::path output_stem;
  std::filesystem::path molecules;  ///< list to plant from, see chem/molecule_list.h
  std::uint64_t seed = 1;
  std::uint32_t width = 64;  ///< px of the box, 4..65535
  std::uint32_t height = 48;
  std::optional<double> coverage = 0.75;  ///< share of the box that is measured, 0.4..1; else drawn
  double median_peaks = kMedianPeaks;     ///< of a pixel, 100..10,000
  double pixel_size_um = 50;
  Polarity polarity = Polarity::kPositive;
  std::vector<std::string>
      adducts;                    ///< as the pattern function takes them; empty: +H +Na +K | -H +Cl
  double planted_fraction = 0.4;  ///< of the list's formulas, in (0, 1]; at most 1,000 ions
  std::optional<std::uint32_t> ions{};  ///< exact number of planted ions, instead of the fraction
  Analyzer analyzer = Analyzer::kFticr;
  std::optional<double> resolving_power_at_200{};  ///< else the analyser's usual one
  bool mz_as_f32 = false;
  bool overwrite = false;  ///< replace existing files instead of refusing
  unsigned threads = 0;    ///< 0: all cores; the bytes do not depend on it
};

/// Sets the box and coverage of a preset: "small" (64 x 48, 2,304 spectra), "p50" (12,000 spectra,
/// about 149 MB of .ibd: the median of METASPACE's public datasets) or "p94" (160,000 spectra,
/// about 2 GB). Fails for any other name.
[[nodiscard]] Result<void> apply_preset(std::string_view name, SimulateOptions& options);

/// What was written.
struct SimulateSummary {
  std::filesystem::path imzml;
  std::filesystem::path ibd;
  std::filesystem::path truth_csv;
  std::filesystem::path truth_json;
  std::uint64_t spectra = 0;
  std::uint64_t peaks = 0;
  std::uint64_t formulas = 0;  ///< distinct in the list
  std::uint64_t planted_ions = 0;
  std::uint64_t imzml_bytes = 0;
  std::uint64_t ibd_bytes = 0;
  double mass_bias_ppm = 0;
};

/// Disk need of a dataset, an upper estimate from its numbers of spectra, of peaks in a spectrum
/// and of planted ions.
[[nodiscard]] std::uint64_t disk_need_bytes(std::uint64_t spectra, double median_peaks,
                                            std::uint64_t ions, bool mz_as_f32);

/// Simulates a dataset: equal options give equal bytes, on any machine and any number of threads.
/// All files appear together at the end, or none does. Memory does not grow with the peaks.
/// Errors: kUsage (an option out of range, files exist), kData (list unreadable, no ion possible,
/// folder missing), kResource (disk, checked before the start and while writing, or memory),
/// kInterrupted (cancelled).
[[nodiscard]] Result<SimulateSummary> simulate_dataset(const SimulateOptions& options,
                                                       const PatternFunction& pattern,
                                                       const SimulateCallbacks& callbacks = {});

}  // namespace ionloom::simulate
