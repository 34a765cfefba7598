#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <wasmtime/engine.hh>

#include "base/error.h"
#include "wasm/epoch_clock.h"

/// WebAssembly on Wasmtime: an engine (engine.h) compiles modules, a cache keeps what it compiled
/// (module_cache.h), guests run within limits (limits.h, limited_store.h). On these stand whatever
/// hosts guests; the one for the stages of the annotation begins at stage_runner.h.
namespace ionloom::wasm {

/// Addresses that are reserved for a linear memory: all that 32 bits can tell apart.
inline constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 32;

struct EngineSettings {
  std::uint32_t instances = 64;  ///< that may live at the same time; each reserves addresses
  bool fuel = false;             ///< guests can be given fuel, and run slower for it
  /// Code is Wasmtime's Pulley bytecode, which runs on every processor, and an interpreter of it.
  bool interpreted = false;
  /// Every loop of a guest looks whether its time is over, which takes a fifth to a third of it.
  /// Without, a guest is stopped where it calls the host: for modules that end by themselves.
  bool watched = true;
};

/// Compiles modules and runs them. Linear memories and their guards lie in a pool that is reserved
/// once; an address of 32 bits needs no check, since whatever it reaches is reserved. Thread-safe.
class Engine {
 public:
  /// Fails (kResource) when the system does not have that many addresses left (ulimit -v).
  [[nodiscard]] static Result<std::unique_ptr<Engine>> create(const EngineSettings& settings = {});

  [[nodiscard]] wasmtime::Engine& handle() { return engine_; }
  [[nodiscard]] const EngineSettings& settings() const { return settings_; }

  /// What compiled code depends on beside its module: the runtime's version, this processor's
  /// features, the settings.
  [[nodiscard]] const std::string& compiles_for() const { return compiles_for_; }

 private:
  explicit Engine(const EngineSettings& settings);

  EngineSettings settings_;
  std::string compiles_for_;
  wasmtime::Engine engine_;
  std::optional<EpochClock> clock_;  ///< for guests that are watched
};

}  // namespace ionloom::wasm
