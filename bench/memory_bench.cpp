#include <cstring>
#include <fstream>

#include "bench/kernels.h"

namespace ionloom::bench {
namespace {

constexpr std::size_t kCopiedBytes = std::size_t{256} << 20;  // far more than any cache holds
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// STREAM's copy: as many bytes are read as written; units are both together.
void copy(benchmark::State& state) {
  std::vector<char> from(kCopiedBytes, 1);
  std::vector<char> to(kCopiedBytes, 2);
  measure(state, 2.0 * kCopiedBytes, [&] {
    std::memcpy(to.data(), from.data(), kCopiedBytes);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  });
}

/// Reads a file that the page cache holds (after the first time) through a buffer.
void read_file(benchmark::State& state, const std::filesystem::path& path) {
  std::vector<char> block(kBlockBytes);
  std::uint64_t bytes = 0;
  const auto read = [&] {
    std::ifstream file(path, std::ios::binary);
    file.rdbuf()->pubsetbuf(nullptr, 0);
    bytes = 0;
    while (file.read(block.data(), kBlockBytes) || file.gcount() > 0) {
      bytes += static_cast<std::uint64_t>(file.gcount());
    }
  };
  read();
  if (bytes == 0) {
    state.SkipWithError((path.string() + ": cannot be read").c_str());
    return;
  }
  measure(state, static_cast<double>(bytes), read);
}

}  // namespace

void add_memory(const Inputs& inputs) {
  benchmark::RegisterBenchmark("memory/copy", copy);
  if (inputs.datasets.empty()) return;
  const auto ibd = std::filesystem::path(inputs.datasets.front()).replace_extension(".ibd");
  benchmark::RegisterBenchmark("memory/read_file",
                               [ibd](benchmark::State& state) { read_file(state, ibd); });
}

}  // namespace ionloom::bench
