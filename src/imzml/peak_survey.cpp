#include "imzml/peak_survey.h"

#include <algorithm>

#include "imzml/spectrum_reader.h"

namespace ionloom::imzml {

Result<PeakSurvey> survey_peaks(const Dataset& dataset) {
  const auto reader = SpectrumReader::open(dataset);
  if (!reader) return std::unexpected(reader.error());
  PeakSurvey survey;
  survey.declared = dataset.declared_peaks();
  std::vector<std::uint64_t> counts;
  counts.reserve(dataset.spectra.size());
  Peaks peaks;
  for (std::size_t i = 0; i < dataset.spectra.size(); ++i) {
    if (auto read = reader->read(i, peaks); !read) {
      if (read.error().code == ErrorCode::kResource) return std::unexpected(read.error());
      survey.faults.add("unreadable spectrum", read.error().message());
      continue;
    }
    counts.push_back(peaks.mz.size());
    survey.peaks += peaks.mz.size();
    survey.unsorted_spectra += peaks.sorted ? 0 : 1;
    if (peaks.mz.empty()) {
      ++survey.empty_spectra;
      continue;
    }
    const auto [low_mz, high_mz] = std::ranges::minmax(peaks.mz);
    const auto [low, high] = std::ranges::minmax(peaks.intensity);
    survey.lowest_mz = std::min(survey.lowest_mz, low_mz);
    survey.highest_mz = std::max(survey.highest_mz, high_mz);
    survey.lowest_intensity = std::min(survey.lowest_intensity, low);
    survey.highest_intensity = std::max(survey.highest_intensity, high);
  }
  if (counts.empty()) return survey;
  std::ranges::sort(counts);
  survey.least_in_spectrum = counts.front();
  survey.median_in_spectrum = counts[(counts.size() - 1) / 2];
  survey.most_in_spectrum = counts.back();
  return survey;
}

}  // namespace ionloom::imzml
