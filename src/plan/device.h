#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ionloom::plan {

/// Where stages run: a machine, the way of running, and the threads of a stage. As a measurement's
/// device it reads "MACHINE RUNTIME xTHREADS": "laptop native x4".
struct Device {
  std::string machine{};
  std::string runtime = "native";  ///< or "wasm", "interpreted"
  std::uint32_t threads = 1;

  bool operator==(const Device&) const = default;
};

[[nodiscard]] std::string device_text(const Device& device);

/// Absent for a text that device_text() does not write.
[[nodiscard]] std::optional<Device> device_from_text(std::string_view text);

/// The machine that shipped measurements were made on; what models default to.
inline constexpr std::string_view kReferenceMachine = "reference";

}  // namespace ionloom::plan
