#include "sites/measured_kappas.h"

#include <algorithm>
#include <string>
#include <vector>

namespace ionloom::sites {
namespace {

/// Measurements of a stage that count: those of some calibrations or runs.
constexpr std::size_t kLast = 16;
/// Shorter ones tell of a clock's and a scheduler's grain: a device that has a share of a processor
/// may do it all between two pauses.
constexpr double kLongEnough_s = 0.02;

std::string_view measured_runtime(Runtime runtime) {
  if (runtime == Runtime::kNative) return "native";
  return runtime == Runtime::kInterpreted ? "interpreted" : "wasm";
}

/// How much longer one took than its work takes on the reference, and what that is.
struct Ratio {
  double kappa = 1;
  double reference_s = 0;
};

std::vector<Ratio> ratios(const plan::StageModel& model, std::string_view reference,
                          std::span<const plan::Measurement> measurements,
                          std::string_view device) {
  std::vector<Ratio> found;
  for (std::size_t i = measurements.size(); i-- > 0 && found.size() < kLast;) {
    const plan::Measurement& one = measurements[i];
    if (one.stage != model.stage || one.device != device || !plan::is_usable(one)) continue;
    const auto predicted = model.predict(reference, one.counts);
    if (!predicted || !(predicted->seconds > 0) || one.compute_s < kLongEnough_s) continue;
    found.push_back(
        {.kappa = one.compute_s / predicted->seconds, .reference_s = predicted->seconds});
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

plan::Device reference_of_tasks(const plan::StageModel* model) {
  plan::Device device{.machine = std::string(plan::kReferenceMachine), .runtime = "wasm-disk"};
  for (const char* runtime : {"wasm-disk", "wasm", "native"}) {
    device.runtime = runtime;
    if (model != nullptr && model->device(plan::device_text(device)) != nullptr) return device;
  }
  return device;
}

Kappas measured_kappas(const plan::LearnedModels& models,
                       std::span<const plan::Measurement> measurements, std::string_view machine,
                       Runtime runtime) {
  Kappas kappas;
  for (const plan::StageModel& model : models.stages) {
    const std::string reference = plan::device_text(reference_of_tasks(&model));
    auto& kappa = kappas[static_cast<std::size_t>(model.stage)];
    for (const std::string_view variant : {"-disk", ""}) {
      const std::string device = plan::device_text(
          {.machine = std::string(machine),
           .runtime = std::string(measured_runtime(runtime)) + std::string(variant)});
      if (!kappa) kappa = median_of(ratios(model, reference, measurements, device));
    }
  }
  return kappas;
}

}  // namespace ionloom::sites
