#include "app/thread_choice.h"

#include "app/known_models.h"
#include "app/stage_devices.h"
#include "plan/thread_plan.h"

namespace ionloom::app {

std::uint32_t choose_threads(const plan::LearnedModels& models, const RunSettings& settings,
                             const std::string& runtime, const plan::JobCounts& job,
                             std::uint32_t most) {
  constexpr double kWorthMore = 0.99;
  const std::string machine = this_machine();
  std::uint32_t best = 1;
  double least_s = 0;
  for (std::uint32_t threads = 1; threads <= most; ++threads) {
    const auto device_of = [&](plan::Stage stage) {
      plan::Device device = stage_device(stage, settings, runtime, false, machine);
      device.threads = threads;
      return device;
    };
    const plan::ThreadPlan plan(models, device_of, job, 0.9);
    const double seconds = plan.remaining_s();
    if (threads > 1 && seconds >= kWorthMore * least_s) continue;
    best = threads;
    least_s = seconds;
  }
  return best;
}

}  // namespace ionloom::app
