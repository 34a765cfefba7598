#include "exec/wasm_runtime.h"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "wasm/stage_runner.h"

namespace ionloom::exec {
namespace {

class WasmRuntime : public TaskRuntime {
 public:
  WasmRuntime(std::unique_ptr<wasm::StageRunner> runner, const WasmSettings& settings)
      : runner_(std::move(runner)), time_(settings.time), fuel_(settings.fuel) {}

  Result<void> run(const tasks::Task& task, tasks::TaskIo& io,
                   const std::function<bool()>& cancelled) override {
    return runner_->run(
        tasks::encode_task(task), task_place(task), io,
        {.memory_bytes = task.memory_bytes, .time = time_, .fuel = fuel_, .cancelled = cancelled});
  }

  void release_memory() override { runner_->drop_idle(); }

  std::uint64_t most_memory_bytes() const override { return std::uint64_t{1} << 32; }

  std::string cache_trouble() const override { return runner_->cache_trouble(); }

 private:
  std::unique_ptr<wasm::StageRunner> runner_;
  std::optional<std::chrono::milliseconds> time_;
  std::optional<std::uint64_t> fuel_;
};

}  // namespace

Result<std::unique_ptr<TaskRuntime>> open_wasm_runtime(const WasmSettings& settings) {
  std::ifstream file(settings.module, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return data_error(settings.module.string(),
                      "the stages' WebAssembly module cannot be read; `make wasm` builds it");
  }
  wasm::StageRunnerSettings runner{.engine = {.instances = settings.threads,
                                              .fuel = settings.fuel.has_value(),
                                              .interpreted = settings.interpreted,
                                              .watched = settings.watched || settings.time},
                                   .sha256 = settings.sha256};
  if (settings.cache) runner.cache = wasm::ModuleCacheSettings{.folder = *settings.cache};
  auto opened =
      wasm::StageRunner::open(std::as_bytes(std::span(bytes)), settings.module.string(), runner);
  if (!opened) return std::unexpected(opened.error());
  return std::make_unique<WasmRuntime>(std::move(*opened), settings);
}

}  // namespace ionloom::exec
