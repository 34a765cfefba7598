#include "app/annotate_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/core.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "app/annotation_rows.h"
#include "app/heading.h"
#include "app/input_files.h"
#include "app/joined.h"
#include "app/option_ranges.h"
#include "app/progress_line.h"
#include "app/read_lists.h"
#include "app/reference_faults.h"
#include "app/run_counts.h"
#include "app/run_memory.h"
#include "app/run_settings.h"
#include "app/stage_place.h"
#include "app/standard_streams.h"
#include "app/summary.h"
#include "app/version.h"
#include "app/write_results.h"
#include "chem/utf8_text.h"
#include "exec/annotation_run.h"
#include "exec/stage_clock.h"
#include "imzml/dataset.h"
#include "report/results_folder.h"
#include "report/run_record.h"

namespace ionloom::app {
namespace {

/// As run.json calls it.
std::string name_of(cache::PatternSource source) {
  switch (source) {
    case cache::PatternSource::kComputed:
      return "computed";
    case cache::PatternSource::kMissed:
      return "computed, not in the cache";
    case cache::PatternSource::kDamaged:
      return "computed, damaged in the cache";
    case cache::PatternSource::kCached:
      return "cache";
  }
  return "";
}

/// Annotates and writes everything into the folder, which is left uncommitted by a failure.
Result<void> annotate_into(report::ResultsFolder& folder, const AnnotateOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  // Before anything is read: whether the store answers does not depend on the data.
  auto place = StagePlace::open(options);
  if (!place) return std::unexpected(place.error());
  Warnings warnings;
  auto dataset = imzml::open_dataset(options.dataset, {.strict = options.strict});
  if (!dataset) return std::unexpected(dataset.error());
  for (const Warning& warning : dataset->warnings.list()) {
    warnings.add(warning.text, warning.text, warning.count);
  }
  auto read = read_lists(options.molecules, options.fixes, warnings);
  if (!read) return std::unexpected(read.error());
  const std::vector<chem::MoleculeList>& lists = read->lists;
  auto settings = resolve_settings(options, *dataset, lists, warnings);
  if (!settings) return std::unexpected(settings.error());
  ProgressLine progress;
  settings->annotation.peaks.runs_folder = options.scratch.value_or(folder.partial_path());
  std::vector<exec::StageRecord> stages;
  auto pixels = place->index(*dataset, settings->annotation, stages, progress);
  if (!pixels) return std::unexpected(pixels.error());
  warn_of_reference_faults(*pixels, *settings, warnings);

  print_heading(*dataset, *pixels, lists, *settings);
  const auto plan = plan_memory(*dataset, *pixels, options, *read, *settings);
  if (!plan) return std::unexpected(plan.error());
  settings->annotation.peaks.capacity_peaks = plan->capacity_peaks;
  say(stdout, "memory  at most {}{}, {}\n", readable_bytes(plan->bound_bytes),
      plan->disk_bytes == 0 ? ""
                            : fmt::format(", and {} of disk for peaks that do not fit",
                                          readable_bytes(plan->disk_bytes)),
      counted(settings->annotation.threads, "thread", "threads"));
  if (options.store.url) {
    say(stdout, "store  {}: up to {} of objects, {} when the run ends\n", *options.store.url,
        readable_bytes(plan->store_bytes), options.store.keeps_objects() ? "kept" : "removed");
  }
  std::fflush(stdout);
  print_warnings(warnings);

  std::vector<exec::ListInput> inputs;
  inputs.reserve(lists.size());
  for (std::size_t l = 0; l < lists.size(); ++l) {
    inputs.push_back({&lists[l], settings->targeted[l]});
  }
  auto run = place->annotate(*dataset, std::move(*pixels), inputs, settings->annotation, progress);
  if (!run) return std::unexpected(run.error());
  std::ranges::move(run->stages, std::back_inserter(stages));
  std::optional<exec::StageClock> writing(std::in_place, stages, "write", place->meter());
  Warnings late;
  Result<std::vector<report::InputFile>> files;
  std::vector<report::Annotation> rows;
  Result<std::vector<std::string>> outputs;
  report::RunIdentity identity{.program_version = std::string(kVersion),
                               .dataset_name = chem::as_utf8(dataset->imzml_path.stem().string()),
                               .parameters_json = report::parameters_json(settings->parameters),
                               .parameters_hash = report::parameters_hash(settings->parameters),
                               .positive = settings->positive,
                               .molecule_lists = lists.size()};
  if (settings->scoring_model != nullptr) {
    identity.scoring_model = {.name = settings->scoring_model->name,
                              .checksum = settings->scoring_model->file.checksum,
                              .fdr_features = settings->scoring_model->model.fdr_features()};
  }
  tbb::task_arena arena(static_cast<int>(settings->annotation.threads));
  arena.execute([&] {
    tbb::task_group reading;  // the inputs' checksums, beside what one thread must do alone
    reading.run([&] { files = describe_dataset(*dataset, late); });
    rows = annotation_rows(*run, lists, *settings);
    outputs = write_results(folder, *run, lists, rows, *settings, identity, progress);
    reading.wait();
  });
  if (!outputs) return std::unexpected(outputs.error());
  if (!files) return std::unexpected(files.error());
  std::ranges::move(read->files, std::back_inserter(*files));
  if (settings->scoring_model != nullptr) files->push_back(settings->scoring_model->file);
  writing.reset();
  if (auto shown = print_summary(*run, lists, rows, *settings); !shown) return shown;
  place->close(late);

  if (run->peaks.unsorted_spectra() > 0) {
    late.add("unsorted", fmt::format("{}: the m/z of {} of {} spectra are not in ascending order; "
                                     "they were sorted",
                                     dataset->ibd_path.string(), run->peaks.unsorted_spectra(),
                                     dataset->spectra.size()));
  }
  if (!run->pattern_cache_trouble.empty()) {
    late.add("pattern cache",
             "the patterns could not be kept for later runs: " + run->pattern_cache_trouble);
  }
  print_warnings(late);
  for (const Warning& warning : late.list()) warnings.add(warning.text, warning.text);

  report::RunRecord record;
  record.program_version = kVersion;
  record.command_line = options.command_line;
  record.parameters = settings->parameters;
  record.inputs = std::move(*files);
  record.counts = counts_of(*run, *dataset, lists, *settings, rows.size());
  record.pattern_source = name_of(run->pattern_source);
  record.store = place->store_record();
  for (const exec::StageRecord& stage : stages) {
    record.stages.push_back({.name = stage.name,
                             .seconds = stage.seconds,
                             .peak_memory_bytes = stage.peak_memory_bytes,
                             .store_put_bytes = stage.store.put_bytes,
                             .store_got_bytes = stage.store.got_bytes});
    record.peak_memory_bytes = std::max(record.peak_memory_bytes, stage.peak_memory_bytes);
  }
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  record.memory_bound_bytes = plan->bound_bytes;
  record.warnings = warnings.list();
  record.outputs = *outputs;
  if (auto written = report::write_run_record(folder.partial_path(), record); !written) {
    return written;
  }
  if (auto done = folder.commit(); !done) return done;
  say(stdout, "\nWrote {} ({}, run.json) in {:.1f} s, peak memory {}\n", options.output.string(),
      joined(*outputs, ", "), record.seconds, readable_bytes(record.peak_memory_bytes));
  return {};
}

}  // namespace

Result<void> run_annotate(const AnnotateOptions& options) {
  if (auto checked = check_ranges(options); !checked) return checked;
  auto folder = report::ResultsFolder::create(options.output, options.force);
  if (!folder) return std::unexpected(folder.error());
  auto done = annotate_into(*folder, options);
  if (!done) return std::unexpected(folder->with_given_path(std::move(done.error())));
  return done;
}

}  // namespace ionloom::app
