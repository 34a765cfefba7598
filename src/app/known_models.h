#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/learned_models.h"
#include "plan/measurement.h"

namespace ionloom::app {

/// Where measurements are kept: what IONLOOM_MEASUREMENTS names, else
/// $XDG_DATA_HOME/ionloom/measurements.sqlite, else the same below ~/.local/share. Absent when no
/// absolute path is known.
[[nodiscard]] std::optional<std::filesystem::path> measurements_path();

/// The models learned from them lie beside, as "NAME.models.json".
[[nodiscard]] std::filesystem::path models_path(const std::filesystem::path& measurements);

/// What this machine is called in measurements: what IONLOOM_DEVICE says, else the processor's name
/// and its cores, "AMD EPYC, 2 cores".
[[nodiscard]] std::string this_machine();

/// The measurements that ship with the program.
[[nodiscard]] std::vector<plan::Measurement> shipped_measurements();

/// These and all own ones, in the order in which they were made; the shipped ones alone when the
/// own cannot be read.
[[nodiscard]] std::vector<plan::Measurement> known_measurements();

struct KnownModels {
  plan::LearnedModels models{};
  std::string
      trouble{};  ///< why only those that ship are used, a sentence; empty: nothing is wrong
};

/// The models that were learned last, at once; those that ship when none were or when they cannot
/// be read.
[[nodiscard]] KnownModels known_models();

/// Learns from what ships and all own measurements, and keeps the models. Own measurements that
/// cannot be read are left as they are.
[[nodiscard]] KnownModels learn_again();

/// Adds measurements to the file, and learns again when there are a good many new ones. Fails when
/// they cannot be written; the file is then as before.
[[nodiscard]] Result<void> record(std::span<const plan::Measurement> measurements);

}  // namespace ionloom::app
