#include "exec/run_indices.h"

namespace ionloom::exec {

tasks::RunIndex run_index(const std::string& name, const RunReader& run) {
  return {name, run.header(), {run.index().begin(), run.index().end()}};
}

Result<std::vector<tasks::RunIndex>> run_indices(RunObjects& objects, std::uint64_t runs) {
  std::vector<tasks::RunIndex> indices;
  for (std::uint64_t i = 0; i < runs; ++i) {
    const std::string name = RunObjects::run_name(i);
    const auto reader = objects.run(name);
    if (!reader) return std::unexpected(reader.error());
    indices.push_back(run_index(name, **reader));
  }
  return indices;
}

}  // namespace ionloom::exec
