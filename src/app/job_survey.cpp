#include "app/job_survey.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "imzml/spectrum_reader.h"
#include "plan/evenly_spread.h"
#include "stages/annotate.h"
#include "stages/ions.h"
#include "stages/patterns.h"

namespace ionloom::app {
namespace {

constexpr std::size_t kSpectra = 64;
constexpr std::uint64_t kPeaks = 50'000;
constexpr std::size_t kFormulas = 64;
constexpr std::size_t kMostFormulas = 512;  ///< a sixteenth of the lists, within these
constexpr std::size_t kDecoys = 192;
/// Peaks of the sampled spectra in the first window of an ion that has a signal.
constexpr std::uint64_t kSignal = 2;

/// m/z of the sampled spectra's peaks, ascending.
struct SampledPeaks {
  std::vector<double> mz;
  double share = 0;  ///< of the dataset's peaks

  [[nodiscard]] std::uint64_t in(const imaging::MzWindow& window) const {
    const auto first = std::ranges::lower_bound(mz, window.lower);
    const auto last = std::ranges::upper_bound(mz, window.upper);
    return first < last ? static_cast<std::uint64_t>(last - first) : 0;
  }
};

std::vector<std::size_t> sampled_spectra(const imzml::Dataset& dataset, std::uint64_t declared) {
  const std::size_t spectra = dataset.spectra.size();
  const std::uint64_t mean = declared / spectra + 1;
  return plan::evenly_spread(spectra, std::min<std::uint64_t>(kSpectra, kPeaks / mean + 1));
}

Result<SampledPeaks> sample_peaks(const imzml::Dataset& dataset, std::uint64_t declared) {
  const auto reader = imzml::SpectrumReader::open(dataset);
  if (!reader) return std::unexpected(reader.error());
  SampledPeaks sample;
  imzml::Peaks peaks;
  std::uint64_t read = 0;
  for (const std::size_t i : sampled_spectra(dataset, declared)) {
    if (auto done = reader->read(i, peaks); !done) return std::unexpected(done.error());
    read += dataset.spectra[i].mz.length;
    sample.mz.insert(sample.mz.end(), peaks.mz.begin(), peaks.mz.end());
  }
  std::ranges::sort(sample.mz);
  sample.share = declared == 0 ? 0 : static_cast<double>(read) / static_cast<double>(declared);
  return sample;
}

/// Some formulas of all lists together.
std::vector<std::string> sample_formulas(const std::vector<chem::MoleculeList>& lists,
                                         std::uint64_t formulas) {
  std::vector<std::string> sample;
  const std::size_t size = std::clamp<std::size_t>(formulas / 16, kFormulas, kMostFormulas);
  for (std::size_t wanted : plan::evenly_spread(formulas, size)) {
    auto list = lists.begin();
    for (; wanted >= list->formulas.size(); ++list) wanted -= list->formulas.size();
    sample.push_back(list->formulas[wanted]);
  }
  std::ranges::sort(sample);
  const auto repeated = std::ranges::unique(sample);
  sample.erase(repeated.begin(), repeated.end());
  return sample;
}

/// What sampled ions find in the windows of their peaks.
struct Found {
  double ions = 0;
  double peaks = 0;
  double signals = 0;

  [[nodiscard]] double peaks_each() const { return ions > 0 ? peaks / ions : 0; }
  [[nodiscard]] double signal_share() const { return ions > 0 ? signals / ions : 0; }
};

Found look_up(const stages::PatternTable& patterns, std::span<const std::size_t> ions,
              const SampledPeaks& peaks, double tolerance_ppm) {
  Found found;
  std::vector<imaging::MzWindow> windows;
  for (const std::size_t ion : ions) {
    found.ions += 1;
    if (!patterns.has_pattern(ion)) continue;
    windows.clear();
    stages::append_windows(patterns.of(ion), tolerance_ppm, windows);
    std::vector<std::uint64_t> counts;
    counts.reserve(windows.size());
    for (const imaging::MzWindow& window : windows) counts.push_back(peaks.in(window));
    for (const std::uint64_t count : counts) found.peaks += static_cast<double>(count);
    const bool has_signal = counts.size() > 1 && counts[0] >= kSignal && counts[1] > 0;
    found.signals += has_signal ? 1 : 0;
  }
  return found;
}

}  // namespace

Result<plan::JobCounts> survey_job(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                                   const std::vector<chem::MoleculeList>& lists,
                                   const exec::AnnotationSettings& settings) {
  plan::JobCounts job;
  job.spectra = dataset.spectra.size();
  job.peaks = dataset.declared_peaks();
  job.pixels = pixels.grid.box_size();
  job.lists = lists.size();
  for (const chem::MoleculeList& list : lists) job.formulas += list.formulas.size();
  job.modifiers = stages::target_modifiers(settings.ions).size();
  job.decoys = settings.ions.decoy_sample_size;

  const auto peaks = sample_peaks(dataset, job.peaks);
  if (!peaks) return std::unexpected(peaks.error());
  const std::vector<std::string> formulas = sample_formulas(lists, job.formulas);
  const stages::FormulaList list{.formulas = formulas};
  const auto ions = stages::enumerate_ions({&list, 1}, settings.ions);
  if (!ions) return std::unexpected(ions.error());
  std::vector<std::size_t> targets;
  std::vector<std::size_t> others;
  for (std::size_t ion = 0; ion < ions->ions.size(); ++ion) {
    (ions->is_target[ion] != 0 ? targets : others).push_back(ion);
  }
  std::vector<std::size_t> decoys;
  for (const std::size_t i : plan::evenly_spread(others.size(), kDecoys)) {
    decoys.push_back(others[i]);
  }
  stages::PatternTable patterns;
  patterns.peaks_per_ion = settings.pattern.max_peaks;
  patterns.resize(ions->ions.size());
  chem::IsotopicPatternCalculator calculator(settings.pattern);
  for (const auto* part : {&targets, &decoys}) {
    for (const std::size_t ion : *part) {
      stages::compute_patterns(ions->ions, ion, ion + 1, calculator, patterns);
    }
  }
  const double tolerance_ppm = settings.metrics.tolerance_ppm;
  const Found of_targets = look_up(patterns, targets, *peaks, tolerance_ppm);
  const Found of_decoys = look_up(patterns, decoys, *peaks, tolerance_ppm);

  const double scale = static_cast<double>(job.formulas) /
                       static_cast<double>(std::max<std::size_t>(1, formulas.size()));
  const auto rounded = [](double value) { return static_cast<std::uint64_t>(std::llround(value)); };
  job.ions = rounded(scale * static_cast<double>(ions->ions.size()));
  const double target_ions = scale * static_cast<double>(targets.size());
  job.image_ions = rounded(target_ions * of_targets.signal_share());
  if (peaks->share > 0) {
    job.window_peaks =
        rounded((target_ions * of_targets.peaks_each() +
                 scale * static_cast<double>(others.size()) * of_decoys.peaks_each()) /
                peaks->share);
  }
  return job;
}

std::vector<tasks::ByteRange> surveyed_ranges(const imzml::Dataset& dataset) {
  std::vector<tasks::ByteRange> ranges;
  for (const std::size_t i : sampled_spectra(dataset, dataset.declared_peaks())) {
    for (const imzml::ArrayLocation& array :
         {dataset.spectra[i].mz, dataset.spectra[i].intensity}) {
      if (array.length > 0) ranges.push_back({array.offset_bytes, array.encoded_bytes});
    }
  }
  return ranges;
}

}  // namespace ionloom::app
