#include "sites/reference_tasks.h"

#include <string>
#include <utility>
#include <vector>

#include "plan/robust_fit.h"

namespace ionloom::sites {
namespace {

plan::Device reference(std::string runtime) {
  return {.machine = std::string(plan::kReferenceMachine), .runtime = std::move(runtime)};
}

bool was_measured(const plan::StageModel& model, const plan::Device& device) {
  return model.device(plan::device_text(device)) != nullptr;
}

}  // namespace

std::string_view measured_runtime(Runtime runtime) {
  if (runtime == Runtime::kNative) return "native";
  return runtime == Runtime::kInterpreted ? "interpreted" : "wasm";
}

plan::Device reference_of_tasks(const plan::StageModel& model) {
  for (const char* runtime : {"wasm-disk", "wasm", "native"}) {
    plan::Device device = reference(runtime);
    if (was_measured(model, device)) return device;
  }
  return reference("wasm-disk");
}

std::optional<plan::Device> reference_of_tasks(const plan::StageModel& model, Runtime runtime) {
  const std::string name(measured_runtime(runtime));
  plan::Device on_disk = reference(name + "-disk");
  if (was_measured(model, on_disk)) return on_disk;
  // A stage that reads no peaks is the same in tasks and on threads, if these were measured alone.
  plan::Device device = reference(name);
  if (was_measured(model, device) && !was_measured(model, reference("wasm-disk"))) return device;
  return std::nullopt;
}

plan::JobCounts usual_job() {
  return {.spectra = 4096,
          .peaks = 4'096'000,
          .pixels = 4096,
          .formulas = 1000,
          .modifiers = 3,
          .decoys = 20,
          .ions = 60'000,
          .image_ions = 100,
          .window_peaks = 1'500'000};
}

double runtime_ratio(const plan::StageModel& model, Runtime runtime, const plan::JobCounts& job) {
  const auto own = reference_of_tasks(model, runtime);
  if (!own) return 1;
  const plan::WorkCounts work = plan::stage_counts(model.stage, job);
  const auto there = model.predict(plan::device_text(*own), work);
  const auto compiled = model.predict(plan::device_text(reference_of_tasks(model)), work);
  if (!there || !compiled || !(there->seconds > 0) || !(compiled->seconds > 0)) return 1;
  return there->seconds / compiled->seconds;
}

Kappas kappas_of_job(const Kappas& usual, Runtime runtime, const plan::LearnedModels& models,
                     const plan::JobCounts& job) {
  Kappas kappas = usual;
  for (const plan::StageModel& model : models.stages) {
    auto& kappa = kappas[static_cast<std::size_t>(model.stage)];
    if (!kappa) continue;
    *kappa *= runtime_ratio(model, runtime, job) / runtime_ratio(model, runtime, usual_job());
  }
  return kappas;
}

std::optional<double> speed_kappa(const Kappas& usual, Runtime runtime,
                                  const plan::LearnedModels& models) {
  std::vector<double> slower;
  for (const plan::StageModel& model : models.stages) {
    const auto& kappa = usual[static_cast<std::size_t>(model.stage)];
    if (kappa) slower.push_back(*kappa / runtime_ratio(model, runtime, usual_job()));
  }
  if (slower.empty()) return std::nullopt;
  return plan::median(std::move(slower));
}

}  // namespace ionloom::sites
