#include "sites/measured_kappas.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "plan/time_ratios.h"
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
/// What of its own measurements tells as much of a stage as all other stages do.
constexpr double kAsGoodAsOthers_s = 0.05;

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

/// A stage's measurements against the reference machine's.
struct Told {
  double slower = 1;     ///< so many times
  bool is_alike = true;  ///< compared with the same way of running
  double seconds = 0;    ///< that it was measured for
};

std::optional<Told> told_of(const plan::StageModel& model, const std::string& reference,
                            std::span<const plan::Measurement> measurements,
                            std::string_view device, double usual_pace) {
  const Rows last = last_of(model.stage, device, measurements, usual_pace);
  plan::ComparedDevice there{.predict = [&](const plan::WorkCounts& work) {
    const auto predicted = model.predict(reference, work);
    return predicted ? std::optional(predicted->seconds) : std::nullopt;
  }};
  for (const plan::Measurement& one : measurements) {
    if (one.stage == model.stage && one.device == reference) there.measurements.push_back(&one);
  }
  auto ratios = plan::time_ratios(
      last, there, [&](const plan::Measurement& one) { return plan::calm_s(one, usual_pace); });
  if (ratios.empty()) return std::nullopt;
  Told told{.slower = plan::weighted_median(std::move(ratios))};
  for (const plan::Measurement* one : last) told.seconds += one->compute_s;
  return told;
}

/// A stage's tasks by the first way that was measured: on objects, or on threads.
std::optional<Told> told_of(const plan::StageModel& model,
                            std::span<const plan::Measurement> measurements,
                            std::string_view machine, Runtime runtime, double usual_pace) {
  const auto own = reference_of_tasks(model, runtime);
  for (const std::string_view variant : {"-disk", ""}) {
    plan::Device device{.machine = std::string(machine),
                        .runtime = std::string(measured_runtime(runtime)) + std::string(variant)};
    const std::string measured = plan::device_text(device);
    // The same way of running on the reference machine, tasks or threads as they were measured.
    device.machine = plan::kReferenceMachine;
    const bool is_alike = own && model.device(plan::device_text(device)) != nullptr;
    if (!is_alike) device = reference_of_tasks(model);
    auto told = told_of(model, plan::device_text(device), measurements, measured, usual_pace);
    if (!told) continue;
    told->is_alike = is_alike || own == device;
    return told;
  }
  return std::nullopt;
}

using AllTold = std::vector<std::pair<const plan::StageModel*, Told>>;

/// How much slower a stage is by its own measurements as far as they go, and for the rest as the
/// other stages have it that were compared with the same way of running: a few milliseconds tell
/// more of a scheduler than of a stage.
double slower(const plan::StageModel& model, const Told& own, const AllTold& all) {
  if (!own.is_alike) return own.slower;
  std::vector<plan::Weighted> others;
  for (const auto& [other, told] : all) {
    if (other == &model || !told.is_alike) continue;
    others.push_back({.value = told.slower, .weight = told.seconds});
  }
  if (others.empty()) return own.slower;
  const double share = own.seconds / (own.seconds + kAsGoodAsOthers_s);
  return std::pow(own.slower, share) *
         std::pow(plan::weighted_median(std::move(others)), 1 - share);
}

}  // namespace

Kappas measured_kappas(const plan::LearnedModels& models,
                       std::span<const plan::Measurement> measurements, std::string_view machine,
                       Runtime runtime) {
  const double usual_pace = measured_pace(measurements, machine).value_or(1);
  AllTold all;
  for (const plan::StageModel& model : models.stages) {
    const auto told = told_of(model, measurements, machine, runtime, usual_pace);
    if (told) all.emplace_back(&model, *told);
  }
  Kappas kappas;
  for (const auto& [model, told] : all) {
    auto& kappa = kappas[static_cast<std::size_t>(model->stage)];
    kappa = slower(*model, told, all);
    if (told.is_alike) *kappa *= runtime_ratio(*model, runtime, usual_job());
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
