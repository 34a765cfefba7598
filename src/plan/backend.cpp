#include "plan/backend.h"

#include <algorithm>
#include <cmath>

namespace ionloom::plan {

bool Backend::is_simulated() const {
  return std::ranges::any_of(origins,
                             [](const FigureOrigin& origin) { return origin.basis != "measured"; });
}

double Backend::slots(const MemoryClass& of, std::uint64_t task_memory_bytes) const {
  if (kind == BackendKind::kFunctions) return std::max(concurrency, 1.0);
  const std::uint64_t fit = of.memory_bytes / std::max<std::uint64_t>(task_memory_bytes, 1);
  return std::max(1.0, std::min({concurrency, std::floor(of.cpus), static_cast<double>(fit)}));
}

Backend on_machine(Backend local, double cpus, std::uint64_t memory_bytes) {
  local.classes = {{.memory_bytes = memory_bytes, .cpus = cpus, .price_s_usd = 0}};
  return local;
}

}  // namespace ionloom::plan
