#include "bench/plan/clouds.h"

#include <chrono>
#include <cmath>
#include <stdexcept>
#include <string>

#include "app/known_backends.h"
#include "app/known_models.h"
#include "app/stage_bounds.h"
#include "plan/plan_maker.h"
#include "plan/rule_plans.h"

namespace ionloom::bench {
namespace {

using Json = nlohmann::json;

/// The settings of a job, which the memory bounds look at.
struct Settings {
  exec::AnnotationSettings annotation;
  imaging::PixelGrid grid;
};

constexpr std::uint64_t kIons = 265'680;  // of 11,592 formulas with three adducts
constexpr std::uint64_t kFormulas = 11'592;
constexpr std::uint64_t kPeaksOfASpectrum = 1500;
constexpr std::uint64_t kPeakBytes = 12;  // f64 m/z, f32 intensity

plan::JobCounts job_of(std::uint64_t ibd_bytes) {
  const std::uint64_t peaks = ibd_bytes / kPeakBytes;
  const std::uint64_t spectra = std::max<std::uint64_t>(peaks / kPeaksOfASpectrum, 4);
  return {.spectra = spectra,
          .peaks = peaks,
          .pixels = spectra,
          .lists = 1,
          .formulas = kFormulas,
          .modifiers = 3,
          .decoys = 20,
          .ions = kIons,
          .image_ions = 2000,
          .window_peaks = peaks / 2};
}

plan::Goal least_cost_within(double seconds) {
  return plan::Deadline{seconds};
}

Json totals(const std::optional<plan::Plan>& plan) {
  if (!plan) return nullptr;
  return {{"time_s", plan->time_s},
          {"cost_usd", plan->cost_usd},
          {"gb_s", plan->gb_s},
          {"ingest_tasks", plan->choices[1].tasks},
          {"annotate_tasks", plan->choices[5].tasks}};
}

Json one_size(std::uint64_t ibd_bytes, const plan::LearnedModels& models) {
  Settings settings;
  settings.annotation.ions.adducts = {"+H", "+Na", "+K"};
  const plan::JobCounts job = job_of(ibd_bytes);
  settings.grid.width =
      static_cast<std::uint32_t>(std::ceil(std::sqrt(static_cast<double>(job.spectra))));
  settings.grid.height = settings.grid.width;
  settings.grid.positions.resize(job.spectra);
  std::vector<plan::Backend> places;
  for (const char* name : {"aws-lambda", "aws-ec2"}) {
    auto place = app::find_backend(name);
    if (!place) throw std::runtime_error(place.error().message());
    places.push_back(std::move(*place));
  }
  const plan::PlanProblem problem{
      .job = job,
      .places = std::move(places),
      .predict =
          [&](plan::Stage stage, const std::string& machine, const plan::WorkCounts& work) {
            const auto predicted =
                plan::predict_stage(models, {.machine = machine}, stage, work, 0.9);
            return plan::Prediction{predicted.seconds, predicted.spread_log};
          },
      .memory_bound = app::stage_bounds(settings.annotation, settings.grid, 2 * kPeaksOfASpectrum),
      .may_merge = false};
  plan::StageEstimator estimator(problem);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<plan::Plan> front = plan::best_plans(problem);
  const std::chrono::duration<double> solved = std::chrono::steady_clock::now() - start;
  Json line = {{"ibd_bytes", ibd_bytes},
               {"peaks", job.peaks},
               {"plans", front.size()},
               {"solver_s", solved.count()},
               {"fastest", front.empty() ? Json() : totals(front.front())}};
  for (const plan::Planner rule : {plan::Planner::kMetaspace, plan::Planner::kNote,
                                   plan::Planner::kDitto, plan::Planner::kFixed}) {
    const std::string name(plan::planner_name(rule));
    const auto ruled =
        plan::rule_plan(rule, problem, estimator, ibd_bytes, plan::Weight{1.0 / 3600});
    line[name] = totals(ruled);
    line["exact_within_" + name] = nullptr;
    if (!ruled) continue;
    // The least GB-seconds and the least cost of the plans that are no slower.
    const auto exact = plan::plan_for(front, least_cost_within(ruled->time_s * (1 + 1e-12)));
    if (exact) line["exact_within_" + name] = totals(*exact);
  }
  return line;
}

}  // namespace

Json clouds() {
  const app::KnownModels known = app::known_models();
  Json lines = Json::array();
  for (const double megabytes :
       {10.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2300.0, 7000.0, 56'700.0}) {
    lines.push_back(one_size(static_cast<std::uint64_t>(megabytes * 1e6), known.models));
  }
  return lines;
}

}  // namespace ionloom::bench
