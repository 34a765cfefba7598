#include "exec/list_tasks.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "exec/task_batch.h"
#include "stages/rank.h"
#include "tasks/decoy_map_object.h"
#include "tasks/ion_rows.h"
#include "tasks/ion_set_object.h"
#include "tasks/metrics_object.h"
#include "tasks/ranking_object.h"

namespace ionloom::exec {
namespace {

constexpr const char* kIons = "ions";
constexpr const char* kModel = "model";
constexpr std::uint64_t kHeaderBytes = 512;  ///< of an object, with what fills its columns up
/// An ion's place and flags in the ion set, beside its text.
constexpr std::uint64_t kBytesPerIon = sizeof(std::uint64_t) + sizeof(std::uint8_t);

std::vector<std::byte> formulas_text(const chem::MoleculeList& list) {
  std::string text;
  for (const std::string& formula : list.formulas) {
    text += formula;
    text += '\n';
  }
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Runs a task in the runtime, or natively if it needs more memory than the runtime can have.
Result<void> run_one(const tasks::Task& task, std::uint64_t units, TaskRuntime& runtime,
                     RunObjects& objects, Progress& progress) {
  if (task.memory_bytes <= runtime.most_memory_bytes()) {
    return run_tasks({&task, 1}, {&units, 1}, objects, runtime, progress);
  }
  const auto native = native_runtime();
  return run_tasks({&task, 1}, {&units, 1}, objects, *native, progress);
}

Result<tasks::SizedObject> sized(RunObjects& objects, const std::string& object) {
  const auto size_bytes = objects.size_bytes(object);
  if (!size_bytes) return std::unexpected(size_bytes.error());
  return tasks::SizedObject{object, *size_bytes};
}

/// The ion set as the stage's function gives it, of what its task has written.
Result<stages::IonSet> read_ions(const IonObjects& own, const tasks::IonSetColumns& columns,
                                 const stages::IonSettings& settings, RunObjects& objects) {
  stages::IonSet set = stages::empty_ion_set(settings);
  set.ions.reserve(columns.size());
  set.is_target.reserve(columns.size());
  set.is_targeted.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    set.ions.push_back(columns.text(i));
    set.is_target.push_back((columns.flags[i] & tasks::kTargetFlag) != 0 ? 1 : 0);
    set.is_targeted.push_back((columns.flags[i] & tasks::kTargetedFlag) != 0 ? 1 : 0);
  }
  for (const tasks::SizedObject& map : own.decoys) {
    const auto bytes = objects.bytes(map.object);
    if (!bytes) return std::unexpected(bytes.error());
    auto list = tasks::decode_decoy_map(**bytes, set.modifiers.size(), set.sample_size);
    if (!list) return data_error(map.object, list.error().what);
    set.lists.push_back(std::move(*list));
  }
  return set;
}

/// The model's object, put there once.
Result<tasks::ModelObject> put_model(const AnnotationSettings& settings, RunObjects& objects) {
  const auto added = objects.add(kModel, {settings.model_file.begin(), settings.model_file.end()});
  if (!added) return std::unexpected(added.error());
  return tasks::ModelObject{.file = {kModel, settings.model_file.size()},
                            .features = settings.scoring.model->feature_count(),
                            .bytes = settings.scoring.model->size_bytes(),
                            .abs_errors = settings.scoring.abs_errors};
}

/// Adds what a rank task found to the run.
Result<void> read_ranking(const std::string& name, const AnnotationSettings& settings,
                          RunObjects& objects, AnnotationRun& run) {
  const auto bytes = objects.bytes(name);
  if (!bytes) return std::unexpected(bytes.error());
  auto ranked = tasks::decode_ranking(**bytes, run.measured);
  if (!ranked) return data_error(name, ranked.error().what);
  run.ranked.push_back(std::move(*ranked));
  objects.drop(name);
  if (!settings.rank_decoys) return {};
  const std::string decoys = name + ".decoys";
  const auto decoy_bytes = objects.bytes(decoys);
  if (!decoy_bytes) return std::unexpected(decoy_bytes.error());
  auto ranked_decoys = tasks::decode_decoy_ranking(**decoy_bytes, run.measured);
  if (!ranked_decoys) return data_error(decoys, ranked_decoys.error().what);
  run.ranked_decoys.push_back(std::move(*ranked_decoys));
  objects.drop(decoys);
  return {};
}

/// What a decoy map of so many formulas takes.
std::uint64_t map_bytes(std::uint64_t formulas, const stages::IonSet& frame) {
  return kHeaderBytes + formulas * frame.modifiers.size() *
                            (sizeof(std::uint32_t) +
                             frame.sample_size * (sizeof(std::uint32_t) + sizeof(std::uint8_t)));
}

std::uint64_t model_features(const AnnotationSettings& settings) {
  return settings.scoring.model == nullptr ? 0 : settings.scoring.model->feature_count();
}

}  // namespace

Result<IonObjects> make_ions(std::span<const ListInput> lists, const AnnotationSettings& settings,
                             TaskRuntime& runtime, RunObjects& objects, Progress& progress,
                             AnnotationRun& run) {
  std::vector<tasks::ListObjects> texts;
  std::uint64_t formulas = 0;
  for (const ListInput& input : lists) {
    const std::string number = std::to_string(texts.size());
    std::vector<std::byte> text = formulas_text(*input.list);
    texts.push_back({"formulas-" + number, text.size(), input.targeted, "decoys-" + number});
    formulas += input.list->formulas.size();
    if (auto added = objects.add(texts.back().formulas, std::move(text)); !added) {
      return std::unexpected(added.error());
    }
  }
  const tasks::Task task = tasks::new_ions_task(settings.ions, texts, formulas, kIons);
  progress.begin("ions", "formulas", formulas);
  auto done = run_one(task, formulas, runtime, objects, progress);
  progress.end();
  if (!done) return std::unexpected(done.error());

  IonObjects own{.ions = {kIons, {}, {}}, .decoys = {}};
  for (const tasks::ListObjects& list : texts) {
    auto map = sized(objects, list.decoys);
    if (!map) return std::unexpected(map.error());
    own.decoys.push_back(std::move(*map));
    objects.drop(list.formulas);
  }
  const auto bytes = objects.bytes(kIons);
  if (!bytes) return std::unexpected(bytes.error());
  auto columns = tasks::IonSetColumns::decode(**bytes);
  if (!columns) return data_error(kIons, columns.error().what);
  auto set = read_ions(own, *columns, settings.ions, objects);
  if (!set) return std::unexpected(set.error());
  run.ions = std::move(*set);
  own.ions.begins = std::move(columns->begins);
  own.ions.flags = std::move(columns->flags);
  return own;
}

Result<void> rank_by_tasks(const IonObjects& ions, std::span<const tasks::SizedObject> metrics,
                           const AnnotationSettings& settings, TaskRuntime& runtime,
                           RunObjects& objects, Progress& progress, AnnotationRun& run) {
  std::optional<tasks::ModelObject> model;
  if (settings.scoring.model != nullptr) {
    auto put = put_model(settings, objects);
    if (!put) return std::unexpected(put.error());
    model = std::move(*put);
  }
  // One after the other: each holds all metrics.
  for (std::size_t list = 0; list < ions.decoys.size(); ++list) {
    const std::string name = "ranking-" + std::to_string(list);
    const tasks::Task task =
        tasks::new_rank_task(settings.ions, run.patterns.peaks_per_ion, metrics, ions.decoys[list],
                             model ? &*model : nullptr, settings.rank_decoys, name);
    const std::uint64_t targets = run.ions.lists[list].targets.size();
    progress.begin("rank", "targets", targets);
    auto done = run_one(task, targets, runtime, objects, progress);
    progress.end();
    if (!done) return done;
    if (auto read = read_ranking(name, settings, objects, run); !read) return read;
    objects.drop(ions.decoys[list].object);
  }
  for (const tasks::SizedObject& part : metrics) objects.drop(part.object);
  objects.drop(kModel);
  return {};
}

ListObjects list_objects_bound(const ListSizes& lists, const AnnotationSettings& settings) {
  const stages::IonSet frame = stages::empty_ion_set(settings.ions);
  const std::uint64_t targets = lists.formulas.count * frame.modifiers.size();
  const std::uint64_t decoys = settings.rank_decoys ? targets * frame.sample_size : 0;
  const std::uint64_t headers = 2 * lists.lists * kHeaderBytes;
  return {
      .ions_bytes = lists.formulas.text_bytes + lists.formulas.ion_text_bytes +
                    lists.ions * kBytesPerIon + headers,
      .maps_bytes = map_bytes(lists.formulas.count, frame) + settings.model_file.size() + headers,
      .rank_bytes = tasks::write_ranking_memory_bound_bytes(targets, model_features(settings)) +
                    tasks::write_ranking_memory_bound_bytes(decoys, 0) + headers};
}

ListTaskMemory list_task_memory(const ListSizes& lists, const AnnotationSettings& settings) {
  const tasks::ListObjects texts{
      .formulas = "f", .formulas_bytes = lists.formulas.text_bytes, .decoys = "d"};
  const tasks::Task ions =
      tasks::new_ions_task(settings.ions, {&texts, 1}, lists.formulas.count, kIons);
  const std::uint32_t width = settings.pattern.max_peaks;
  const tasks::SizedObject metrics{
      "m", kHeaderBytes + tasks::MetricsColumns::memory_bound_bytes(lists.ions, width)};
  const tasks::SizedObject map{
      "d", map_bytes(lists.formulas.count, stages::empty_ion_set(settings.ions))};
  tasks::ModelObject model{.file = {kModel, settings.model_file.size()},
                           .features = model_features(settings)};
  if (settings.scoring.model != nullptr) model.bytes = settings.scoring.model->size_bytes();
  const tasks::Task rank = tasks::new_rank_task(
      settings.ions, width, {&metrics, 1}, map,
      settings.scoring.model == nullptr ? nullptr : &model, settings.rank_decoys, "r");
  return {.ions_bytes = ions.memory_bytes, .rank_bytes = rank.memory_bytes};
}

}  // namespace ionloom::exec
