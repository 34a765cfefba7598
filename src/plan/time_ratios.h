#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "plan/measurement.h"
#include "plan/robust_fit.h"

namespace ionloom::plan {

/// What measurements are compared with: those of another device, and what is predicted of it.
struct ComparedDevice {
  std::vector<const Measurement*> measurements{};  ///< as its clock told them
  std::function<std::optional<double>(const WorkCounts& work)> predict{};  ///< seconds
};

/// How many times longer each measurement took than its work does on another device: than the same
/// work was measured to take there, or than it is predicted to. It counts as much as that time.
/// Those of which nothing is known there are left out.
/// @param seconds  what a measurement is taken to have lasted
[[nodiscard]] std::vector<Weighted> time_ratios(
    std::span<const Measurement* const> measured, const ComparedDevice& there,
    const std::function<double(const Measurement& one)>& seconds);

}  // namespace ionloom::plan
