// Objects of 1 KiB to 64 MiB through each tier of the store, beside memcpy and plain files in a
// tmpfs:
//   build/bin/bench_store [--benchmark_filter=view]

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include "store/disk_tier.h"
#include "store/memory_tier.h"
#include "store/shared_memory_tier.h"
#include "store/tiered_store.h"

namespace ionloom::bench {
namespace {

using store::ObjectStore;
using store::Outcome;

constexpr std::uint64_t kLimitBytes = std::uint64_t{256} << 20;
const store::ObjectName kName{"bench", "run/object"};

struct Opened {
  std::filesystem::path folder;  ///< removed with it; "" when there is none
  std::unique_ptr<ObjectStore> store;
};

Opened memory() {
  return {{}, std::make_unique<store::MemoryTier>(kLimitBytes)};
}

template <class Tier>
Opened folder(const std::filesystem::path& parent) {
  auto path = parent / fmt::format("ionloom-bench-{}", ::getpid());
  auto opened = Tier::open(path, kLimitBytes);
  return {path, opened ? std::move(*opened) : nullptr};
}

Opened shared() {
  return folder<store::SharedMemoryTier>("/dev/shm");
}

Opened disk() {
  return folder<store::DiskTier>(std::filesystem::temp_directory_path());
}

Opened tiered() {
  Opened below = disk();
  std::vector<store::TieredStore::Tier> tiers;
  tiers.push_back({.label = "memory", .store = std::make_shared<store::MemoryTier>(kLimitBytes)});
  tiers.push_back({.label = "disk", .store = std::move(below.store)});
  return {below.folder, std::make_unique<store::TieredStore>(std::move(tiers))};
}

/// Measures `work` on a store; it says whether it succeeded.
void measure(benchmark::State& state, Opened (*open)(),
             const std::function<bool(ObjectStore&, std::vector<std::byte>&)>& work, bool present) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{7});
  Opened opened = open();
  bool good = opened.store != nullptr && (!present || opened.store->put(kName, bytes));
  while (good && state.KeepRunning()) good = work(*opened.store, bytes);
  if (!good) state.SkipWithError("the store refused");
  state.SetBytesProcessed(state.iterations() * state.range(0));
  opened.store.reset();
  if (!opened.folder.empty()) std::filesystem::remove_all(opened.folder);
}

bool put_and_remove(ObjectStore& objects, std::vector<std::byte>& bytes) {
  return objects.put(kName, bytes).has_value() && objects.remove(kName).has_value();
}

bool get(ObjectStore& objects, std::vector<std::byte>& into) {
  return objects.get(kName, 0, into) == into.size();
}

bool view(ObjectStore& objects, std::vector<std::byte>&) {
  const auto seen = objects.view(kName);
  benchmark::DoNotOptimize(seen);
  return seen.has_value();
}

void copy(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::vector<std::byte> from(size, std::byte{7});
  std::vector<std::byte> into(size);
  for (auto _ : state) {
    std::memcpy(into.data(), from.data(), size);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// What a program does that has no store: a file that takes its name when it is complete.
void plain_file(benchmark::State& state) {
  const std::string path = fmt::format("/dev/shm/ionloom-bench-file-{}", ::getpid());
  const std::vector<char> bytes(static_cast<std::size_t>(state.range(0)), 7);
  for (auto _ : state) {
    std::ofstream(path + ".partial", std::ios::binary).write(bytes.data(), state.range(0));
    std::filesystem::rename(path + ".partial", path);
    std::filesystem::remove(path);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

}  // namespace
}  // namespace ionloom::bench

int main(int argc, char** argv) {
  using namespace ionloom::bench;  // NOLINT(google-build-using-namespace)
  const std::vector<std::int64_t> sizes = {1 << 10, 64 << 10, 1 << 20, 64 << 20};
  const auto with_sizes = [&](benchmark::internal::Benchmark* one) {
    for (const std::int64_t size : sizes) one->Arg(size);
  };
  with_sizes(benchmark::RegisterBenchmark("memcpy", copy));
  with_sizes(benchmark::RegisterBenchmark("put+remove/tmpfs file", plain_file));
  const std::vector<std::pair<std::string, Opened (*)()>> tiers = {
      {"memory", memory}, {"shared memory", shared}, {"disk", disk}, {"memory over disk", tiered}};
  for (const auto& [name, open] : tiers) {
    const auto add = [&](const std::string& what, const auto& work, bool present) {
      with_sizes(benchmark::RegisterBenchmark(
          (what + "/" + name).c_str(), [open = open, work, present](benchmark::State& state) {
            measure(state, open, work, present);
          }));
    };
    add("view", view, true);
    add("get", get, true);
    add("put+remove", put_and_remove, false);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
