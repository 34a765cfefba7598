#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include <wasmtime/engine.hh>

namespace ionloom::wasm {

/// Advances an engine's epoch every kEpoch (limits.h) while it lives, on a thread of its own.
class EpochClock {
 public:
  explicit EpochClock(const wasmtime::Engine& engine);

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;  ///< last, so that it ends before what it waits on
};

}  // namespace ionloom::wasm
