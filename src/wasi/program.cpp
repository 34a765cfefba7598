#include "wasi/program.h"

#include <chrono>
#include <variant>

#include <fmt/core.h>
#include <unistd.h>
#include <wasmtime/extern.hh>
#include <wasmtime/func.hh>
#include <wasmtime/instance.hh>
#include <wasmtime/linker.hh>
#include <wasmtime/wasi.hh>

#include "wasi/component.h"
#include "wasi/descriptor_table.h"
#include "wasi/host_stream.h"
#include "wasi/wasi_imports.h"
#include "wasm/engine.h"
#include "wasm/limited_store.h"
#include "wasm/trap_sentence.h"

namespace ionloom::wasi {
namespace {

/// What Wasmtime's own functions tell: arguments and environment. Input only for poll_oneoff.
wasmtime::WasiConfig wasi_config(const ProgramSettings& settings) {
  wasmtime::WasiConfig config;
  config.argv(settings.arguments);
  config.env(settings.environment);
  config.inherit_stdin();
  return config;
}

/// Whether a program that begins now has met its limits, for calls in which it waits.
HostStream::Stopped stopped_by(const wasm::Limits& limits) {
  return [start = std::chrono::steady_clock::now(), limits] {
    const bool late = limits.time && std::chrono::steady_clock::now() - start > *limits.time;
    return late || (limits.cancelled && limits.cancelled());
  };
}

Result<void> fill(DescriptorTable& table, ProgramSettings& settings,
                  const HostStream::Stopped& stopped) {
  const auto add = [&](Descriptor descriptor) { return table.add(std::move(descriptor)); };
  auto full = add({.file = std::make_unique<HostStream>(STDIN_FILENO, stopped), .writes = false});
  for (const int output : {STDOUT_FILENO, STDERR_FILENO}) {
    if (full) full = add({.file = std::make_unique<HostStream>(output), .reads = false});
  }
  for (GivenFolder& given : settings.folders) {
    if (full) full = add({.file = std::move(given.folder), .given_as = std::move(given.path)});
  }
  if (full) return {};
  return usage_error(
      fmt::format("{} open handles are too few for the standard streams and {} "
                  "folders",
                  settings.handles, settings.folders.size()));
}

/// The exit status of a program that called exit(); nothing when it was stopped otherwise.
std::optional<std::int32_t> exit_status(const wasmtime::TrapError& failure) {
  const auto* error = std::get_if<wasmtime::Error>(&failure.data);
  return error == nullptr ? std::nullopt : error->i32_exit();
}

Result<std::int32_t> call_start(wasmtime::Linker& linker, wasm::LimitedStore& store,
                                const wasmtime::Module& module, const std::string& name) {
  const wasmtime::Store::Context context = store.context();
  auto made = linker.instantiate(context, module);
  if (!made) {
    auto failure = made.err();
    if (const auto status = exit_status(failure)) return *status;
    return std::unexpected(store.error_of(failure, name));
  }
  wasmtime::Instance instance = made.ok();
  const auto exported = instance.get(context, "_start");
  const auto* start = exported ? std::get_if<wasmtime::Func>(&*exported) : nullptr;
  if (start == nullptr) {
    return data_error(name, "not a program: it does not export _start, as WASI's programs do");
  }
  const auto typed = start->typed<std::monostate, std::monostate>(context);
  if (!typed) return data_error(name, "its _start takes parameters or has results");
  auto ended = typed.ok_ref().call(context, {});
  if (ended) return 0;
  auto failure = ended.err();
  if (const auto status = exit_status(failure)) return *status;
  return std::unexpected(store.error_of(failure, name));
}

}  // namespace

Result<std::int32_t> run_program(std::span<const std::byte> module, const std::string& name,
                                 ProgramSettings settings) {
  if (is_component(module)) return run_component(module, name, std::move(settings));
  const auto engine =
      wasm::Engine::create({.instances = 1, .fuel = settings.limits.fuel.has_value()});
  if (!engine) return std::unexpected(engine.error());
  const auto loaded = wasm::load_module(**engine, module, name, settings.cache);
  if (!loaded) return std::unexpected(loaded.error());

  DescriptorTable table(settings.handles);
  const HostStream::Stopped stopped = stopped_by(settings.limits);
  if (auto filled = fill(table, settings, stopped); !filled) {
    return std::unexpected(filled.error());
  }
  WasiImports imports(table, stopped);
  wasmtime::Linker linker((*engine)->handle());
  linker.allow_shadowing(true);
  if (auto defined = linker.define_wasi(); !defined) {
    return data_error(name, defined.err().message());
  }
  if (auto defined = imports.define(linker); !defined) return std::unexpected(defined.error());
  wasm::LimitedStore store(**engine);
  if (auto set = store.context().set_wasi(wasi_config(settings)); !set) {
    return data_error(name, set.err().message());
  }
  store.limit(settings.limits);
  auto status = call_start(linker, store, loaded->code, name);
  if (!status) return status;
  if (const auto closed = table.close_all(); !closed) {
    return data_error(name, fmt::format("what it had open when it ended could not be sealed "
                                        "(WASI's errno {})",
                                        static_cast<int>(closed.error())));
  }
  return status;
}

}  // namespace ionloom::wasi
