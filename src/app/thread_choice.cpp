#include "app/thread_choice.h"

#include <vector>

#include "app/known_models.h"
#include "app/run_plan.h"
#include "app/stage_devices.h"
#include "plan/thread_plan.h"

namespace ionloom::app {

std::uint32_t choose_threads(const plan::LearnedModels& models, const RunSettings& settings,
                             const std::string& runtime, const plan::JobCounts& job,
                             std::uint32_t most) {
  const std::string machine = this_machine();
  std::vector<plan::RunTimes> runs;
  runs.reserve(most);
  for (std::uint32_t threads = 1; threads <= most; ++threads) {
    const auto device_of = [&](plan::Stage stage) {
      plan::Device device = stage_device(stage, settings, runtime, false, machine);
      device.threads = threads;
      return device;
    };
    runs.push_back(plan::ThreadPlan(models, device_of, job, kPlanLevel).times());
  }
  return static_cast<std::uint32_t>(plan::surely_soonest(runs)) + 1;
}

}  // namespace ionloom::app
