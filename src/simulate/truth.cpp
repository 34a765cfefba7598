#include "simulate/truth.h"

#include <array>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ionloom::simulate {
namespace {

std::array<std::uint64_t, kIsotopePeaks> ions_with_peak(const IonPixelCounts& counts) {
  std::array<std::uint64_t, kIsotopePeaks> sum{};
  for (const auto& ion : counts) {
    for (std::size_t k = 0; k < kIsotopePeaks; ++k) sum[k] += ion[k] > 0 ? 1 : 0;
  }
  return sum;
}

}  // namespace

std::string truth_csv(const DatasetModel& model, const IonPixelCounts& counts) {
  std::string text = "formula,adduct,mz,abundance,map,pixels,isotope_peaks\n";
  for (std::size_t i = 0; i < model.planted.ions.size(); ++i) {
    const PlantedIon& ion = model.planted.ions[i];
    int written = 0;
    for (const std::uint32_t pixels : counts[i]) written += pixels > 0 ? 1 : 0;
    fmt::format_to(std::back_inserter(text), "{},{},{:.9f},{:.9g},{},{},{}\n", ion.formula,
                   ion.adduct, ion.mz[0], ion.abundance, map_kind_name(ion.map.kind), counts[i][0],
                   written);
  }
  return text;
}

std::string truth_json(const SimulateOptions& options, const DatasetModel& model,
                       const IonPixelCounts& counts, const SimulateSummary& summary,
                       const std::vector<std::string>& adducts, const std::string& uuid,
                       const std::string& ibd_sha1) {
  const Instrument& instrument = model.instrument;
  const Tissue& tissue = model.tissue;
  nlohmann::ordered_json json;
  json["generator"] = "ionloom simulate";
  json["generator_version"] = kGeneratorVersion;
  json["seed"] = model.seed;
  json["molecules"] = {{"file", options.molecules.filename().string()},
                       {"formulas", summary.formulas}};
  json["polarity"] = options.polarity == Polarity::kPositive ? "positive" : "negative";
  json["adducts"] = adducts;
  json["instrument"] = {{"analyzer", chem::analyzer_name(instrument.analyzer)},
                        {"resolving_power_at_mz_200", instrument.resolving_power_at_200},
                        {"mass_bias_ppm", instrument.mass_bias_ppm},
                        {"pixel_drift_sd_ppm", instrument.pixel_drift_sd_ppm},
                        {"peak_jitter_sd_ppm", instrument.peak_jitter_sd_ppm},
                        {"detection_floor", instrument.detection_floor},
                        {"integer_counts", instrument.integer_counts}};
  json["tissue"] = {{"width_px", tissue.width},
                    {"height_px", tissue.height},
                    {"pixel_size_um", options.pixel_size_um},
                    {"spectra", summary.spectra},
                    {"median_peaks", model.median_peaks},
                    {"tic_sd_ln", tissue.tic_sd_ln},
                    {"tic_correlation_px", tissue.tic_correlation_px}};
  json["background"] = {{"recurrent_mz", model.background.size()},
                        {"once_share", model.once_share}};
  json["planted"] = {{"ions", model.planted.ions.size()},
                     {"abundance_sd_log10", model.planted.abundance_sd_dex},
                     {"isotope_floor", model.planted.floor},
                     {"ions_with_isotope_peak", ions_with_peak(counts)}};
  json["files"] = {{"peaks", summary.peaks},
                   {"mz_type", options.mz_as_f32 ? "f32" : "f64"},
                   {"ibd_bytes", summary.ibd_bytes},
                   {"ibd_sha1", ibd_sha1},
                   {"uuid", uuid}};
  return json.dump(2) + "\n";
}

}  // namespace ionloom::simulate
