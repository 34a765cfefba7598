#include "wasm/engine.h"

#include <cerrno>
#include <utility>

#include <fmt/core.h>
#include <sys/mman.h>
#include <wasmtime.h>

#include "wasm/cpu_features.h"

namespace ionloom::wasm {
namespace {

constexpr std::uint64_t kGuardBytes = std::uint64_t{32} << 20;
constexpr std::size_t kStackBytes = std::size_t{1} << 20;
constexpr std::size_t kTableElements = 20'000;
constexpr const char* kInterpreter = "pulley64";
constexpr std::size_t kInstanceBytes = std::size_t{1} << 20;

wasmtime::PoolAllocationConfig pool_of(const EngineSettings& settings) {
  wasmtime::PoolAllocationConfig pool;
  pool.total_core_instances(settings.instances);
  pool.total_memories(settings.instances);
  pool.total_tables(settings.instances);
  pool.total_component_instances(settings.instances);
  pool.total_stacks(settings.instances);
  pool.total_gc_heaps(0);
  pool.max_memory_size(kMemoryBytes);
  pool.max_core_instance_size(kInstanceBytes);
  pool.table_elements(kTableElements);
  pool.max_unused_warm_slots(settings.instances);
  return pool;
}

wasmtime::Config config_of(const EngineSettings& settings) {
  wasmtime::Config config;
  config.pooling_allocation_strategy(pool_of(settings));
  config.memory_reservation(kMemoryBytes);
  config.memory_guard_size(kGuardBytes);
  config.max_wasm_stack(kStackBytes);
  config.epoch_interruption(settings.watched);
  config.consume_fuel(settings.fuel);
  config.cranelift_opt_level(wasmtime::OptLevel::Speed);
  // The same bits on every processor.
  config.wasm_relaxed_simd(false);
  // Nothing that we run needs these.
  config.wasm_threads(false);
  config.wasm_memory64(false);
  config.wasm_gc(false);
  config.wasm_function_references(false);
  config.wasm_exceptions(false);
  if (settings.interpreted) {
    // Fails for a name that the library was built without; the interpreter's is in it.
    auto* failed = wasmtime_config_target_set(config.capi(), kInterpreter);
    if (failed != nullptr) wasmtime_error_delete(failed);
  }
  return config;
}

/// Wasmtime ends the process when it gets no addresses for its pool, so they are asked for before.
Result<void> look_for_addresses(const EngineSettings& settings) {
  const std::uint64_t size_bytes = settings.instances * (kMemoryBytes + kGuardBytes) + kMemoryBytes;
  void* reserved =
      ::mmap(nullptr, size_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved != MAP_FAILED) {
    ::munmap(reserved, size_bytes);
    return {};
  }
  return fail(ErrorCode::kResource, {},
              fmt::format("running {} WebAssembly instances needs {} GiB of addresses (not of "
                          "memory), which the system refuses; raise ulimit -v or use fewer threads",
                          settings.instances, size_bytes >> 30));
}

}  // namespace

Engine::Engine(const EngineSettings& settings)
    : settings_(settings),
      compiles_for_(fmt::format("wasmtime {} fuel {} watched {} on {}", WASMTIME_VERSION,
                                settings.fuel, settings.watched,
                                settings.interpreted ? kInterpreter : cpu_features())),
      engine_(config_of(settings)) {
  if (settings.watched) clock_.emplace(engine_);
}

Result<std::unique_ptr<Engine>> Engine::create(const EngineSettings& settings) {
  if (auto there = look_for_addresses(settings); !there) return std::unexpected(there.error());
  return std::unique_ptr<Engine>(new Engine(settings));
}

}  // namespace ionloom::wasm
