#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plan/learned_models.h"
#include "plan/stage.h"
#include "sites/recent_values.h"

namespace ionloom::sites {

/// How a device runs the stages.
enum class Runtime : std::uint8_t {
  kNative,       ///< the program's own code
  kPrecompiled,  ///< the WebAssembly module, compiled elsewhere for this instruction set
  kJit,          ///< the WebAssembly module, compiled there
  kInterpreted,  ///< the WebAssembly module, interpreted
};

/// "native", "precompiled" ...
[[nodiscard]] std::string_view runtime_name(Runtime runtime);
[[nodiscard]] std::optional<Runtime> runtime_from_name(std::string_view name);

/// How much longer each stage takes on one core of a device than on one of the machine that
/// ionloom's defaults were measured on; absent where nobody knows.
using Kappas = std::array<std::optional<double>, plan::kStages.size()>;

/// A device's way to the network: what was seen of it lately.
struct Uplink {
  RecentValues up_bytes_s{};
  RecentValues down_bytes_s{};
  RecentValues latency_s{};  ///< there and back

  bool operator==(const Uplink&) const = default;
};

/// What is known of a device (docs/formats/device.md).
struct DeviceRecord {
  std::string name{};
  std::string instruction_set{};  ///< "x86_64", "aarch64" ...
  std::uint32_t cores = 1;
  std::uint64_t memory_bytes = 0;
  Runtime runtime = Runtime::kNative;
  Kappas kappas{};
  /// Of its processors (plan::Measurement), in the mean: stages take so much longer than by kappas
  /// alone.
  double pace = 1;
  Uplink link{};
  double idle_w = 0;       ///< electrical power when nothing runs
  double active_w = 0;     ///< with all cores at work
  double link_j_byte = 0;  ///< energy to send or receive a byte
  std::int64_t measured_unix_s = 0;

  bool operator==(const DeviceRecord&) const = default;
};

/// As JSON, a line a member.
[[nodiscard]] std::string device_record_text(const DeviceRecord& device);

/// Fails when the text is no such record, or one of a newer version: the error names the member.
/// @param where  of errors
[[nodiscard]] Result<DeviceRecord> parse_device_record(std::string_view text,
                                                       std::string_view where);

/// Fills what is missing: log kappa = stage + device (a matrix of rank one), fitted to the devices
/// that run the stages in the same way, or to all where none of these measured the stage. A device
/// of which nothing is known gets the middle of all. A stage that nobody measured stays absent.
/// @param runtimes  one a device
[[nodiscard]] std::vector<Kappas> filled_kappas(const std::vector<Kappas>& known,
                                                std::span<const Runtime> runtimes);

}  // namespace ionloom::sites
