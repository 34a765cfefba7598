#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <wasmtime/store.hh>

#include "base/error.h"
#include "wasm/engine.h"
#include "wasm/limits.h"

namespace ionloom::wasm {

/// A store of Wasmtime's whose guests run within limits. Used by one thread at a time.
class LimitedStore {
 public:
  /// @param engine  must outlive this
  explicit LimitedStore(Engine& engine);

  /// For the calls that follow; time runs from now. Memory that a guest has already stays.
  void limit(const Limits& limits);

  [[nodiscard]] wasmtime::Store::Context context() { return store_.context(); }

  /// For the host's functions: fails when the guest is to be stopped.
  /// @param where  whom the error is about
  [[nodiscard]] Result<void> may_go_on(const std::string& where) const;

  /// Why a call failed, as an Error: what the guest did, or which limit it met. kInterrupted when
  /// it was cancelled, kResource for memory, kData otherwise.
  /// @param where  whom the error is about
  [[nodiscard]] Error error_of(const wasmtime::TrapError& failure, const std::string& where) const;

 private:
  enum class Stop : std::uint8_t { kNone, kTime, kCancelled };
  /// What the deadline's callback looks at.
  struct Watched {
    Limits limits;
    std::chrono::steady_clock::time_point start;
    Stop stop = Stop::kNone;

    /// Whether the guest may go on; why not, if it may not.
    Stop look();
  };
  [[nodiscard]] std::optional<Error> stopped(const std::string& where) const;

  bool fuel_;
  std::unique_ptr<Watched> watched_;
  wasmtime::Store store_;
};

}  // namespace ionloom::wasm
