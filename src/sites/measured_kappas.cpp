#include "sites/measured_kappas.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "plan/robust_fit.h"
#include "sites/reference_tasks.h"

namespace ionloom::sites {
namespace {

/// Measurements of a stage that count: those of some calibrations or runs.
constexpr std::size_t kLast = 16;
/// And for the pace, of all stages: a machine's neighbours of last week are not today's.
constexpr std::size_t kLastPaces = 64;
/// Shorter ones tell of a clock's and a scheduler's grain: a device that has a share of a processor
/// may do it all between two pauses.
constexpr double kLongEnough_s = 0.02;

using Rows = std::vector<const plan::Measurement*>;

/// The last measurements of a stage on a device that are long enough, by themselves or all
/// together, the calmest of them.
Rows last_of(plan::Stage stage, std::string_view device,
             std::span<const plan::Measurement> measurements, double usual_pace) {
  Rows last;
  for (std::size_t i = measurements.size(); i-- > 0 && last.size() < kLast;) {
    const plan::Measurement& one = measurements[i];
    if (one.stage != stage || one.device != device || !plan::is_usable(one)) continue;
    last.push_back(&one);
  }
  const auto is_short = [](const plan::Measurement* one) { return one->compute_s < kLongEnough_s; };
  if (std::ranges::all_of(last, is_short)) {
    double together_s = 0;
    for (const plan::Measurement* one : last) together_s += one->compute_s;
    if (together_s < kLongEnough_s) return {};
  } else {
    std::erase_if(last, is_short);
  }
  return plan::calmest(std::move(last), usual_pace);
}

/// How much longer measurements took than the same work on the reference, such as a self-test's, or
/// than the model says that their work takes there. Each counts as much as that work.
std::vector<plan::Weighted> ratios(const plan::StageModel& model, const std::string& reference,
                                   std::span<const plan::Measurement> measurements,
                                   std::string_view device, double usual_pace) {
  Rows there;
  for (const plan::Measurement& one : measurements) {
    if (one.stage == model.stage && one.device == reference) there.push_back(&one);
  }
  std::vector<plan::Weighted> found;
  for (const plan::Measurement* one : last_of(model.stage, device, measurements, usual_pace)) {
    double there_s = 0;
    if (const plan::Measurement* same = plan::same_work(there, *one)) {
      there_s = plan::calm_s(*same);
    } else if (const auto predicted = model.predict(reference, one->counts)) {
      there_s = predicted->seconds;
    }
    if (!(there_s > 0)) continue;
    found.push_back({.value = plan::calm_s(*one, usual_pace) / there_s, .weight = there_s});
  }
  return found;
}

}  // namespace

Kappas measured_kappas(const plan::LearnedModels& models,
                       std::span<const plan::Measurement> measurements, std::string_view machine,
                       Runtime runtime) {
  Kappas kappas;
  const double usual_pace = measured_pace(measurements, machine).value_or(1);
  for (const plan::StageModel& model : models.stages) {
    auto& kappa = kappas[static_cast<std::size_t>(model.stage)];
    const auto own = reference_of_tasks(model, runtime);
    for (const std::string_view variant : {"-disk", ""}) {
      plan::Device device{.machine = std::string(machine),
                          .runtime = std::string(measured_runtime(runtime)) + std::string(variant)};
      const std::string measured = plan::device_text(device);
      // The same way of running on the reference machine, tasks or threads as they were measured.
      device.machine = plan::kReferenceMachine;
      if (!own || model.device(plan::device_text(device)) == nullptr) {
        device = reference_of_tasks(model);
      }
      auto found = ratios(model, plan::device_text(device), measurements, measured, usual_pace);
      if (found.empty()) continue;
      kappa = plan::weighted_median(std::move(found));
      if (own && device != reference_of_tasks(model)) {
        *kappa *= runtime_ratio(model, runtime, usual_job());
      }
      break;
    }
  }
  return kappas;
}

std::optional<double> measured_pace(std::span<const plan::Measurement> measurements,
                                    std::string_view machine) {
  double seconds = 0;
  double calm = 0;
  std::size_t count = 0;
  for (std::size_t i = measurements.size(); i-- > 0 && count < kLastPaces;) {
    const plan::Measurement& one = measurements[i];
    if (!one.pace || !plan::is_usable(one)) continue;
    const auto device = plan::device_from_text(one.device);
    if (!device || device->machine != machine) continue;
    seconds += one.compute_s;
    calm += plan::calm_s(one);
    ++count;
  }
  return count > 0 ? std::optional(calm / seconds) : std::nullopt;
}

}  // namespace ionloom::sites
