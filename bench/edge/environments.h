#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "plan/stage.h"
#include "sites/device_record.h"
#include "sites/placement.h"

namespace ionloom::bench {

using StageSeconds = std::array<std::optional<double>, plan::kStages.size()>;

/// A device as the middle of its self-tests shows it.
struct TestedDevice {
  std::string name{};
  sites::Runtime runtime = sites::Runtime::kNative;
  sites::Kappas kappas{};  ///< against the reference device, for the usual job
  sites::Kappas filled{};  ///< the same, missing ones filled
};

/// A dataset with a list: its sizes, how long each stage took on each device, how long the
/// reference device was predicted to take, and a device's kappas for it by each of its self-tests.
struct MeasuredJob {
  std::string name{};
  sites::PlacementJob sizes{};
  StageSeconds predicted{};
  std::map<std::string, StageSeconds> took{};
  std::map<std::string, std::vector<sites::Kappas>> kappas{};
};

/// What edge_run.py measured (its layout there).
struct EdgeMeasurements {
  std::vector<TestedDevice> devices{};  ///< the first is the reference
  std::vector<MeasuredJob> jobs{};
};

/// @throws std::exception  for JSON that is no such thing
[[nodiscard]] EdgeMeasurements read_edge_measurements(const nlohmann::json& json);

/// Two or three sites with measured devices, links drawn from 1 Mb/s to 1 Gb/s and 1 to 100 ms, and
/// a measured job.
struct Environment {
  std::vector<sites::Site> known{};  ///< by one self-test each, and links as they were last seen
  std::vector<sites::Site> truth{};  ///< by measured stage times, and links as they are
  sites::PlacementJob known_job{};
  sites::PlacementJob true_job{};
  std::string text{};
};

[[nodiscard]] Environment draw_environment(const EdgeMeasurements& measured, std::uint64_t seed);

/// How far from the best of all placements those are that are chosen with what is known.
[[nodiscard]] nlohmann::json placement_regret(const EdgeMeasurements& measured,
                                              std::uint64_t environments);

/// Kappas of each device as they are filled when only one stage of it was measured, against what
/// its runs took.
[[nodiscard]] nlohmann::json leave_one_device_out(const EdgeMeasurements& measured);

}  // namespace ionloom::bench
