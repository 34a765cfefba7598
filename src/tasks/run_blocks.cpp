#include "tasks/run_blocks.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include "stages/peak_run.h"
#include "tasks/checksum.h"

namespace ionloom::tasks {
namespace {

using imaging::Peak;
using stages::RunIndexEntry;

/// Merges two sorted stretches; of equal m/z those of `a` come first. From both ends at once, and
/// without a branch on what is compared: which of two runs has the next peak cannot be predicted,
/// and the two ends do not wait for each other.
/// REQUIRES: `into` has room for both.
void merge_two(std::span<const Peak> a, std::span<const Peak> b, Peak* into) {
  const Peak* a_first = a.data();
  const Peak* a_last = a_first + a.size();
  const Peak* b_first = b.data();
  const Peak* b_last = b_first + b.size();
  Peak* end = into + a.size() + b.size();
  // So many steps at both ends can take no stretch beyond its other end.
  while (const auto steps = std::min(a_last - a_first, b_last - b_first) / 2) {
    for (auto step = steps; step > 0; --step) {
      const bool b_is_less = b_first->mz < a_first->mz;
      *into++ = *(b_is_less ? b_first : a_first);
      b_first += static_cast<std::ptrdiff_t>(b_is_less);
      a_first += static_cast<std::ptrdiff_t>(!b_is_less);
      const bool a_is_more = b_last[-1].mz < a_last[-1].mz;
      *--end = (a_is_more ? a_last : b_last)[-1];
      a_last -= static_cast<std::ptrdiff_t>(a_is_more);
      b_last -= static_cast<std::ptrdiff_t>(!a_is_more);
    }
  }
  std::merge(a_first, a_last, b_first, b_last, into,
             [](const Peak& x, const Peak& y) { return x.mz < y.mz; });
}

/// Merges neighbouring sorted stretches of a table, two at a time, until one is left; of equal m/z
/// those of the earlier stretch come first.
/// @param ends  of the stretches
void merge_stretches(std::vector<Peak>& table, std::vector<std::uint64_t> ends) {
  if (ends.size() < 2) return;
  std::vector<Peak> merged(table.size());
  while (ends.size() > 1) {
    std::vector<std::uint64_t> merged_ends;
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < ends.size(); i += 2) {
      const std::uint64_t middle = ends[i];
      const std::uint64_t last = i + 1 < ends.size() ? ends[i + 1] : middle;
      const auto stretch = [&](std::uint64_t begin, std::uint64_t end) {
        return std::span<const Peak>(table).subspan(begin, end - begin);
      };
      merge_two(stretch(first, middle), stretch(middle, last), merged.data() + first);
      merged_ends.push_back(last);
      first = last;
    }
    table.swap(merged);
    ends = std::move(merged_ends);
  }
}

/// Reads the blocks of one input to the end of `table`, through `bytes`.
Result<void> append_blocks(const RunningTask& running, std::uint32_t peaks_input,
                           std::uint32_t index_input, std::vector<std::byte>& bytes,
                           std::vector<Peak>& table) {
  const auto index = read_column<RunIndexEntry>(running, index_input);
  if (!index) return std::unexpected(index.error());
  const TaskInput& input = running.task.inputs[peaks_input];
  for (std::size_t block = 0; block < index->size(); ++block) {
    const std::uint64_t offset = block * stages::kRunBlockBytes;
    const auto encoded = std::span(bytes).first(
        std::min<std::uint64_t>(stages::kRunBlockBytes, input.length_bytes - offset));
    auto read = read_values(running, peaks_input, offset, encoded);
    if (!read) return read;
    if (checksum(encoded) != (*index)[block].checksum) {
      return data_error(input_place(running.task, peaks_input),
                        "the block at byte " + std::to_string(input.offset_bytes + offset) +
                            " of the run is not what was written: its checksum is another one");
    }
    const std::size_t rows = encoded.size() / sizeof(Peak);
    const std::size_t before = table.size();
    table.resize(before + rows);
    stages::decode_run_block(encoded, 0, rows, std::span(table).subspan(before));
  }
  return {};
}

}  // namespace

RunBlocks RunBlocks::take(TaskReader& reader, const Task& task) {
  RunBlocks blocks;
  blocks.peaks = reader.inputs("peaks");
  blocks.index = reader.inputs("index");
  if (blocks.peaks.size() != blocks.index.size()) {
    reader.fail_with(std::to_string(blocks.peaks.size()) + " inputs are called peaks and " +
                     std::to_string(blocks.index.size()) + " index; expected one for one");
    return blocks;
  }
  for (std::size_t i = 0; i < blocks.peaks.size(); ++i) {
    const TaskInput& range = task.inputs[blocks.peaks[i]];
    const std::uint64_t peaks = reader.values_in(blocks.peaks[i], sizeof(Peak));
    blocks.peak_count += peaks;
    const TaskInput* const before = i == 0 ? nullptr : &task.inputs[blocks.peaks[i - 1]];
    const bool same_run = before != nullptr && before->object == range.object;
    if (!same_run) ++blocks.runs;
    if (range.offset_bytes < stages::kRunHeaderBytes ||
        (range.offset_bytes - stages::kRunHeaderBytes) % stages::kRunBlockBytes != 0 ||
        (same_run && range.offset_bytes < before->offset_bytes + before->length_bytes)) {
      reader.fail_with("input peaks (" + range.object + ") begins at byte " +
                       std::to_string(range.offset_bytes) +
                       ", where no block does or where the input before has not ended");
    }
    const std::uint64_t count = (peaks + stages::kRunBlockPeaks - 1) / stages::kRunBlockPeaks;
    reader.expect_values(blocks.index[i], sizeof(RunIndexEntry), count);
  }
  return blocks;
}

std::uint64_t RunBlocks::memory_bound_bytes() const {
  const std::uint64_t tables = runs > 1 ? 2 : 1;
  return tables * peak_count * sizeof(Peak) + stages::kRunBlockBytes +
         peak_count / stages::kRunBlockPeaks * sizeof(RunIndexEntry) +
         peaks.size() * 2 * sizeof(RunIndexEntry);
}

Result<std::vector<Peak>> RunBlocks::read(const RunningTask& running, std::uint64_t pixels) const {
  std::vector<Peak> table;
  table.reserve(peak_count);
  std::vector<std::uint64_t> ends;
  {
    std::vector<std::byte> bytes(
        std::min<std::uint64_t>(stages::kRunBlockBytes, peak_count * sizeof(Peak)));
    for (std::size_t i = 0; i < peaks.size(); ++i) {
      auto added = append_blocks(running, peaks[i], index[i], bytes, table);
      if (!added) return std::unexpected(std::move(added.error()));
      const bool same_run =
          i > 0 && running.task.inputs[peaks[i - 1]].object == running.task.inputs[peaks[i]].object;
      if (same_run) {
        ends.back() = table.size();
      } else {
        ends.push_back(table.size());
      }
    }
  }
  merge_stretches(table, std::move(ends));
  const auto outside =
      std::ranges::find_if(table, [&](const Peak& peak) { return peak.pixel >= pixels; });
  if (outside != table.end()) {
    return data_error("input peaks", "a peak lies in pixel " + std::to_string(outside->pixel) +
                                         ", but the dataset has only " + std::to_string(pixels) +
                                         "; run and pixel table do not go together");
  }
  return table;
}

}  // namespace ionloom::tasks
