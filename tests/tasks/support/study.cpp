#include "tasks/support/study.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "chem/formula.h"
#include "exec/spectra_table.h"
#include "stages/annotate.h"
#include "tasks/decoy_map_object.h"
#include "tasks/ion_set_object.h"
#include "tasks/ion_table_object.h"
#include "tasks/metrics_object.h"
#include "tasks/pixel_object.h"
#include "tasks/ranking_object.h"
#include "tasks/run_task.h"

namespace ionloom::tasks::testing {
namespace {

constexpr double kSigmaMz = 0.001238;

std::string list_text(int formulas) {
  std::string text = "id\tformula\n";
  for (int i = 0; i < formulas; ++i) {
    std::string formula = "C" + std::to_string(6 + i % 20) + "H" + std::to_string(12 + i % 60) +
                          (i % 3 == 0   ? "NO6"
                           : i % 3 == 1 ? "O8P"
                                        : "N2O3S");
    if (i >= 60) formula += "F" + std::to_string(i / 60);
    text += formula + "\t" + formula + "\n";
  }
  return text;
}

/// Every third ion shines in a stripe of the image, among many other peaks.
std::vector<imzml::testing::SamplePixel> pixels(const chem::MoleculeList& list,
                                                const StudySize& size) {
  chem::PatternSettings settings;
  settings.shape.sigma_mz = kSigmaMz;
  chem::IsotopicPatternCalculator calculator(settings);
  std::vector<std::vector<chem::PatternPeak>> ions;
  for (std::size_t i = 0; i < std::min<std::size_t>(list.formulas.size(), 60); i += 3) {
    auto composition = chem::ion_composition(list.formulas[i] + "Na").value();
    ions.push_back(calculator.compute(composition));
  }
  std::mt19937 random(7);
  const auto chance = [&] { return static_cast<double>(random()) / 4294967296.0; };
  std::vector<imzml::testing::SamplePixel> pixels;
  for (int i = 0; i < size.width * size.height; ++i) {
    imzml::testing::SamplePixel pixel;
    pixel.x = i % size.width + 1;
    pixel.y = i / size.width + 1;
    std::vector<std::pair<double, double>> peaks;
    for (std::size_t ion = 0; ion < ions.size(); ++ion) {
      const double level = std::max(0.0, std::sin(0.3 * pixel.x + static_cast<double>(ion)));
      if (level == 0) continue;
      for (const chem::PatternPeak& peak : ions[ion]) {
        peaks.emplace_back(peak.mz * (1 + (chance() - 0.5) * 2e-6),
                           level * peak.intensity * (0.8 + 0.4 * chance()));
      }
    }
    for (int noise = 0; noise < size.noise_peaks; ++noise)
      peaks.emplace_back(80 + (size.highest_noise_mz - 80) * chance(), chance());
    if (i % 7 != 0) std::ranges::sort(peaks);
    for (const auto& [mz, intensity] : peaks) {
      pixel.mz.push_back(mz);
      pixel.intensity.push_back(intensity);
    }
    pixels.push_back(std::move(pixel));
  }
  return pixels;
}

Bytes content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> text((std::istreambuf_iterator<char>(file)),
                               std::istreambuf_iterator<char>());
  Bytes bytes(text.size());
  std::ranges::copy(std::as_bytes(std::span(text)), bytes.begin());
  return bytes;
}

}  // namespace

Study::Study(const StudySize& size) {
  list = chem::parse_molecule_list(list_text(size.formulas), "list", "list.tsv").value();
  dataset =
      imzml::open_dataset(written(folder, imzml::testing::sample(pixels(list, size)))).value();
  settings.ions.adducts = {"+H", "+Na", "+K"};
  settings.ions.decoy_sample_size = 5;
  settings.pattern.shape.sigma_mz = kSigmaMz;
}

exec::AnnotationRun Study::annotated(std::uint32_t threads) const {
  exec::AnnotationSettings own = settings;
  own.threads = threads;
  exec::testing::QuietProgress progress;
  const std::vector<exec::ListInput> inputs = {{.list = &list, .targeted = false}};
  return exec::annotate(dataset, exec::index_dataset(dataset).value(), inputs, own, progress)
      .value();
}

TaskRun::TaskRun(const Study& study, const Cuts& cuts) {
  ingest(study, cuts.ingest);
  images.settings = study.settings.metrics;
  images.isotope_peaks = study.settings.pattern.max_peaks;
  images.all_metrics = study.settings.all_metrics;
  make_ions(study);
  compute_patterns(study, cuts.patterns);
  annotate(cuts.annotate);
  rank(study);
}

void TaskRun::run(Task task) {
  task.outputs.push_back({"summary", task.name + ".summary"});
  task.memory_bytes = memory_bound_bytes(task).value();
  shelf.expect_runs(task);
  tasks.push_back(std::move(task));
}

void TaskRun::ingest(const Study& study, std::uint64_t cuts) {
  objects = {.ibd = "ibd", .spectra = "spectra", .pixels = "pixels", .grid = {}};
  const SpectraTable spectra = exec::spectra_table(study.dataset);
  shelf.put("ibd", content_of(study.dataset.ibd_path));
  shelf.put("spectra", encode_spectra(spectra));
  run(new_index_task("spectra", spectra.size(), "pixels"));
  objects.grid = decode_pixels(shelf.at("pixels")).value().grid.size();
  for (std::uint64_t i = 0; i < cuts; ++i) {
    const std::string name = "run-" + std::to_string(i);
    run(new_ingest_task(objects, spectra, spectra.size() * i / cuts,
                        spectra.size() * (i + 1) / cuts, name));
    runs.push_back(RunIndex::decode(name, shelf.at(name)).value());
    const double first_mz = std::stod(shelf.summary(name, "first_mz"));
    images.first_mz = i == 0 ? first_mz : std::min(images.first_mz, first_mz);
    images.last_mz = std::max(images.last_mz, std::stod(shelf.summary(name, "last_mz")));
  }
}

void TaskRun::make_ions(const Study& study) {
  std::string text;
  for (const std::string& formula : study.list.formulas) text += formula + "\n";
  const auto bytes = std::as_bytes(std::span(text));
  shelf.put("formulas", Bytes(bytes.begin(), bytes.end()));
  const std::vector<ListObjects> lists = {{.formulas = "formulas",
                                           .formulas_bytes = text.size(),
                                           .targeted = false,
                                           .decoys = "decoys"}};
  run(new_ions_task(study.settings.ions, lists, study.list.formulas.size(), "ions"));
}

void TaskRun::compute_patterns(const Study& study, std::uint64_t cuts) {
  const IonSetColumns columns = IonSetColumns::decode(shelf.at("ions")).value();
  const StoredIonSet set{"ions", columns.begins, columns.flags};
  for (std::uint64_t i = 0; i < cuts; ++i) {
    tables_.push_back("table-" + std::to_string(i));
    run(new_patterns_task(study.settings.pattern, set, columns.size() * i / cuts,
                          columns.size() * (i + 1) / cuts, tables_.back()));
  }
}

void TaskRun::annotate(std::uint64_t cuts) {
  for (std::uint64_t i = 0; i < cuts; ++i) {
    std::vector<IonSlice> slices;
    std::vector<imaging::MzWindow> windows;
    for (const std::string& table : tables_) {
      const IonRows rows = decode_ion_table(shelf.at(table)).value();
      const std::uint64_t ions = rows.ion.size();
      const IonSlice slice{table, ions, ions * i / cuts, ions * (i + 1) / cuts};
      for (std::uint64_t row = slice.first; row < slice.last; ++row) {
        stages::append_windows(rows.patterns.of(row), images.settings.tolerance_ppm, windows);
      }
      slices.push_back(slice);
    }
    const std::string number = std::to_string(i);
    run(new_images_task(images, objects, slices, runs, windows, "images-" + number));
    const std::string name = "metrics-" + number;
    run(new_annotate_task(images, objects, slices, runs, std::move(windows), name));
    metrics_.push_back({name, shelf.at(name).size()});
  }
}

std::uint64_t TaskRun::peaks() const {
  std::uint64_t sum = 0;
  for (const RunIndex& run : runs) sum += run.header.peaks;
  return sum;
}

std::vector<stages::MeasuredIon> TaskRun::measured() const {
  std::vector<stages::MeasuredIon> all;
  for (const SizedObject& part : metrics_) {
    std::ranges::move(decode_metrics(shelf.at(part.object)).value().measured,
                      std::back_inserter(all));
  }
  std::ranges::sort(all, {}, &stages::MeasuredIon::ion);
  return all;
}

stages::PatternTable TaskRun::patterns(std::size_t ions) const {
  stages::PatternTable all;
  all.peaks_per_ion = images.isotope_peaks;
  all.resize(ions);
  for (const std::string& table : tables_) {
    const IonRows rows = decode_ion_table(shelf.at(table)).value();
    for (std::size_t row = 0; row < rows.ion.size(); ++row) {
      const std::size_t at = rows.ion[row] * all.peaks_per_ion;
      std::ranges::copy(rows.patterns.of(row).mz, all.mz.begin() + static_cast<std::ptrdiff_t>(at));
      std::ranges::copy(rows.patterns.of(row).intensity,
                        all.intensity.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return all;
}

void TaskRun::rank(const Study& study) {
  run(new_rank_task(study.settings.ions, images.isotope_peaks, metrics_,
                    {"decoys", shelf.at("decoys").size()}, nullptr, true, "ranking"));
}

stages::IonSet TaskRun::ions(const Study& study) const {
  stages::IonSet set = stages::empty_ion_set(study.settings.ions);
  const IonSetColumns columns = IonSetColumns::decode(shelf.at("ions")).value();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    set.ions.push_back(columns.text(i));
    set.is_target.push_back(columns.flags[i] & kTargetFlag);
    set.is_targeted.push_back((columns.flags[i] & kTargetedFlag) != 0 ? 1 : 0);
  }
  set.lists.push_back(
      decode_decoy_map(shelf.at("decoys"), set.modifiers.size(), set.sample_size).value());
  return set;
}

std::vector<stages::RankedIon> TaskRun::ranked() const {
  return decode_ranking(shelf.at("ranking"), measured()).value();
}

std::vector<stages::RankedDecoy> TaskRun::ranked_decoys() const {
  return decode_decoy_ranking(shelf.at("ranking.decoys"), measured()).value();
}

}  // namespace ionloom::tasks::testing
