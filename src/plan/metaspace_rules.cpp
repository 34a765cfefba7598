#include "plan/metaspace_rules.h"

#include <algorithm>
#include <bit>

namespace ionloom::plan {
namespace {

constexpr std::uint64_t kMib = std::uint64_t{1} << 20;
/// The largest memory that its executor asks of a function.
constexpr std::uint64_t kLargestFunction_mib = 8192;
/// Its machines: 32, 64, 128 and 256 GB.
constexpr std::uint64_t kSmallestMachine_mib = 32'768;
constexpr std::uint64_t kLargestMachine_mib = 262'144;

std::uint64_t ceil_div(std::uint64_t value, std::uint64_t by) {
  return (value + by - 1) / by;
}

RuleChoice functions(std::uint64_t tasks, std::uint64_t memory_mib) {
  return {.tasks = std::max<std::uint64_t>(tasks, 1), .memory_bytes = memory_mib * kMib};
}

/// One task that holds the dataset: 4 x .ibd + 512 MB, rounded up to a power of two.
RuleChoice load_dataset(std::uint64_t ibd_bytes) {
  const std::uint64_t wanted_mib = 4 * ceil_div(ibd_bytes, kMib) + 512;
  const std::uint64_t rounded_mib = std::max<std::uint64_t>(std::bit_ceil(wanted_mib), 2048);
  if (rounded_mib <= kLargestFunction_mib) return functions(1, rounded_mib);
  const std::uint64_t machine_mib =
      std::clamp(rounded_mib, kSmallestMachine_mib, kLargestMachine_mib);
  return {.tasks = 1, .memory_bytes = machine_mib * kMib, .needs_machine = true};
}

/// Groups of ions of at most clip(centroids / 1000, 1000, 15000), of 32 stretches at least.
std::uint64_t annotate_tasks(std::uint64_t ions) {
  const std::uint64_t centroids = 4 * ions;
  const std::uint64_t group = std::clamp<std::uint64_t>(centroids / 1000, 1000, 15'000);
  return std::max<std::uint64_t>(ceil_div(ions, group), 32);
}

}  // namespace

RuleChoice metaspace_rule(Stage stage, const JobCounts& job, std::uint64_t ibd_bytes) {
  switch (stage) {
    case Stage::kIndex:
    case Stage::kMerge:
      break;
    case Stage::kIngest:
      return load_dataset(ibd_bytes);
    case Stage::kIons:
      return functions(1, 4096);
    case Stage::kPatterns:
      return functions(ceil_div(job.ions, 10'000), 2048);
    case Stage::kAnnotate:
      return functions(annotate_tasks(job.ions), 2048);
    case Stage::kImages: {
      // (pixels of 4 images) / 20,000 + 1 milliseconds an ion, 2 seconds a task, at most 100 tasks.
      const std::uint64_t cost_ms = job.image_ions * (4 * job.pixels / 20'000 + 1);
      return functions(std::clamp<std::uint64_t>(cost_ms / 2000, 1, 100), 1024);
    }
    case Stage::kRank:
      return functions(job.lists, 2048);
  }
  return functions(1, 2048);
}

double metaspace_retry_cost(std::uint64_t first_bytes, std::uint64_t needed_bytes) {
  double sum = 1;
  double factor = 1;
  while (static_cast<double>(first_bytes) * factor < static_cast<double>(needed_bytes)) {
    factor *= 2;
    sum += factor;
  }
  return sum;
}

}  // namespace ionloom::plan
