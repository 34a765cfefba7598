#include "wasm/limited_store.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "wasm/trap_sentence.h"

namespace ionloom::wasm {

LimitedStore::Stop LimitedStore::Watched::look() {
  if (limits.cancelled && limits.cancelled()) {
    stop = Stop::kCancelled;
  } else if (limits.time && std::chrono::steady_clock::now() - start > *limits.time) {
    stop = Stop::kTime;
  }
  return stop;
}

LimitedStore::LimitedStore(Engine& engine)
    : fuel_(engine.settings().fuel),
      watched_(std::make_unique<Watched>()),
      store_(engine.handle()) {
  store_.epoch_deadline_callback(
      [watched = watched_.get()](
          wasmtime::Store::Context /*context*/,
          std::uint64_t& more_epochs) -> wasmtime::Result<wasmtime::DeadlineKind> {
        more_epochs = 1;
        if (watched->look() == Stop::kNone) return wasmtime::DeadlineKind::Continue;
        return wasmtime::Error("stopped");
      });
}

void LimitedStore::limit(const Limits& limits) {
  *watched_ = {.limits = limits, .start = std::chrono::steady_clock::now(), .stop = Stop::kNone};
  constexpr std::int64_t kDefault = -1;
  const auto memory_bytes = static_cast<std::int64_t>(
      std::min<std::uint64_t>(limits.memory_bytes, std::numeric_limits<std::int64_t>::max()));
  store_.limiter(memory_bytes, kDefault, kDefault, kDefault, kDefault);
  context().set_epoch_deadline(1);
  if (fuel_) {
    // Refused only by an engine without fuel.
    static_cast<void>(
        context().set_fuel(limits.fuel.value_or(std::numeric_limits<std::uint64_t>::max())));
  }
}

std::optional<Error> LimitedStore::stopped(const std::string& where) const {
  switch (watched_->stop) {
    case Stop::kCancelled:
      return Error{ErrorCode::kInterrupted, where, "stopped on request"};
    case Stop::kTime:
      return Error{ErrorCode::kData, where,
                   fmt::format("stopped after {} ms, the time that it was given",
                               watched_->limits.time->count())};
    case Stop::kNone:
      break;
  }
  return std::nullopt;
}

Result<void> LimitedStore::may_go_on(const std::string& where) const {
  if (watched_->look() == Stop::kNone) return {};
  return std::unexpected(*stopped(where));
}

Error LimitedStore::error_of(const wasmtime::TrapError& failure, const std::string& where) const {
  if (auto error = stopped(where)) return *std::move(error);
  const std::string sentence = trap_sentence(failure);
  return {is_about_memory(failure) ? ErrorCode::kResource : ErrorCode::kData, where, sentence};
}

}  // namespace ionloom::wasm
