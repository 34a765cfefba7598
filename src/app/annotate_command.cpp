#include "app/annotate_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "app/annotation_rows.h"
#include "app/hand_out.h"
#include "app/heading.h"
#include "app/ibd_record.h"
#include "app/input_files.h"
#include "app/job_survey.h"
#include "app/joined.h"
#include "app/known_models.h"
#include "app/option_ranges.h"
#include "app/pace_meter.h"
#include "app/progress_line.h"
#include "app/read_lists.h"
#include "app/reference_faults.h"
#include "app/run_counts.h"
#include "app/run_memory.h"
#include "app/run_plan.h"
#include "app/run_settings.h"
#include "app/seconds_since.h"
#include "app/stage_place.h"
#include "app/standard_streams.h"
#include "app/store_profile.h"
#include "app/summary.h"
#include "app/task_cuts.h"
#include "app/thread_choice.h"
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

/// Characters of the .ibd's checksum that tell datasets apart in measurements: "sha256:" and eight.
constexpr std::size_t kDatasetMark = 15;

/// At the beginning of an .ibd.

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

/// Annotations whose images show something.
std::uint64_t with_signal(const ResultRows& rows) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) count += rows.ranked(i).score > 0 ? 1U : 0U;
  return count;
}

/// "about 3.2 s (2.8 to 3.9)"
std::string expected_time(const report::PlannedRun& planned) {
  return fmt::format("about {:.2g} s ({:.2g} to {:.2g})", planned.seconds, planned.least_s,
                     planned.most_s);
}

/// As IONLOOM_PACE, 1 or a file, asks for it of a run on one thread (docs/formats/run-json.md);
/// null: nothing does.
std::unique_ptr<PaceMeter> pace_meter(const AnnotateOptions& options) {
  const char* value = std::getenv("IONLOOM_PACE");
  const std::string_view asked = value == nullptr ? "" : value;
  if (options.threads != 1U || asked.empty() || asked == "0") return nullptr;
  return PaceMeter::start(asked == "1" ? std::filesystem::path() : asked);
}

/// Annotates and writes everything into the folder, which is left uncommitted by a failure.
Result<void> annotate_into(report::ResultsFolder& folder, const AnnotateOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto meter = pace_meter(options);  // before other threads begin, which stay where it does
  // Before anything is read: whether the store answers does not depend on the data.
  auto place = StagePlace::open(options);
  if (!place) return std::unexpected(place.error());
  Warnings warnings;
  const auto opening = std::chrono::steady_clock::now();
  auto dataset = imzml::open_dataset(options.dataset, {.strict = options.strict});
  if (!dataset) return std::unexpected(dataset.error());
  const double opened_s = seconds_since(opening);
  for (const Warning& warning : dataset->warnings.list()) {
    warnings.add(warning.text, warning.text, warning.count);
  }
  std::optional<IbdRecord> known_ibd;
  if (options.ibd_record) {
    auto known = read_ibd_record(*dataset, *options.ibd_record);
    if (!known) return std::unexpected(known.error());
    known_ibd = std::move(*known);
    if (known_ibd) place->know_ibd(known_ibd->hashes);
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
  stages.back().seconds += opened_s;
  stages.back().began = opening;
  warn_of_reference_faults(*pixels, *settings, warnings);

  print_heading(*dataset, *pixels, lists, *settings);
  // Before anything is planned: a machine that is too small is told so first.
  if (auto fits = plan_memory(*dataset, *pixels, options, *read, *settings); !fits) {
    return std::unexpected(fits.error());
  }
  const KnownModels known = known_models();
  if (!known.trouble.empty()) warnings.add("models", known.trouble);
  const bool by_tasks = options.store.url || options.runtime.is_wasm();
  const auto job = survey_job(*dataset, *pixels, lists, settings->annotation);
  if (job && options.planner == "exact" && !options.threads && !by_tasks) {
    set_threads(*settings, choose_threads(known.models, *settings, options.runtime.runtime, *job,
                                          settings->annotation.threads));
  }
  if (job && by_tasks && !options.store.url) {
    settings->annotation.cuts =
        task_cuts(plan::planner_from_name(options.planner).value_or(plan::Planner::kExact),
                  known.models, *job, dataset->ibd_size_bytes, settings->annotation.threads);
  }
  if (options.pieces.size() == 3) {
    settings->annotation.cuts = {options.pieces[0], options.pieces[1], options.pieces[2]};
  }
  const auto memory = plan_memory(*dataset, *pixels, options, *read, *settings);
  if (!memory) return std::unexpected(memory.error());
  settings->annotation.peaks.capacity_peaks = memory->capacity_peaks;
  say(stdout, "memory  at most {}{}, {}\n", readable_bytes(memory->bound_bytes),
      memory->disk_bytes == 0 ? ""
                              : fmt::format(", and {} of disk for peaks that do not fit",
                                            readable_bytes(memory->disk_bytes)),
      counted(settings->annotation.threads, "thread", "threads"));
  if (options.store.url) {
    say(stdout, "store  {}: up to {} of objects, {} when the run ends\n", *options.store.url,
        readable_bytes(memory->store_bytes), options.store.keeps_objects() ? "kept" : "removed");
  }
  std::optional<RunPlan> run_plan;
  if (job) {  // a spectrum that cannot be read is for ingest to tell
    // Tasks read peaks from objects, wherever these lie.
    run_plan.emplace(known.models, *settings, options.runtime.runtime,
                     by_tasks || memory->disk_bytes > 0, *job);
    run_plan->indexed(stages.back().seconds);
    settings->annotation.after_stage = [&](const exec::AnnotationRun& done) {
      run_plan->stage_done(done);
    };
    say(stdout, "time    {}\n", expected_time(run_plan->record()));
  }
  std::fflush(stdout);
  print_warnings(warnings);

  std::vector<exec::ListInput> inputs;
  inputs.reserve(lists.size());
  for (std::size_t l = 0; l < lists.size(); ++l) {
    inputs.push_back({&lists[l], settings->targeted[l]});
  }
  auto run = place->annotate(*dataset, std::move(*pixels), inputs, settings->annotation, progress);
  if (const auto handed_out = place->handed_out(); !run && !handed_out.empty()) {
    if (options.ibd_record && !known_ibd) {
      auto kept = write_ibd_record(*dataset, place->ibd_hashes(), *options.ibd_record);
      if (!kept) return kept;
    }
    return hand_out(handed_out, run_plan ? &*run_plan : nullptr, settings->annotation.threads,
                    memory->bound_bytes, *options.hand_out);
  }
  if (!run) return std::unexpected(run.error());
  std::ranges::move(run->stages, std::back_inserter(stages));
  std::optional<exec::StageClock> writing(std::in_place, stages, "write", place->meter());
  Warnings late;
  Result<std::vector<report::InputFile>> files;
  std::optional<ResultRows> rows;
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
    reading.run([&] {
      files = describe_dataset(*dataset, known_ibd ? &known_ibd->digests : nullptr, late);
    });
    rows.emplace(*run, lists, *settings);
    if (run_plan) run_plan->ranked(with_signal(*rows));
    outputs = write_results(folder, *run, *place->images(*run, settings->annotation), lists, *rows,
                            *settings, identity, progress);
    reading.wait();
  });
  if (!outputs) return std::unexpected(outputs.error());
  if (!files) return std::unexpected(files.error());
  std::ranges::move(read->files, std::back_inserter(*files));
  if (settings->scoring_model != nullptr) files->push_back(settings->scoring_model->file);
  writing.reset();
  if (auto shown = print_summary(*run, lists, *rows, *settings); !shown) return shown;
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
  record.counts = counts_of(*run, *dataset, lists, *settings, rows->size());
  record.pattern_source = name_of(run->pattern_source);
  record.store = place->store_record();
  for (const exec::StageRecord& stage : stages) {
    record.stages.push_back({.name = stage.name,
                             .seconds = stage.seconds,
                             .peak_memory_bytes = stage.peak_memory_bytes,
                             .store_put_bytes = stage.store.put_bytes,
                             .store_got_bytes = stage.store.got_bytes});
    if (meter) {
      const std::chrono::duration<double> took(stage.seconds);
      record.stages.back().pace = meter->between(
          stage.began,
          stage.began + std::chrono::duration_cast<std::chrono::steady_clock::duration>(took),
          stage.name == "index" ? kXmlPower : kUsualPower);
    }
  }
  if (run_plan) run_plan->written(stages.back().seconds);
  for (report::StageRecord& stage : record.stages) {
    record.peak_memory_bytes = std::max(record.peak_memory_bytes, stage.peak_memory_bytes);
    if (run_plan) stage.planned = run_plan->record_of(stage.name);
  }
  if (run_plan) {
    record.planned = run_plan->record();
    record.planned->planner = options.planner;
  }
  record.seconds = seconds_since(start);
  record.memory_bound_bytes = memory->bound_bytes;
  record.warnings = warnings.list();
  record.outputs = *outputs;
  if (auto written = report::write_run_record(folder.partial_path(), record); !written) {
    return written;
  }
  if (auto done = folder.commit(); !done) return done;
  say(stdout, "\nWrote {} ({}, run.json) in {:.1f} s, peak memory {}\n", options.output.string(),
      joined(*outputs, ", "), record.seconds, readable_bytes(record.peak_memory_bytes));
  // Another store's times are not those of the runtime alone, and it may hold objects already.
  const bool is_within = !options.store.url || tier_of(*options.store.url) == "memory";
  if (!run_plan || options.no_measurements || !is_within) return {};
  const std::string dataset_mark = record.inputs[1].checksum.substr(0, kDatasetMark);
  const auto kept =
      app::record(run_plan->measurements(record.stages, dataset_mark, record.memory_bound_bytes));
  if (!kept) say(stderr, "warning: the run's times were not kept: {}\n", kept.error().message());
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
