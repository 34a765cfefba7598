#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "exec/progress.h"
#include "plan/measurement.h"

namespace ionloom::app {

/// The stages of this machine, measured.
struct SelfTest {
  std::vector<plan::Measurement> measurements{};
  int runs = 0;
};

/// Annotates simulated datasets with this very program: the smallest first, then as large a one as
/// fits into the budget, and the largest of these again for which there is time; the largest of all
/// on all cores too. Kept are those in which a stage takes long enough to be told from a clock's
/// grain; of a stage that is always shorter the longest. So every stage that ran once is there.
/// @param device    what to call this machine
/// @param runtimes  "native" (threads, then tasks), "wasm", "interpreted"; the budget is shared
/// evenly
/// @param budget_s  for all of it; one round of the smallest dataset is done whatever it takes.
/// Absent: every size three times, which takes minutes, and stages of 1 ms are kept
/// Fails (kData) when a run fails, (kInterrupted) on request.
[[nodiscard]] Result<SelfTest> test_stages(const std::string& device,
                                           const std::vector<std::string>& runtimes,
                                           std::optional<double> budget_s,
                                           exec::Progress& progress);

/// What test_stages() keeps of all that was measured, by stage and device.
/// @param least_s  of a stage; of one that is always shorter those of the longest size are kept
[[nodiscard]] std::vector<plan::Measurement> long_enough(const std::vector<plan::Measurement>& all,
                                                         double least_s = 0.05);

}  // namespace ionloom::app
