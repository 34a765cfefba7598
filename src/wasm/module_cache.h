#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include <wasmtime/component.hh>
#include <wasmtime/module.hh>

#include "base/error.h"
#include "wasm/engine.h"

namespace ionloom::wasm {

struct ModuleCacheSettings {
  std::filesystem::path folder = {};  ///< made when the first module is kept
  std::uint64_t limit_bytes = 500'000'000;
};

/// Where a module's code came from.
enum class ModuleSource : std::uint8_t {
  kCompiled,  ///< no cache was to be used
  kMissed,    ///< the cache had none; compiled
  kDamaged,   ///< the cache's entry was damaged; compiled
  kCached,    ///< mapped from the cache
};

template <class Code>
struct Loaded {
  Code code;
  ModuleSource source = ModuleSource::kCompiled;
  std::string cache_trouble;  ///< why compiled code could not be kept; empty: it was
};
using LoadedModule = Loaded<wasmtime::Module>;
using LoadedComponent = Loaded<wasmtime::component::Component>;

/// Gets a module's code for an engine: from the cache, or compiled and then kept there. Entries are
/// named by the module's hash and all that its code depends on, appear whole, and are believed only
/// with right checksums; processes may share the folder. One thread at a time.
/// @param name   the module's, for errors
/// @param cache  absent: none is used
/// Fails (kData) when the bytes are no valid module.
[[nodiscard]] Result<LoadedModule> load_module(Engine& engine, std::span<const std::byte> bytes,
                                               const std::string& name,
                                               const std::optional<ModuleCacheSettings>& cache);

/// The same for a component.
[[nodiscard]] Result<LoadedComponent> load_component(
    Engine& engine, std::span<const std::byte> bytes, const std::string& name,
    const std::optional<ModuleCacheSettings>& cache);

}  // namespace ionloom::wasm
