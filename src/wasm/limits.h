#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace ionloom::wasm {

/// What a guest may take. Time and cancellation are looked at every kEpoch while the guest runs;
/// where it is not watched (EngineSettings), when it calls the host.
struct Limits {
  std::uint64_t memory_bytes = std::uint64_t{1} << 32;  ///< of its linear memory
  std::optional<std::chrono::milliseconds> time = {};   ///< from the call of the guest on
  std::optional<std::uint64_t> fuel =
      {};  ///< about one a wasm instruction; needs EngineSettings::fuel
  std::function<bool()> cancelled = {};  ///< true: stop; asked from the guest's thread
};

/// How often a running guest is looked at.
inline constexpr std::chrono::milliseconds kEpoch{10};

}  // namespace ionloom::wasm
