#include "wasm/stage_instance.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/core.h>
#include <sys/mman.h>
#include <wasmtime/extern.hh>
#include <wasmtime/instance.hh>
#include <wasmtime/linker.hh>

#include "wasm/guest_memory.h"

namespace ionloom::wasm {
namespace {

constexpr std::int32_t kAbiVersion = 1;

template <class Kind>
std::optional<Kind> exported(wasmtime::Instance& instance, wasmtime::Store::Context context,
                             std::string_view name) {
  auto found = instance.get(context, name);
  if (!found) return std::nullopt;
  const auto* kind = std::get_if<Kind>(&*found);
  return kind == nullptr ? std::nullopt : std::optional<Kind>(*kind);
}

/// A function of the contract with these parameters and results; nullopt when there is none.
template <class Parameters, class Results>
std::optional<wasmtime::TypedFunc<Parameters, Results>> function(wasmtime::Instance& instance,
                                                                 wasmtime::Store::Context context,
                                                                 std::string_view name) {
  const auto found = exported<wasmtime::Func>(instance, context, name);
  if (!found) return std::nullopt;
  auto typed = found->typed<Parameters, Results>(context);
  if (!typed) return std::nullopt;
  return typed.ok();
}

/// Tasks put peaks into thousands of places at once: with pages of 4 kB an address would often have
/// to be looked up. A wish; small pages do as well.
void wish_for_large_pages(wasmtime::Memory& memory, wasmtime::Store::Context context) {
  ::madvise(memory.data(context).data(), kMemoryBytes, MADV_HUGEPAGE);
}

std::unexpected<Error> lacks(const std::string& name, std::string_view exported) {
  return data_error(name, fmt::format("not a module of stages: it does not export {}", exported));
}

/// Codes of `ionloom_run`; another one is the module's fault.
std::optional<ErrorCode> code_of_run(std::uint32_t code) {
  switch (code) {
    case 1:
      return ErrorCode::kData;
    case 2:
      return ErrorCode::kUsage;
    case 3:
      return ErrorCode::kResource;
    case 4:
      return ErrorCode::kRemote;
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<std::unique_ptr<StageInstance>> StageInstance::create(Engine& engine,
                                                             const wasmtime::Module& module,
                                                             const std::string& name,
                                                             const Limits& limits) {
  std::unique_ptr<StageInstance> made(new StageInstance(engine));
  if (auto begun = made->begin(engine, module, name, limits); !begun) {
    return std::unexpected(begun.error());
  }
  return made;
}

Result<void> StageInstance::begin(Engine& engine, const wasmtime::Module& module,
                                  const std::string& name, const Limits& limits) {
  wasmtime::Linker linker(engine.handle());
  if (auto defined = imports_.define(linker); !defined) return defined;
  store_.limit(limits);
  const wasmtime::Store::Context context = store_.context();
  auto made = linker.instantiate(context, module);
  if (!made) return std::unexpected(store_.error_of(made.err(), name));
  wasmtime::Instance instance = made.ok();

  auto memory = exported<wasmtime::Memory>(instance, context, "memory");
  if (!memory) return lacks(name, "memory");
  wish_for_large_pages(*memory, context);
  const auto version =
      function<std::monostate, std::int32_t>(instance, context, "ionloom_stage_abi");
  if (!version) return lacks(name, "ionloom_stage_abi() -> i32");
  const auto task_buffer = function<Bytes, std::uint32_t>(instance, context, "ionloom_task_buffer");
  if (!task_buffer) return lacks(name, "ionloom_task_buffer(i32) -> i32");
  const auto run = function<Range, std::uint32_t>(instance, context, "ionloom_run");
  if (!run) return lacks(name, "ionloom_run(i32, i32) -> i32");

  if (const auto initialize =
          function<std::monostate, std::monostate>(instance, context, "_initialize")) {
    if (auto done = initialize->call(context, {}); !done) {
      return std::unexpected(store_.error_of(done.err(), name));
    }
  }
  auto spoken = version->call(context, {});
  if (!spoken) return std::unexpected(store_.error_of(spoken.err(), name));
  if (spoken.ok_ref() != kAbiVersion) {
    return data_error(name, fmt::format("it speaks version {} of the contract between host and "
                                        "stages; this program speaks version {}",
                                        spoken.ok_ref(), kAbiVersion));
  }
  exports_ = std::make_unique<Exports>(Exports{*memory, *task_buffer, *run});
  return {};
}

std::uint64_t StageInstance::memory_bytes() {
  return exports_->memory.data(store_.context()).size();
}

Result<void> StageInstance::run(std::string_view text, const std::string& where, tasks::TaskIo& io,
                                const Limits& limits) {
  store_.limit(limits);
  imports_.serve(io, [this] { return store_.may_go_on({}); });
  auto done = call(text, where);
  // A range that the module may not ask for counts, whatever the module made of the refusal.
  if (imports_.failure()) {
    usable_ = usable_ && done.has_value();
    done = std::unexpected(*imports_.failure());
    done.error().where = done.error().where.empty() ? where : where + ", " + done.error().where;
  }
  imports_.serve_nothing();
  return done;
}

Result<std::uint32_t> StageInstance::place(std::string_view text, const std::string& where) {
  const wasmtime::Store::Context context = store_.context();
  const auto size_bytes = static_cast<std::uint32_t>(text.size());
  auto given = exports_->task_buffer.call(context, {size_bytes});
  if (!given) {
    usable_ = false;
    return std::unexpected(store_.error_of(given.err(), where));
  }
  const std::uint32_t address = given.ok_ref();
  if (address == 0) {
    return fail(ErrorCode::kResource, where, "the module has no memory for the text of the task");
  }
  const auto memory = exports_->memory.data(context);
  const auto buffer = guest_range({memory.data(), memory.size()}, address, size_bytes);
  if (!buffer) {
    usable_ = false;
    return data_error(where, fmt::format("the module wants {} bytes of the task at address {} of a "
                                         "memory of {} bytes",
                                         size_bytes, address, memory.size()));
  }
  std::memcpy(buffer->data(), text.data(), text.size());
  return address;
}

Result<void> StageInstance::call(std::string_view text, const std::string& where) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
    return data_error(where, "the text of the task is larger than a module's memory");
  }
  const auto address = place(text, where);
  if (!address) return std::unexpected(address.error());
  auto ended =
      exports_->run.call(store_.context(), {*address, static_cast<std::uint32_t>(text.size())});
  const std::string& sentence = imports_.error_sentence();
  if (!ended) {
    usable_ = false;
    Error error = store_.error_of(ended.err(), where);
    // Before it gives up for want of memory the module says so.
    if (!sentence.empty() && error.code != ErrorCode::kInterrupted) {
      error.code = ErrorCode::kResource;
      error.what = sentence + " (" + error.what + ")";
    }
    return std::unexpected(std::move(error));
  }
  if (ended.ok_ref() == 0) return {};
  if (const auto code = code_of_run(ended.ok_ref()); code && !sentence.empty()) {
    return fail(*code, where, sentence);
  }
  return data_error(where, fmt::format("the module ended with {} and {}", ended.ok_ref(),
                                       sentence.empty() ? "without a word" : sentence));
}

}  // namespace ionloom::wasm
