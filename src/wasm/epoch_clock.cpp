#include "wasm/epoch_clock.h"

#include "wasm/limits.h"

namespace ionloom::wasm {

EpochClock::EpochClock(const wasmtime::Engine& engine)
    : thread_([this, engine](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!ended_.wait_for(lock, stop, kEpoch, [&] { return stop.stop_requested(); })) {
          engine.increment_epoch();
        }
      }) {}

}  // namespace ionloom::wasm
