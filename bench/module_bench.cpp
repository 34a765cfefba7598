#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "bench/kernels.h"
#include "exec/wasm_runtime.h"
#include "support/scratch_folder.h"
#include "tasks/new_task.h"
#include "tasks/spectra_object.h"
#include "wasm/module_cache.h"
#include "wasm/stage_instance.h"

namespace ionloom::bench {
namespace {

std::vector<std::byte> content_of(const std::filesystem::path& path) {
  const std::string text = test_support::content_of(path);
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// The module from the cache, where it was compiled before.
void load(benchmark::State& state, const Inputs& inputs) {
  const test_support::ScratchFolder folder;
  const wasm::ModuleCacheSettings cache{.folder = folder.path()};
  const std::vector<std::byte> module = content_of(inputs.module);
  auto engine = wasm::Engine::create({.instances = 1});
  if (value_or_skip(state, engine) == nullptr) return;
  auto loaded = wasm::load_module(**engine, module, "module", cache);
  if (value_or_skip(state, loaded) == nullptr) return;
  measure(state, 1, [&] { loaded = wasm::load_module(**engine, module, "module", cache); });
  if (!loaded || loaded->source != wasm::ModuleSource::kCached) {
    state.SkipWithError("the module did not come from the cache");
  }
}

/// An instance, made and given back.
void instance(benchmark::State& state, const Inputs& inputs) {
  const std::vector<std::byte> module = content_of(inputs.module);
  auto engine = wasm::Engine::create({.instances = 1});
  if (value_or_skip(state, engine) == nullptr) return;
  auto loaded = wasm::load_module(**engine, module, "module", std::nullopt);
  if (value_or_skip(state, loaded) == nullptr) return;
  auto made = wasm::StageInstance::create(**engine, loaded->code, "module", {});
  if (value_or_skip(state, made) == nullptr) return;
  measure(state, 1, [&] {
    made->reset();
    made = wasm::StageInstance::create(**engine, loaded->code, "module", {});
  });
}

/// Inputs and outputs of one task, in memory.
class OneTaskIo : public tasks::TaskIo {
 public:
  explicit OneTaskIo(const tasks::Task& task, std::vector<std::byte> object)
      : task_(task), object_(std::move(object)) {}

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    const std::uint64_t from = task_.inputs[input].offset_bytes + offset_bytes;
    std::copy_n(object_.begin() + static_cast<std::ptrdiff_t>(from), into.size(), into.begin());
    return {};
  }
  Result<void> write(std::uint32_t /*output*/, std::span<const std::byte> bytes) override {
    written_bytes_ += bytes.size();
    return {};
  }
  void log(tasks::LogLevel /*level*/, std::string_view /*sentence*/) override {}

 private:
  const tasks::Task& task_;
  std::vector<std::byte> object_;
  std::uint64_t written_bytes_ = 0;
};

/// A task with next to no work: the pixels of one spectrum.
void least_task(benchmark::State& state, const Inputs& inputs) {
  tasks::SpectraTable spectra;
  spectra.mz_offset = spectra.intensity_offset = spectra.length = {0};
  spectra.x = spectra.y = {1};
  spectra.mz_type = spectra.intensity_type = {0};
  const tasks::Task task = tasks::new_index_task("spectra", 1, "pixels");
  OneTaskIo io(task, tasks::encode_spectra(spectra));
  auto runtime = exec::open_wasm_runtime({.module = inputs.module});
  if (value_or_skip(state, runtime) == nullptr) return;
  Result<void> done;
  measure(state, 1, [&] { done = (*runtime)->run(task, io, {}); });
  if (!done) state.SkipWithError(done.error().message().c_str());
}

}  // namespace

void add_module(const Inputs& inputs) {
  if (inputs.module.empty()) return;
  using State = benchmark::State;
  benchmark::RegisterBenchmark("module/load", [&](State& state) { load(state, inputs); });
  benchmark::RegisterBenchmark("module/instance", [&](State& state) { instance(state, inputs); });
  benchmark::RegisterBenchmark("module/task", [&](State& state) { least_task(state, inputs); });
}

}  // namespace ionloom::bench
