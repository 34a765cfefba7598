#include "app/annotate_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <set>

#include <fmt/core.h>

#include "app/annotation_rows.h"
#include "app/interruption.h"
#include "app/progress_line.h"
#include "app/run_settings.h"
#include "app/summary.h"
#include "app/version.h"
#include "app/write_results.h"
#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "exec/memory_plan.h"
#include "exec/process_memory.h"
#include "imzml/dataset.h"
#include "imzml/file_digest.h"
#include "imzml/ibd_check.h"
#include "report/results_folder.h"
#include "report/run_record.h"

namespace ionloom::app {
namespace {

/// The program, its libraries and small tables; what a run with next to no data takes.
constexpr std::uint64_t kProgramBytes = 96ULL << 20;
/// A list's text and its rows, several times its size in the file.
constexpr std::uint64_t kBytesPerListByte = 6;

/// The largest image and number of ions are warned about where METASPACE's arithmetic fails.
constexpr std::uint32_t kChaosFaultPixels = 99'901;
constexpr std::uint32_t kSpatialFaultPixels = 5'000;

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return data_error(path.string(), "this is a folder; expected a molecule list");
  }
  if (!file) return data_error(path.string(), "cannot be opened (no such file, or not readable)");
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return data_error(path.string(), "cannot be read to its end");
  return content;
}

/// Reads all lists; equal stems get a number, so that results can tell the lists apart.
Result<std::vector<chem::MoleculeList>> read_lists(const std::vector<std::filesystem::path>& paths,
                                                   Warnings& warnings) {
  std::vector<chem::MoleculeList> lists;
  std::set<std::string> names;
  for (const std::filesystem::path& path : paths) {
    const auto content = read_file(path);
    if (!content) return std::unexpected(content.error());
    std::string name = path.stem().string();
    for (int n = 2; !names.insert(name).second; ++n)
      name = fmt::format("{}-{}", path.stem().string(), n);
    auto list = chem::parse_molecule_list(*content, name, path.string());
    if (!list) return std::unexpected(list.error());
    for (const Warning& warning : list->warnings.list()) {
      warnings.add(warning.text, warning.text, warning.count);
    }
    lists.push_back(std::move(*list));
  }
  return lists;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

void print_dataset(const imzml::Dataset& dataset, const stages::PixelIndex& pixels) {
  fmt::print("{}  {} pixels ({} x {}), {} spectra, {} peaks\n",
             dataset.imzml_path.filename().string(), with_separators(pixels.grid.pixel_count()),
             pixels.grid.width, pixels.grid.height, with_separators(dataset.spectra.size()),
             with_separators(dataset.declared_peaks()));
}

void print_settings(const std::vector<chem::MoleculeList>& lists, const RunSettings& settings) {
  const stages::IonSettings& ions = settings.annotation.ions;
  for (std::size_t l = 0; l < lists.size(); ++l) {
    fmt::print(
        "{}  {} molecules, {} formulas{}\n", lists[l].name,
        with_separators(lists[l].molecules.size()), with_separators(lists[l].formulas.size()),
        settings.targeted[l] ? ", targeted (all rows kept; --targeted no ranks only hits)" : "");
  }
  fmt::print("ions  {} mode, adducts {}{}{}, {} decoys each\n",
             settings.positive ? "positive" : "negative", joined(ions.adducts, " "),
             ions.neutral_losses.empty() ? "" : ", losses " + joined(ions.neutral_losses, " "),
             ions.chem_mods.empty() ? "" : ", modifications " + joined(ions.chem_mods, " "),
             ions.decoy_sample_size);
  const chem::PatternSettings& pattern = settings.annotation.pattern;
  fmt::print("instrument  {}, sigma {} at m/z 200, tolerance {} ppm ({})\n",
             chem::analyzer_name(pattern.shape.analyzer), pattern.shape.sigma_mz,
             settings.annotation.metrics.tolerance_ppm, settings.ppm_rule);
}

void print_warnings(const Warnings& warnings) {
  for (const Warning& warning : warnings.list()) {
    fmt::print(stderr, "warning: {}{}\n", warning.text,
               warning.count > 1 ? fmt::format(" ({} times)", with_separators(warning.count)) : "");
  }
}

/// What METASPACE's own arithmetic gets wrong for a dataset like this one.
void warn_of_reference_faults(const stages::PixelIndex& pixels, const RunSettings& settings,
                              Warnings& warnings) {
  if (settings.annotation.metrics.chaos == imaging::ChaosRule::kFixed) return;
  const std::uint32_t count = pixels.grid.pixel_count();
  if (count >= kChaosFaultPixels) {
    warnings.add(
        "chaos fault",
        fmt::format("images of {} pixels or more that stay in one piece get chaos 0 and are "
                    "lost, as in METASPACE; --fixes keeps them",
                    with_separators(kChaosFaultPixels)));
  }
  if (settings.annotation.ions.version == chem::AnalysisVersion::kV3 &&
      count >= kSpatialFaultPixels && count <= 65'535) {
    warnings.add(
        "spatial fault",
        "with this many pixels METASPACE's single-precision spatial metric is off by up to "
        "1e-4, and so is this run; --fixes computes it in double precision");
  }
}

/// Sizes and SHA-256 of all inputs. The .ibd is read for it anyway, so its stated checksum is
/// compared in the same pass.
Result<std::vector<report::InputFile>> describe_inputs(const AnnotateOptions& options,
                                                       const imzml::Dataset& dataset,
                                                       Warnings& warnings) {
  using imzml::DigestAlgorithm;
  std::vector<std::pair<std::string, std::filesystem::path>> paths = {{"imzml", dataset.imzml_path},
                                                                      {"ibd", dataset.ibd_path}};
  for (const auto& list : options.molecules) paths.emplace_back("molecules", list);
  std::vector<report::InputFile> files;
  for (const auto& [role, path] : paths) {
    std::vector<DigestAlgorithm> algorithms = {DigestAlgorithm::kSha256};
    const bool compare = role == "ibd" && imzml::states_checksum(dataset);
    if (compare) {
      algorithms.push_back(dataset.checksum_type == "MD5" ? DigestAlgorithm::kMd5
                                                          : DigestAlgorithm::kSha1);
    }
    auto digests = imzml::file_digests(path, algorithms, interrupted);
    if (!digests) return std::unexpected(digests.error());
    if (compare && digests->back() != dataset.checksum) {
      warnings.add("checksum", imzml::checksum_mismatch(dataset, digests->back()));
    }
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    files.push_back({role, path.string(), error ? 0 : size, "sha256:" + digests->front()});
  }
  return files;
}

report::RunCounts counts_of(const exec::AnnotationRun& run, const imzml::Dataset& dataset,
                            const std::vector<chem::MoleculeList>& lists,
                            const RunSettings& settings, std::size_t rows) {
  report::RunCounts counts;
  counts.spectra = dataset.spectra.size();
  counts.pixels = run.pixels.grid.pixel_count();
  counts.width = run.pixels.grid.width;
  counts.height = run.pixels.grid.height;
  counts.peaks = run.peaks.size();
  counts.ions = run.ions.ions.size();
  counts.target_ions = static_cast<std::uint64_t>(std::ranges::count(run.ions.is_target, 1));
  counts.ions_in_range = run.ions_in_range;
  counts.ions_with_metrics = run.measured.size();
  counts.annotations_written = rows;
  std::set<std::string> formulas;
  for (std::size_t l = 0; l < lists.size(); ++l) {
    formulas.insert(lists[l].formulas.begin(), lists[l].formulas.end());
    const auto at = [&](double level) { return count_at_fdr(run, l, settings.targeted[l], level); };
    std::set<std::uint32_t> decoys;
    for (const std::uint32_t ion : run.ions.lists[l].decoys) {
      if (std::ranges::binary_search(run.measured, ion, {}, &stages::MeasuredIon::ion)) {
        decoys.insert(ion);
      }
    }
    std::set<std::uint32_t> targets;
    for (const stages::RankedIon& ranked : run.ranked[l]) targets.insert(ranked.measured);
    counts.lists.push_back({.list = lists[l].name,
                            .targeted = settings.targeted[l],
                            .molecules = lists[l].molecules.size(),
                            .formulas = lists[l].formulas.size(),
                            .targets = targets.size(),
                            .decoys = decoys.size(),
                            .annotations_fdr_5 = at(0.05),
                            .annotations_fdr_10 = at(0.1),
                            .annotations_fdr_20 = at(0.2),
                            .annotations_fdr_50 = at(0.5)});
  }
  counts.formulas = formulas.size();
  return counts;
}

/// Plans the memory of a run, and makes sure that there is disk for what does not fit.
Result<exec::MemoryPlan> plan_memory(const imzml::Dataset& dataset,
                                     const stages::PixelIndex& pixels,
                                     const AnnotateOptions& options,
                                     const std::vector<chem::MoleculeList>& lists,
                                     const RunSettings& settings) {
  std::uint64_t formulas = 0;
  std::uint64_t list_bytes = 0;
  for (const chem::MoleculeList& list : lists) formulas += list.formulas.size();
  for (const auto& path : options.molecules) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    list_bytes += error ? 0 : size;
  }
  const stages::IonSettings& ions = settings.annotation.ions;
  const std::uint64_t targets = formulas * (1 + ions.chem_mods.size()) *
                                (1 + ions.neutral_losses.size()) * ions.adducts.size();
  const exec::OtherMemory other{.always_bytes = kProgramBytes + list_bytes * kBytesPerListByte,
                                .writing_bytes = write_memory_bound_bytes(
                                    targets, settings.annotation.pattern.max_peaks,
                                    pixels.grid.box_size(), settings.annotation.threads)};
  const std::uint64_t available = exec::available_memory_bytes();
  auto plan = exec::plan_memory(dataset, pixels, formulas, settings.annotation, other,
                                std::min(available, options.memory_bytes.value_or(available)));
  if (!plan) return plan;
  const std::filesystem::path& scratch = settings.annotation.peaks.runs_folder;
  std::error_code error;
  const auto space = std::filesystem::space(scratch, error);
  if (!error && space.available < plan->disk_bytes) {
    return fail(
        ErrorCode::kResource, scratch.string(),
        fmt::format("the peaks that do not fit into memory need up to {} of disk, but only "
                    "{} is free; name another folder with --scratch, or allow more --memory",
                    readable_bytes(plan->disk_bytes), readable_bytes(space.available)));
  }
  return plan;
}

}  // namespace

Result<void> run_annotate(const AnnotateOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Warnings warnings;
  auto folder = report::ResultsFolder::create(options.output, options.force);
  if (!folder) return std::unexpected(folder.error());
  auto dataset = imzml::open_dataset(options.dataset, {.strict = options.strict});
  if (!dataset) return std::unexpected(dataset.error());
  for (const Warning& warning : dataset->warnings.list()) {
    warnings.add(warning.text, warning.text, warning.count);
  }
  const auto lists = read_lists(options.molecules, warnings);
  if (!lists) return std::unexpected(lists.error());
  auto pixels = exec::index_dataset(*dataset);
  if (!pixels) return std::unexpected(pixels.error());
  auto settings = resolve_settings(options, *dataset, *lists, warnings);
  if (!settings) return std::unexpected(settings.error());
  warn_of_reference_faults(*pixels, *settings, warnings);

  print_dataset(*dataset, *pixels);
  print_settings(*lists, *settings);
  settings->annotation.peaks.runs_folder = options.scratch.value_or(folder->partial_path());
  const auto plan = plan_memory(*dataset, *pixels, options, *lists, *settings);
  if (!plan) return std::unexpected(plan.error());
  settings->annotation.peaks.capacity_peaks = plan->capacity_peaks;
  fmt::print("memory  at most {}{}, {} thread{}\n", readable_bytes(plan->bound_bytes),
             plan->disk_bytes == 0 ? ""
                                   : fmt::format(", and {} of disk for peaks that do not fit",
                                                 readable_bytes(plan->disk_bytes)),
             settings->annotation.threads, settings->annotation.threads == 1 ? "" : "s");
  std::fflush(stdout);
  print_warnings(warnings);

  ProgressLine progress;
  std::vector<exec::ListInput> inputs;
  inputs.reserve(lists->size());
  for (std::size_t l = 0; l < lists->size(); ++l) {
    inputs.push_back({&(*lists)[l], settings->targeted[l]});
  }
  auto run = exec::annotate(*dataset, std::move(*pixels), inputs, settings->annotation, progress);
  if (!run) return std::unexpected(run.error());
  exec::reset_peak_memory();
  const auto writing = std::chrono::steady_clock::now();
  const auto rows = annotation_rows(*run, *lists, *settings);
  const report::RunIdentity identity{
      .program_version = std::string(kVersion),
      .dataset_name = dataset->imzml_path.stem().string(),
      .parameters_json = report::parameters_json(settings->parameters),
      .parameters_hash = report::parameters_hash(settings->parameters),
      .positive = settings->positive,
      .molecule_lists = lists->size()};
  auto outputs = write_results(*folder, *run, *lists, rows, *settings, identity, progress);
  if (!outputs) return std::unexpected(outputs.error());
  Warnings late;
  auto files = describe_inputs(options, *dataset, late);
  if (!files) return std::unexpected(files.error());

  if (run->peaks.unsorted_spectra() > 0) {
    late.add("unsorted", fmt::format("{}: the m/z of {} of {} spectra are not in ascending order; "
                                     "they were sorted",
                                     dataset->ibd_path.string(), run->peaks.unsorted_spectra(),
                                     dataset->spectra.size()));
  }
  print_warnings(late);
  for (const Warning& warning : late.list()) warnings.add(warning.text, warning.text);

  const auto now = std::chrono::steady_clock::now();
  report::RunRecord record;
  record.program_version = kVersion;
  record.command_line = options.command_line;
  record.parameters = settings->parameters;
  record.inputs = std::move(*files);
  record.counts = counts_of(*run, *dataset, *lists, *settings, rows.size());
  for (const exec::StageRecord& stage : run->stages) {
    record.stages.push_back({stage.name, stage.seconds, stage.peak_memory_bytes});
  }
  record.stages.push_back(
      {"write", std::chrono::duration<double>(now - writing).count(), exec::peak_memory_bytes()});
  for (const report::StageRecord& stage : record.stages) {
    record.peak_memory_bytes = std::max(record.peak_memory_bytes, stage.peak_memory_bytes);
  }
  record.seconds = std::chrono::duration<double>(now - start).count();
  record.memory_bound_bytes = plan->bound_bytes;
  record.warnings = warnings.list();
  record.outputs = *outputs;
  if (auto written = report::write_run_record(folder->partial_path(), record); !written) {
    return written;
  }
  if (auto done = folder->commit(); !done) return done;

  if (auto shown = print_summary(*run, *lists, rows, *settings); !shown) return shown;
  fmt::print("\nWrote {} ({}, run.json) in {:.1f} s, peak memory {}\n", options.output.string(),
             joined(*outputs, ", "), record.seconds, readable_bytes(record.peak_memory_bytes));
  return {};
}

}  // namespace ionloom::app
