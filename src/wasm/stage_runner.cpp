#include "wasm/stage_runner.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "wasm/module_hash.h"
#include "wasm/stage_instance.h"

namespace ionloom::wasm {
namespace {

constexpr std::uint64_t kPageBytes = 65536;

std::uint64_t whole_pages(std::uint64_t size_bytes) {
  const std::uint64_t pages = size_bytes / kPageBytes + (size_bytes % kPageBytes == 0 ? 0 : 1);
  return std::min(pages, std::uint64_t{1} << 16) * kPageBytes;
}

}  // namespace

/// The instances of a module, lent to one thread at a time.
struct StageRunner::Instances {
  explicit Instances(wasmtime::Module of) : module(std::move(of)) {}

  wasmtime::Module module;
  mutable std::mutex mutex;
  std::condition_variable returned;
  std::vector<std::unique_ptr<StageInstance>> idle;
  std::uint32_t lent = 0;
  std::uint64_t made = 0;
  std::uint64_t peak_memory_bytes = 0;

  /// Waits for a place among `most` instances and takes an idle one whose memory is within the
  /// bound, if there is one. What is idle and too large gives up its place when it is needed.
  std::unique_ptr<StageInstance> borrow(std::uint32_t most, std::uint64_t memory_bytes) {
    std::unique_lock lock(mutex);
    returned.wait(lock, [&] { return lent < most; });
    ++lent;
    const auto fits = std::ranges::find_if(
        idle, [&](const auto& instance) { return instance->memory_bytes() <= memory_bytes; });
    if (fits != idle.end()) {
      std::unique_ptr<StageInstance> instance = std::move(*fits);
      idle.erase(fits);
      return instance;
    }
    if (lent + idle.size() > most) idle.pop_back();
    ++made;
    return nullptr;
  }

  void give_back(std::unique_ptr<StageInstance> instance) {
    const std::uint64_t size_bytes = instance == nullptr ? 0 : instance->memory_bytes();
    if (instance != nullptr && !instance->usable()) instance.reset();  // before its place is free
    {
      const std::lock_guard lock(mutex);
      --lent;
      peak_memory_bytes = std::max(peak_memory_bytes, size_bytes);
      if (instance != nullptr) idle.push_back(std::move(instance));
    }
    returned.notify_one();
  }
};

StageRunner::StageRunner(std::unique_ptr<Engine> engine, LoadedModule loaded)
    : engine_(std::move(engine)),
      source_(loaded.source),
      cache_trouble_(std::move(loaded.cache_trouble)),
      instances_(std::make_unique<Instances>(std::move(loaded.code))) {}

StageRunner::~StageRunner() = default;

Result<std::unique_ptr<StageRunner>> StageRunner::open(std::span<const std::byte> module,
                                                       const std::string& name,
                                                       const StageRunnerSettings& settings) {
  if (settings.sha256) {
    if (auto right = check_module_sha256(module, name, *settings.sha256); !right) {
      return std::unexpected(right.error());
    }
  }
  auto engine = Engine::create(settings.engine);
  if (!engine) return std::unexpected(engine.error());
  auto loaded = load_module(**engine, module, name, settings.cache);
  if (!loaded) return std::unexpected(loaded.error());
  std::unique_ptr<StageRunner> runner(new StageRunner(std::move(*engine), std::move(*loaded)));
  Instances& instances = *runner->instances_;
  auto first = StageInstance::create(*runner->engine_, instances.module, name,
                                     {.time = settings.time_to_begin});
  if (!first) return std::unexpected(first.error());
  instances.idle.push_back(std::move(*first));
  instances.made = 1;
  return runner;
}

Result<void> StageRunner::run(std::string_view text, const std::string& where, tasks::TaskIo& io,
                              const Limits& limits) {
  Limits within = limits;
  within.memory_bytes = whole_pages(limits.memory_bytes);
  std::unique_ptr<StageInstance> instance =
      instances_->borrow(engine_->settings().instances, within.memory_bytes);
  Result<void> done;
  if (instance == nullptr) {
    auto made = StageInstance::create(*engine_, instances_->module, where, within);
    if (made) {
      instance = std::move(*made);
    } else {
      done = std::unexpected(made.error());
    }
  }
  if (instance != nullptr) done = instance->run(text, where, io, within);
  instances_->give_back(std::move(instance));
  return done;
}

void StageRunner::drop_idle() {
  const std::lock_guard lock(instances_->mutex);
  instances_->idle.clear();
}

std::uint64_t StageRunner::instances_made() const {
  const std::lock_guard lock(instances_->mutex);
  return instances_->made;
}

std::uint64_t StageRunner::peak_memory_bytes() const {
  const std::lock_guard lock(instances_->mutex);
  return instances_->peak_memory_bytes;
}

}  // namespace ionloom::wasm
