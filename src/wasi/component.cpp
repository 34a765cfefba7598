#include "wasi/component.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/core.h>
#include <wasmtime/component.hh>
#include <wasmtime/wasi.hh>

#include "wasi/key_value_imports.h"
#include "wasm/engine.h"
#include "wasm/limited_store.h"
#include "wasm/module_cache.h"
#include "wasm/trap_sentence.h"

namespace ionloom::wasi {
namespace {

/// Core instances, memories and tables of one component: its own module and what joins it to the
/// interfaces. Each memory takes 4 GiB of addresses.
constexpr std::uint32_t kInstances = 16;
/// Releases of WASI 0.2 whose wasi:cli/run is looked for.
constexpr int kNewestPatch = 15;

wasmtime::WasiConfig wasi_config(const ProgramSettings& settings) {
  wasmtime::WasiConfig config;
  config.argv(settings.arguments);
  config.env(settings.environment);
  config.inherit_stdin();
  config.inherit_stdout();
  config.inherit_stderr();
  return config;
}

/// The function `run` of any release of wasi:cli/run.
std::optional<wasmtime::component::Func> run_of(const wasmtime::component::Instance& instance,
                                                wasmtime::Store::Context context) {
  for (int patch = 0; patch <= kNewestPatch; ++patch) {
    const auto interface =
        instance.get_export_index(context, nullptr, fmt::format("wasi:cli/run@0.2.{}", patch));
    if (!interface) continue;
    const auto run = instance.get_export_index(context, &*interface, "run");
    return run ? instance.get_func(context, *run) : std::nullopt;
  }
  return std::nullopt;
}

Result<std::int32_t> call_run(wasmtime::component::Linker& linker, wasm::LimitedStore& store,
                              const wasmtime::component::Component& component,
                              const std::string& name) {
  const wasmtime::Store::Context context = store.context();
  auto made = linker.instantiate(context, component);
  if (!made) return std::unexpected(store.error_of(wasmtime::TrapError(made.err()), name));
  const auto run = run_of(made.ok(), context);
  if (!run) {
    return data_error(name,
                      "not a program: it does not export wasi:cli/run@0.2, as components that "
                      "are programs do");
  }
  std::array<wasmtime::component::Val, 1> results = {wasmtime::component::Val(false)};
  auto ended = run->call(context, {}, {results.data(), results.size()});
  if (ended) return results[0].is_result() && results[0].get_result().is_ok() ? 0 : 1;
  auto failure = ended.err();
  if (const auto status = failure.i32_exit()) return *status;
  return std::unexpected(store.error_of(wasmtime::TrapError(std::move(failure)), name));
}

}  // namespace

bool is_component(std::span<const std::byte> bytes) {
  // "\0asm", a version, and a layer: 0 for modules, 1 for components.
  constexpr std::array kMagic = {std::byte{0}, std::byte{'a'}, std::byte{'s'}, std::byte{'m'}};
  constexpr std::size_t kLayerAt = 6;
  return bytes.size() > kLayerAt + 1 && std::ranges::equal(bytes.first(kMagic.size()), kMagic) &&
         bytes[kLayerAt] == std::byte{1} && bytes[kLayerAt + 1] == std::byte{0};
}

Result<std::int32_t> run_component(std::span<const std::byte> bytes, const std::string& name,
                                   ProgramSettings settings) {
  if (settings.folders.size() > settings.buckets.size()) {
    return usage_error(name + " is a component, which is given buckets (--mount) and no folders");
  }
  const auto engine =
      wasm::Engine::create({.instances = kInstances, .fuel = settings.limits.fuel.has_value()});
  if (!engine) return std::unexpected(engine.error());
  const auto component = wasm::load_component(**engine, bytes, name, settings.cache);
  if (!component) return std::unexpected(component.error());
  wasmtime::component::Linker linker((*engine)->handle());
  if (auto defined = linker.add_wasip2(); !defined) {
    return data_error(name, defined.err().message());
  }
  KeyValueImports imports(KeyValue(std::move(settings.buckets)), settings.handles);
  if (auto defined = imports.define(linker); !defined) return std::unexpected(defined.error());
  wasm::LimitedStore store(**engine);
  if (auto set = store.context().set_wasi(wasi_config(settings)); !set) {
    return data_error(name, set.err().message());
  }
  store.limit(settings.limits);
  return call_run(linker, store, component->code, name);
}

}  // namespace ionloom::wasi
