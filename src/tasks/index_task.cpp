#include "tasks/index_task.h"

#include <cstddef>
#include <vector>

#include "stages/index.h"
#include "tasks/pixel_object.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {

Result<IndexTask> IndexTask::read(const Task& task) {
  TaskReader reader(task);
  IndexTask own;
  own.x = reader.input("x");
  own.y = reader.input("y");
  own.pixels = reader.output("pixels");
  own.spectra = reader.values_in(own.x, sizeof(std::uint32_t));
  reader.expect_values(own.y, sizeof(std::uint32_t), own.spectra);
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

std::uint64_t IndexTask::memory_bound_bytes() const {
  return stages::index_memory_bound_bytes(spectra) + spectra * 2 * sizeof(std::uint32_t);
}

Result<Summary> IndexTask::execute(const RunningTask& running) const {
  std::vector<stages::Position> positions(spectra);
  {
    const auto columns = read_columns<std::uint32_t>(running, {x, y});
    if (!columns) return std::unexpected(columns.error());
    for (std::size_t i = 0; i < spectra; ++i) positions[i] = {(*columns)[0][i], (*columns)[1][i]};
  }
  const auto index = stages::index_pixels(positions);
  if (!index) return std::unexpected(index.error());
  if (auto written = write_pixels(running.io, pixels, *index); !written) {
    return std::unexpected(std::move(written.error()));
  }
  Summary summary;
  summary.add("spectra", spectra);
  summary.add("pixels", index->grid.positions.size());
  summary.add("width", index->grid.width);
  summary.add("height", index->grid.height);
  return summary;
}

}  // namespace ionloom::tasks
