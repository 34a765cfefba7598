#include "sites/measured_kappas.h"

#include <algorithm>
#include <string>
#include <vector>

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

/// How much longer one took than its work takes on the reference, and what that is.
struct Ratio {
  double kappa = 1;
  double reference_s = 0;
};

/// What a measurement's work takes on the reference: the same that was measured there, such as a
/// self-test's, or what the model says.
std::optional<double> reference_s(const plan::StageModel& model, const std::string& reference,
                                  std::span<const plan::Measurement> measurements,
                                  const plan::Measurement& one) {
  const auto same = std::ranges::find_if(measurements, [&](const plan::Measurement& other) {
    return other.stage == one.stage && other.device == reference && !other.dataset.empty() &&
           other.dataset == one.dataset && other.counts == one.counts;
  });
  if (same != measurements.end()) return plan::calm_s(*same);
  const auto predicted = model.predict(reference, one.counts);
  return predicted ? std::optional(predicted->seconds) : std::nullopt;
}

std::vector<Ratio> ratios(const plan::StageModel& model, const std::string& reference,
                          std::span<const plan::Measurement> measurements, std::string_view device,
                          double usual_pace) {
  std::vector<Ratio> found;
  for (std::size_t i = measurements.size(); i-- > 0 && found.size() < kLast;) {
    const plan::Measurement& one = measurements[i];
    if (one.stage != model.stage || one.device != device || !plan::is_usable(one)) continue;
    const auto there_s = reference_s(model, reference, measurements, one);
    if (!there_s || !(*there_s > 0) || one.compute_s < kLongEnough_s) continue;
    found.push_back({.kappa = plan::calm_s(one, usual_pace) / *there_s, .reference_s = *there_s});
  }
  return found;
}

/// The median in which the more work a run was the more it counts: what is the same for every size,
/// such as the start of a program, is no part of what a device takes for large data.
std::optional<double> median_of(std::vector<Ratio> all) {
  std::ranges::sort(all, {}, &Ratio::kappa);
  double left_s = 0;
  for (const Ratio& one : all) left_s += one.reference_s / 2;
  for (const Ratio& one : all) {
    left_s -= one.reference_s;
    if (left_s <= 0) return one.kappa;
  }
  return std::nullopt;
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
      kappa =
          median_of(ratios(model, plan::device_text(device), measurements, measured, usual_pace));
      if (!kappa) continue;
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
