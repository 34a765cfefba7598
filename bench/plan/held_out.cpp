#include "bench/plan/held_out.h"

#include <set>

#include "plan/learned_models.h"
#include "plan/thread_plan.h"

namespace ionloom::bench {
namespace {

using Json = nlohmann::json;

plan::WorkCounts counts_of(const Json& json) {
  plan::WorkCounts work;
  for (const auto& [name, value] : json.items()) {
    if (const auto count = plan::count_from_name(name)) work[*count] = value.get<double>();
  }
  return work;
}

std::vector<plan::Measurement> measurements_without(const std::vector<MeasuredRun>& runs,
                                                    const std::string& dataset) {
  std::vector<plan::Measurement> rows;
  for (const MeasuredRun& run : runs) {
    if (run.dataset == dataset) continue;
    for (const RunStage& stage : run.stages) {
      rows.push_back({.stage = stage.stage,
                      .device = stage.device,
                      .dataset = run.dataset,
                      .counts = stage.known_work,
                      .compute_s = stage.seconds});
    }
  }
  return rows;
}

plan::StagePrediction predict(const plan::LearnedModels& models, const RunStage& stage,
                              const plan::WorkCounts& work) {
  const auto device = plan::device_from_text(stage.device);
  return plan::predict_stage(models, device.value_or(plan::Device{}), stage.stage, work, 0.9);
}

void compare(const plan::LearnedModels& models, const MeasuredRun& run, Json& stages,
             Json& makespans) {
  std::vector<plan::StagePrediction> predictions;
  double measured_s = 0;
  for (const RunStage& stage : run.stages) {
    const plan::StagePrediction known = predict(models, stage, stage.known_work);
    const plan::StagePrediction before = predict(models, stage, stage.work);
    measured_s += stage.seconds;
    stages.push_back({{"dataset", run.dataset},
                      {"list", run.list},
                      {"way", run.way},
                      {"stage", plan::stage_name(stage.stage)},
                      {"measured_s", stage.seconds},
                      {"predicted_s", known.seconds},
                      {"least_s", known.range.least_s},
                      {"most_s", known.range.most_s},
                      {"level", known.range.level},
                      {"basis", plan::basis_text(known.basis)},
                      {"before_s", before.seconds}});
    predictions.push_back(before);
  }
  const auto device = plan::device_from_text(run.stages.front().device);
  const plan::RunTimes times =
      plan::run_times(models, device.value_or(plan::Device{}), predictions, 0.9);
  makespans.push_back({{"dataset", run.dataset},
                       {"list", run.list},
                       {"way", run.way},
                       {"run_s", run.seconds},
                       {"measured_s", measured_s},
                       {"predicted_s", times.median_s},
                       {"least_s", times.least_s},
                       {"most_s", times.most_s}});
}

}  // namespace

std::vector<MeasuredRun> read_runs(const Json& json) {
  std::vector<MeasuredRun> runs;
  for (const Json& entry : json) {
    MeasuredRun run{.dataset = entry.at("dataset"),
                    .list = entry.at("list"),
                    .way = entry.at("way"),
                    .seconds = entry.at("seconds"),
                    .stages = {}};
    for (const Json& line : entry.at("stages")) {
      const auto stage = plan::stage_from_name(line.at("stage").get<std::string>());
      if (!stage) continue;
      run.stages.push_back({.stage = *stage,
                            .device = line.at("device"),
                            .work = counts_of(line.at("work")),
                            .known_work = counts_of(line.at("known_work")),
                            .seconds = line.at("seconds")});
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

Json held_out(const std::vector<MeasuredRun>& runs) {
  std::set<std::string> datasets;
  for (const MeasuredRun& run : runs) datasets.insert(run.dataset);
  Json stages = Json::array();
  Json makespans = Json::array();
  for (const std::string& dataset : datasets) {
    const plan::LearnedModels models = plan::learn_models(measurements_without(runs, dataset));
    for (const MeasuredRun& run : runs) {
      if (run.dataset == dataset) compare(models, run, stages, makespans);
    }
  }
  return {{"stages", std::move(stages)}, {"makespans", std::move(makespans)}};
}

}  // namespace ionloom::bench
