#include "tasks/rank_task.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "stages/rank.h"
#include "tasks/decoy_map_object.h"
#include "tasks/metrics_object.h"
#include "tasks/ranking_object.h"
#include "tasks/stage_settings.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {
namespace {

/// A model's trees while it is read, as a multiple of its file.
constexpr std::uint64_t kTreesPerFileByte = 6;

template <class T>
std::optional<T> at_most_one(TaskReader& reader, const std::vector<T>& positions,
                             const std::string& what) {
  if (positions.size() > 1) reader.fail_with(what + " is given more than once");
  return positions.empty() ? std::nullopt : std::optional(positions.front());
}

Result<fdr::ScoringModel> read_model(const RunningTask& running, const RankTask& settings) {
  const std::string place = input_place(running.task, *settings.model);
  const auto content = read_column<std::byte>(running, *settings.model);
  if (!content) return std::unexpected(content.error());
  auto model = fdr::ScoringModel::parse(*content, place);
  if (!model) return model;
  if (model->feature_count() != settings.model_features ||
      model->size_bytes() != settings.model_bytes) {
    return data_error(place, "the model has " + std::to_string(model->feature_count()) +
                                 " features and takes " + std::to_string(model->size_bytes()) +
                                 " bytes, but the task says " +
                                 std::to_string(settings.model_features) + " and " +
                                 std::to_string(settings.model_bytes));
  }
  return model;
}

/// All measured ions in ascending order.
Result<std::vector<stages::MeasuredIon>> read_measured(const RunningTask& running,
                                                       const RankTask& settings) {
  std::vector<stages::MeasuredIon> measured;
  measured.reserve(most_ions_in(settings.metrics_bytes, settings.isotope_peaks));
  for (const std::uint32_t input : settings.metrics) {
    auto added = append_scores(running, input, settings.isotope_peaks, measured);
    if (!added) return std::unexpected(std::move(added.error()));
  }
  std::ranges::sort(measured, {}, &stages::MeasuredIon::ion);
  const auto twice = std::ranges::adjacent_find(measured, {}, &stages::MeasuredIon::ion);
  if (twice != measured.end()) {
    return data_error("input metrics", "ion " + std::to_string(twice->ion) +
                                           " is there twice; each was to be measured once");
  }
  return measured;
}

}  // namespace

Result<RankTask> RankTask::read(const Task& task) {
  TaskReader reader(task);
  RankTask own;
  own.settings = take_ion_settings(reader);
  own.isotope_peaks = static_cast<std::uint32_t>(reader.whole("isotope_peaks", 2, 16));
  own.metrics = reader.inputs("metrics");
  own.decoys = reader.input("decoys");
  own.model = at_most_one(reader, reader.inputs("model"), "input model");
  own.ranking = reader.output("ranking");
  own.decoy_ranking = at_most_one(reader, reader.outputs("decoy_ranking"), "output decoy_ranking");
  if (own.model) {
    own.abs_errors = reader.choice<fdr::AbsErrorRule>(
        "abs_errors", {{"reference", fdr::AbsErrorRule::kReference},
                       {"as_trained", fdr::AbsErrorRule::kAsTrained}});
    own.model_features = reader.whole("model_features", 1, UINT32_MAX);
    own.model_bytes = reader.whole("model_bytes", 0, UINT32_MAX);
    own.model_file_bytes = reader.values_in(*own.model, 1);
  }
  for (const std::uint32_t input : own.metrics) own.metrics_bytes += reader.values_in(input, 1);
  own.map_bytes = reader.values_in(own.decoys, 1);
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

std::uint64_t RankTask::memory_bound_bytes() const {
  const stages::IonSet frame = stages::empty_ion_set(settings);
  const std::uint64_t modifiers = frame.modifiers.size();
  const std::uint64_t formulas =
      map_bytes /
      (modifiers * (sizeof(std::uint32_t) +
                    frame.sample_size * (sizeof(std::uint32_t) + sizeof(std::uint8_t))));
  const std::uint64_t ions = most_ions_in(metrics_bytes, isotope_peaks);
  const std::uint64_t reading = std::max(map_bytes, ions * sizeof(double));
  const std::uint64_t decoy_rows = decoy_ranking ? formulas * modifiers * frame.sample_size : 0;
  return ions * sizeof(stages::MeasuredIon) + map_bytes + model_bytes +
         std::max(reading + kTreesPerFileByte * model_file_bytes,
                  stages::rank_features_memory_bound_bytes(formulas, settings, model_features) +
                      write_ranking_memory_bound_bytes(formulas * modifiers, model_features) +
                      2 * decoy_rows * sizeof(stages::RankedDecoy) +
                      write_ranking_memory_bound_bytes(decoy_rows, 0));
}

Result<Summary> RankTask::execute(const RunningTask& running) const {
  std::optional<fdr::ScoringModel> scoring_model;
  if (model) {
    auto parsed = read_model(running, *this);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    scoring_model.emplace(std::move(*parsed));
  }
  const auto measured = read_measured(running, *this);
  if (!measured) return std::unexpected(measured.error());
  stages::IonSet set = stages::empty_ion_set(settings);
  {
    const auto map = read_column<std::byte>(running, decoys);
    if (!map) return std::unexpected(map.error());
    auto list = decode_decoy_map(*map, set.modifiers.size(), set.sample_size);
    if (!list) return data_error(input_place(running.task, decoys), list.error().what);
    set.lists.push_back(std::move(*list));
  }
  const stages::Scoring scoring{.model = scoring_model ? &*scoring_model : nullptr,
                                .abs_errors = abs_errors};
  const std::uint64_t rates = scoring_model ? scoring_model->fdr_features().size() : 0;
  Summary summary;
  summary.add("ions", measured->size());
  {
    const auto targets = stages::rank_list(set, 0, *measured, settings.version, scoring);
    summary.add("targets", targets.size());
    auto written = write_ranking(running.io, ranking, targets, *measured, rates);
    if (!written) return std::unexpected(std::move(written.error()));
  }
  if (decoy_ranking) {
    const auto ranked = stages::ranked_decoys(set, 0, *measured, scoring);
    summary.add("decoys", ranked.size());
    auto written = write_decoy_ranking(running.io, *decoy_ranking, ranked, *measured);
    if (!written) return std::unexpected(std::move(written.error()));
  }
  return summary;
}

}  // namespace ionloom::tasks
