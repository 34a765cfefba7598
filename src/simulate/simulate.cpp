#include "simulate/simulate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "chem/molecule_list.h"
#include "simulate/dataset_model.h"
#include "simulate/imzml_writer.h"
#include "simulate/random_stream.h"
#include "simulate/spectrum_pipeline.h"
#include "simulate/truth.h"

namespace ionloom::simulate {
namespace {

std::filesystem::path with_suffix(const std::filesystem::path& stem, std::string_view suffix) {
  std::filesystem::path path = stem;
  path += suffix;
  return path;
}

Result<void> check_options(const SimulateOptions& o) {
  if (o.output_stem.filename().empty()) return usage_error("the output needs a name, not a folder");
  const auto side_ok = [](std::uint32_t side) { return side >= 4 && side <= 65535; };
  if (!side_ok(o.width) || !side_ok(o.height)) {
    return usage_error(
        fmt::format("the image is {} x {} px; each side must be 4 to 65535", o.width, o.height));
  }
  if (o.coverage && !(*o.coverage >= 0.4 && *o.coverage <= 1)) {
    return usage_error(fmt::format("coverage is {}; it must be 0.4 to 1", *o.coverage));
  }
  if (!(o.median_peaks >= 100 && o.median_peaks <= 10000)) {
    return usage_error(
        fmt::format("{} peaks a pixel are asked for; it must be 100 to 10,000", o.median_peaks));
  }
  if (!(o.planted_fraction > 0 && o.planted_fraction <= 1)) {
    return usage_error(
        fmt::format("the planted fraction is {}; it must be in (0, 1]", o.planted_fraction));
  }
  if (o.ions && *o.ions == 0) return usage_error("at least one ion has to be planted");
  if (o.resolving_power_at_200 &&
      !(*o.resolving_power_at_200 >= 1000 && *o.resolving_power_at_200 <= 1e8)) {
    return usage_error(fmt::format("the resolving power is {}; it must be 1,000 to 100,000,000",
                                   *o.resolving_power_at_200));
  }
  if (!(std::isfinite(o.pixel_size_um) && o.pixel_size_um > 0)) {
    return usage_error(fmt::format("the pixel size is {} um; it must be > 0", o.pixel_size_um));
  }
  return {};
}

Result<std::vector<std::string>> read_formulas(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(path.string(), "cannot be opened; a molecule list is needed");
  const std::string content(std::istreambuf_iterator<char>(file), {});
  Result<chem::MoleculeList> list =
      chem::parse_molecule_list(content, path.stem().string(), path.string());
  if (!list) return std::unexpected(std::move(list.error()));
  return std::move(list->formulas);
}

Result<void> check_outputs_absent(const SimulateSummary& summary) {
  for (const auto& path : {summary.imzml, summary.ibd, summary.truth_csv, summary.truth_json}) {
    std::error_code ignored;  // what cannot be looked at cannot be created either, and says so then
    if (std::filesystem::exists(path, ignored)) {
      return fail(ErrorCode::kUsage, path.string(),
                  "exists already; choose another name or allow overwriting");
    }
  }
  return {};
}

Result<void> check_disk(const SimulateOptions& options, std::uint64_t spectra, std::uint64_t ions) {
  std::filesystem::path folder = options.output_stem.parent_path();
  if (folder.empty()) folder = ".";
  std::error_code code;
  const std::filesystem::space_info space = std::filesystem::space(folder, code);
  if (code) {
    return data_error(folder.string(), fmt::format("cannot be written to: {}", code.message()));
  }
  const std::uint64_t need =
      disk_need_bytes(spectra, options.median_peaks, ions, options.mz_as_f32);
  if (space.available < need) {
    return fail(ErrorCode::kResource, folder.string(),
                fmt::format("the dataset needs about {} MB of disk, {} MB are free; nothing was "
                            "written",
                            (need + 999999) / 1000000, space.available / 1000000));
  }
  return {};
}

std::array<std::uint8_t, 16> make_uuid(const DatasetModel& model, const SimulateOptions& options) {
  // Datasets of one seed but of another shape, instrument or truth are not the same dataset.
  std::uint64_t fingerprint = 0;
  const auto add = [&](std::uint64_t value) {
    fingerprint = RandomStream(fingerprint, Purpose::kUuid, value).bits();
  };
  add(model.tissue.width);
  add(model.tissue.height);
  add(model.tissue.pixels.size());
  add(std::bit_cast<std::uint64_t>(options.pixel_size_um));
  add(options.mz_as_f32 ? 1 : 0);
  add(static_cast<std::uint64_t>(options.polarity));
  add(static_cast<std::uint64_t>(model.instrument.analyzer));
  add(std::bit_cast<std::uint64_t>(model.instrument.resolving_power_at_200));
  // Left out when it is the usual one, so that the bytes of a seed stay what they were without it.
  if (model.median_peaks != kMedianPeaks) add(std::bit_cast<std::uint64_t>(model.median_peaks));
  for (const PlantedIon& ion : model.planted.ions) add(std::bit_cast<std::uint64_t>(ion.mz[0]));
  RandomStream random(model.seed, Purpose::kUuid, fingerprint);
  std::array<std::uint8_t, 16> uuid{};
  for (std::uint8_t& byte : uuid) byte = static_cast<std::uint8_t>(random.bits() >> 56);
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x40);  // version 4, RFC 9562
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);
  return uuid;
}

Result<void> write_text(files::OutputFile& file, const std::string& text) {
  if (Result<void> done = file.write(text); !done) return done;
  return file.close();
}

Result<SimulateSummary> simulate_checked(const SimulateOptions& options,
                                         const PatternFunction& pattern,
                                         const SimulateCallbacks& callbacks) {
  SimulateSummary summary;
  summary.imzml = with_suffix(options.output_stem, ".imzML");
  summary.ibd = with_suffix(options.output_stem, ".ibd");
  summary.truth_csv = with_suffix(options.output_stem, ".truth.csv");
  summary.truth_json = with_suffix(options.output_stem, ".truth.json");
  if (!options.overwrite) {
    if (Result<void> ok = check_outputs_absent(summary); !ok) return std::unexpected(ok.error());
  }
  // Before any memory is taken for a box that the disk cannot hold.
  const std::uint64_t box = std::uint64_t{options.width} * options.height;
  const auto fewest_spectra =
      static_cast<std::uint64_t>(static_cast<double>(box) * options.coverage.value_or(0.4));
  if (Result<void> ok = check_disk(options, fewest_spectra, 0); !ok) {
    return std::unexpected(ok.error());
  }

  Result<std::vector<std::string>> formulas = read_formulas(options.molecules);
  if (!formulas) return std::unexpected(std::move(formulas.error()));
  summary.formulas = formulas->size();
  std::vector<std::string> adducts = options.adducts;
  if (adducts.empty()) {
    const bool positive = options.polarity == Polarity::kPositive;
    adducts = positive ? std::vector<std::string>{"+H", "+Na", "+K"}
                       : std::vector<std::string>{"-H", "+Cl"};
  }
  ModelOptions model_options{
      .seed = options.seed,
      .tissue = {.width = options.width, .height = options.height, .coverage = options.coverage},
      .median_peaks = options.median_peaks,
      .planting = {.planted_fraction = options.planted_fraction,
                   .ions = options.ions,
                   .adducts = adducts},
      .instrument = typical_instrument(options.analyzer)};
  if (options.resolving_power_at_200) {
    model_options.instrument.resolving_power_at_200 = *options.resolving_power_at_200;
  }
  Result<DatasetModel> model = make_model(model_options, *formulas, pattern);
  if (!model) return std::unexpected(std::move(model.error()));
  summary.spectra = model->tissue.pixels.size();
  summary.planted_ions = model->planted.ions.size();
  summary.mass_bias_ppm = model->instrument.mass_bias_ppm;
  if (Result<void> ok = check_disk(options, summary.spectra, summary.planted_ions); !ok) {
    return std::unexpected(ok.error());
  }

  const ImzmlHeader header{.uuid = make_uuid(*model, options),
                           .spectra = summary.spectra,
                           .width = options.width,
                           .height = options.height,
                           .pixel_size_um = options.pixel_size_um,
                           .polarity = options.polarity,
                           .analyzer = options.analyzer,
                           .mz_as_f32 = options.mz_as_f32};
  Result<ImzmlWriter> writer = ImzmlWriter::create(options.output_stem, header);
  if (!writer) return std::unexpected(std::move(writer.error()));
  Result<files::OutputFile> csv = files::OutputFile::create(summary.truth_csv);
  if (!csv) return std::unexpected(std::move(csv.error()));
  Result<files::OutputFile> json = files::OutputFile::create(summary.truth_json);
  if (!json) return std::unexpected(std::move(json.error()));

  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  Result<IonPixelCounts> counts =
      write_spectra(*model, *writer, options.threads > 0 ? options.threads : cores, callbacks);
  if (!counts) return std::unexpected(std::move(counts.error()));
  if (Result<void> done = writer->finish(); !done) return std::unexpected(done.error());
  summary.peaks = writer->peaks();
  summary.ibd_bytes = writer->ibd().size_bytes();
  summary.imzml_bytes = writer->imzml().size_bytes();

  if (Result<void> done = write_text(*csv, truth_csv(*model, *counts)); !done) {
    return std::unexpected(done.error());
  }
  const std::string parameters = truth_json(options, *model, *counts, summary, adducts,
                                            uuid_text(header.uuid), writer->sha1());
  if (Result<void> done = write_text(*json, parameters); !done) {
    return std::unexpected(done.error());
  }
  // The imzML last: who sees it finds the rest.
  const std::array<files::OutputFile*, 4> files = {&writer->ibd(), &*csv, &*json, &writer->imzml()};
  if (Result<void> done = files::publish(files); !done) return std::unexpected(done.error());
  return summary;
}

}  // namespace

Result<void> apply_preset(std::string_view name, SimulateOptions& options) {
  struct Preset {
    std::string_view name;
    std::uint32_t width, height;
    double coverage;
  };
  constexpr std::array<Preset, 3> kPresets = {{
      {"small", 64, 48, 0.75},  // 2,304 spectra
      {"p50", 150, 100, 0.8},   // 12,000
      {"p94", 500, 400, 0.8},   // 160,000
  }};
  for (const Preset& preset : kPresets) {
    if (preset.name != name) continue;
    options.width = preset.width;
    options.height = preset.height;
    options.coverage = preset.coverage;
    return {};
  }
  return usage_error(fmt::format("\"{}\" is no preset; there are small, p50 and p94", name));
}

std::uint64_t disk_need_bytes(std::uint64_t spectra, double median_peaks, std::uint64_t ions,
                              bool mz_as_f32) {
  // Mean peaks of a spectrum 1.036 of the median; planted ions beyond that budget come on top (a
  // planted ion writes under 1.5 peaks in a pixel on average).
  const auto drawn = static_cast<std::uint64_t>(1.15 * median_peaks);
  const auto least = static_cast<std::uint64_t>(0.3 * median_peaks);
  const std::uint64_t peaks = std::max(drawn, least + ions * 3 / 2);
  const std::uint64_t per_peak = mz_as_f32 ? 8 : 12;
  return spectra * (peaks * per_peak + kImzmlBytesPerSpectrum) + 100 * ions + 100000;
}

Result<SimulateSummary> simulate_dataset(const SimulateOptions& options,
                                         const PatternFunction& pattern,
                                         const SimulateCallbacks& callbacks) {
  if (Result<void> ok = check_options(options); !ok) return std::unexpected(ok.error());
  try {
    return simulate_checked(options, pattern, callbacks);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kResource, {},
                fmt::format("not enough memory for an image of {} x {} px; nothing was written",
                            options.width, options.height));
  }
}

}  // namespace ionloom::simulate
