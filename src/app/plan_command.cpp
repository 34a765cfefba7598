#include "app/plan_command.h"

#include <thread>

#include "app/heading.h"
#include "app/job_plan.h"
#include "app/known_backends.h"
#include "app/plan_json.h"
#include "app/plan_text.h"
#include "app/site_plan.h"
#include "app/standard_streams.h"
#include "exec/process_memory.h"

namespace ionloom::app {
namespace {

/// The backends that were named; this machine as it is.
Result<std::vector<plan::Backend>> places_of(const PlanOptions& options) {
  std::vector<plan::Backend> places;
  for (const std::string& name : options.backends) {
    auto place = find_backend(name);
    if (!place) return std::unexpected(place.error());
    if (place->kind == plan::BackendKind::kLocal) {
      *place = plan::on_machine(*place, std::max(1U, std::thread::hardware_concurrency()),
                                exec::available_memory_bytes());
    }
    places.push_back(std::move(*place));
  }
  return places;
}

template <class AnyPlan>
Result<void> show(const Job& job, const AnyPlan& plan, const PlanOptions& options) {
  say(stdout, "{}", options.json ? plan_json(job, plan) : plan_text(job, plan, options.pareto));
  if (!options.picture) return {};
  return report::write_scatter_png(*options.picture, plan_picture(job, plan));
}

sites::PlacementGoal goal_of(const std::string& name) {
  if (name == "cost") return sites::PlacementGoal::kCost;
  if (name == "energy") return sites::PlacementGoal::kEnergy;
  return name == "bytes" ? sites::PlacementGoal::kBytes : sites::PlacementGoal::kTime;
}

Result<void> run_site_plan(const PlanOptions& options) {
  const auto job = read_job(options.job);
  if (!job) return std::unexpected(job.error());
  print_warnings(job->warnings);
  const auto made = plan_sites(*job, *options.sites,
                               {.goal = goal_of(options.goal),
                                .deadline_s = options.deadline_s,
                                .keep_raw_at = options.keep_raw_at,
                                .placement = options.placement,
                                .observed = options.observed});
  if (!made) return std::unexpected(made.error());
  say(stdout, "{}", options.json ? site_plan_json(*job, *made) : site_plan_text(*job, *made));
  if (!options.picture) return {};
  return write_site_picture(*options.picture, *made);
}

}  // namespace

Result<void> run_plan(const PlanOptions& options) {
  if (options.sites) return run_site_plan(options);
  auto places = places_of(options);
  if (!places) return std::unexpected(places.error());
  const auto job = read_job(options.job);
  if (!job) return std::unexpected(job.error());
  print_warnings(job->warnings);
  const bool is_local = places->size() == 1 && places->front().kind == plan::BackendKind::kLocal;
  if (is_local) {
    const auto plan = plan_threads(*job, options);
    return plan ? show(*job, *plan, options) : std::unexpected(plan.error());
  }
  const auto plan = plan_tasks(*job, options, std::move(*places));
  return plan ? show(*job, *plan, options) : std::unexpected(plan.error());
}

}  // namespace ionloom::app
