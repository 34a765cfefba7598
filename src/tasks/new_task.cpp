#include "tasks/new_task.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "chem/instrument.h"
#include "tasks/checksum.h"
#include "tasks/ion_set_object.h"
#include "tasks/ion_table_object.h"
#include "tasks/pixel_object.h"
#include "tasks/run_task.h"

namespace ionloom::tasks {
namespace {

/// Gaps in the .ibd that are read over rather than asked for apart.
constexpr std::uint64_t kGapBytes = 1U << 16;

void add_input(Task& task, std::string_view name, const std::string& object, ByteRange range) {
  task.inputs.push_back({std::string(name), object, range.offset_bytes, range.length_bytes});
}

/// Gives a task its outputs and its memory.
Task finished(Task task, std::string_view output, const std::string& object) {
  task.name = object;
  task.outputs.push_back({std::string(output), object});
  // The record itself is part of the bound; a number's digits are not.
  const auto bound = memory_bound_bytes(task);
  task.memory_bytes = bound.value_or(0);
  return task;
}

std::string_view yes_or_no(bool value) {
  return value ? "yes" : "no";
}

/// Joins ranges that overlap or nearly touch.
std::vector<ByteRange> joined(std::vector<ByteRange> ranges) {
  std::ranges::sort(ranges, {}, &ByteRange::offset_bytes);
  std::vector<ByteRange> all;
  for (const ByteRange& range : ranges) {
    if (range.length_bytes == 0) continue;
    const std::uint64_t end = range.offset_bytes + range.length_bytes;
    if (all.empty() ||
        range.offset_bytes > all.back().offset_bytes + all.back().length_bytes + kGapBytes) {
      all.push_back(range);
      continue;
    }
    all.back().length_bytes = std::max(all.back().length_bytes, end - all.back().offset_bytes);
  }
  return all;
}

/// Joins windows that overlap.
void join(std::vector<imaging::MzWindow>& windows) {
  std::ranges::sort(windows, {}, &imaging::MzWindow::lower);
  std::size_t last = 0;
  for (std::size_t i = 1; i < windows.size(); ++i) {
    if (windows[i].lower <= windows[last].upper) {
      windows[last].upper = std::max(windows[last].upper, windows[i].upper);
    } else {
      windows[++last] = windows[i];
    }
  }
  if (!windows.empty()) windows.resize(last + 1);
}

/// Adds the blocks of a run that windows touch, as few inputs. REQUIRES: windows are joined.
void add_blocks(Task& task, const RunIndex& run, std::span<const imaging::MzWindow> windows) {
  std::size_t first = 0;  // of the blocks not added yet
  std::size_t last = 0;
  const auto add = [&] {
    if (first == last) return;
    const std::uint64_t begin = stages::RunHeader::block_offset_bytes(first);
    const std::uint64_t end =
        std::min(stages::RunHeader::block_offset_bytes(last), run.header.index_offset_bytes());
    add_input(task, "peaks", run.object, {begin, end - begin});
    add_input(task, "index", run.object,
              {run.header.index_offset_bytes() + first * sizeof(stages::RunIndexEntry),
               (last - first) * sizeof(stages::RunIndexEntry)});
  };
  for (const imaging::MzWindow& window : windows) {
    const auto [from, to] = stages::blocks_in_window(run.blocks, window);
    if (from == to) continue;
    if (from > last) {
      add();
      first = from;
    }
    last = std::max(last, to);
  }
  add();
}

void set_version(Task& task, chem::AnalysisVersion version) {
  task.set("analysis_version", std::uint64_t{version == chem::AnalysisVersion::kV1 ? 1U : 3U});
}

void set_ion_settings(Task& task, const stages::IonSettings& settings) {
  set_version(task, settings.version);
  for (const std::string& adduct : settings.adducts) task.set("adduct", adduct);
  for (const std::string& loss : settings.neutral_losses) task.set("neutral_loss", loss);
  for (const std::string& chem_mod : settings.chem_mods) task.set("chem_mod", chem_mod);
  task.set("decoys", std::uint64_t{settings.decoy_sample_size});
}

void set_image_parameters(Task& task, const ImageRun& run, const DatasetObjects& dataset) {
  task.set("tolerance_ppm", run.settings.tolerance_ppm);
  task.set("min_px", std::uint64_t{run.settings.min_px});
  task.set("first_mz", run.first_mz);
  task.set("last_mz", run.last_mz);
  task.set("width", std::uint64_t{dataset.grid.width});
  task.set("height", std::uint64_t{dataset.grid.height});
  task.set("isotope_peaks", std::uint64_t{run.isotope_peaks});
}

void add_image_inputs(Task& task, const ImageRun& run, const DatasetObjects& dataset,
                      std::span<const IonSlice> ions, std::span<const RunIndex> runs,
                      std::vector<imaging::MzWindow> windows) {
  add_input(task, "positions", dataset.pixels,
            pixel_ranges(0, dataset.grid.pixels, 0, 0).positions);
  for (const IonSlice& slice : ions) {
    const IonTableRanges ranges =
        ion_table_ranges(slice.table_ions, run.isotope_peaks, slice.first, slice.last);
    add_input(task, "mz", slice.object, ranges.mz);
    add_input(task, "intensity", slice.object, ranges.intensity);
    add_input(task, "ion", slice.object, ranges.ion);
    add_input(task, "flags", slice.object, ranges.flags);
  }
  join(windows);
  for (const RunIndex& index : runs) add_blocks(task, index, windows);
}

}  // namespace

Task new_index_task(const std::string& spectra_object, std::uint64_t spectra,
                    const std::string& pixels_object) {
  Task task;
  task.stage = Stage::kIndex;
  const SpectraRanges ranges = spectra_ranges(spectra, false, 0, spectra);
  add_input(task, "x", spectra_object, ranges.x);
  add_input(task, "y", spectra_object, ranges.y);
  return finished(std::move(task), "pixels", pixels_object);
}

Task new_ingest_task(const DatasetObjects& dataset, const SpectraTable& spectra,
                     std::uint64_t first, std::uint64_t last, const std::string& run_object) {
  Task task;
  task.stage = Stage::kIngest;
  std::uint64_t declared = 0;
  std::uint64_t longest = 0;
  std::uint64_t longest_stream = 0;
  std::vector<ByteRange> arrays;
  for (std::uint64_t i = first; i < last; ++i) {
    const std::uint64_t length = spectra.length[i];
    declared += length;
    longest = std::max(longest, length);
    std::uint64_t stream_bytes = 0;
    const auto add_array = [&](std::uint64_t offset, std::uint8_t type,
                               const std::vector<std::uint64_t>& sizes) {
      const std::uint64_t size = type >= kZlib ? sizes[i] : length * value_bytes(type);
      arrays.push_back({offset, size});
      stream_bytes += size;
    };
    add_array(spectra.mz_offset[i], spectra.mz_type[i], spectra.mz_bytes);
    add_array(spectra.intensity_offset[i], spectra.intensity_type[i], spectra.intensity_bytes);
    longest_stream = std::max(longest_stream, stream_bytes);
  }
  task.set("first_spectrum", first);
  task.set("declared_peaks", declared);
  task.set("longest_spectrum", longest);
  if (spectra.is_compressed()) task.set("longest_stream", longest_stream);
  const SpectraRanges ranges = spectra_ranges(spectra.size(), spectra.is_compressed(), first, last);
  add_input(task, "mz_offset", dataset.spectra, ranges.mz_offset);
  add_input(task, "intensity_offset", dataset.spectra, ranges.intensity_offset);
  add_input(task, "length", dataset.spectra, ranges.length);
  add_input(task, "mz_type", dataset.spectra, ranges.mz_type);
  add_input(task, "intensity_type", dataset.spectra, ranges.intensity_type);
  if (spectra.is_compressed()) {
    add_input(task, "mz_bytes", dataset.spectra, ranges.mz_bytes);
    add_input(task, "intensity_bytes", dataset.spectra, ranges.intensity_bytes);
  }
  add_input(task, "pixel_of_spectrum", dataset.pixels,
            pixel_ranges(spectra.size(), dataset.grid.pixels, first, last).pixel_of_spectrum);
  for (const ByteRange& range : joined(std::move(arrays))) {
    add_input(task, "ibd", dataset.ibd, range);
  }
  return finished(std::move(task), "run", run_object);
}

Task new_patterns_task(const chem::PatternSettings& settings, const StoredIonSet& ions,
                       std::uint64_t first, std::uint64_t last, const std::string& table_object) {
  Task task;
  task.stage = Stage::kPatterns;
  set_version(task, settings.shape.version);
  task.set("analyzer", chem::analyzer_name(settings.shape.analyzer));
  task.set("sigma_mz", settings.shape.sigma_mz);
  task.set("charge", std::string_view(settings.charge > 0 ? "1" : "-1"));
  task.set("isotope_peaks", std::uint64_t{settings.max_peaks});
  task.set("isotopologues", std::uint64_t{ions.most_isotopologues(first, last)});
  task.set("first_ion", first);
  const IonSetRanges ranges = ion_set_ranges(ions.begins, first, last);
  add_input(task, "begins", ions.object, ranges.begins);
  add_input(task, "characters", ions.object, ranges.characters);
  add_input(task, "flags", ions.object, ranges.flags);
  return finished(std::move(task), "ions", table_object);
}

Result<RunIndex> RunIndex::decode(const std::string& object, std::span<const std::byte> run) {
  RunIndex index;
  index.object = object;
  auto header = stages::decode_run_header(run);
  if (!header) return data_error(object, std::move(header.error().what));
  index.header = *header;
  if (header->peaks > run.size() / sizeof(imaging::Peak) ||
      header->index_offset_bytes() + header->blocks() * sizeof(stages::RunIndexEntry) !=
          run.size()) {
    return data_error(object, "has " + std::to_string(run.size()) + " bytes, which is no run of " +
                                  std::to_string(header->peaks) + " peaks");
  }
  const auto bytes = run.subspan(header->index_offset_bytes());
  if (checksum(bytes) != header->index_checksum) {
    return data_error(object, "its index was changed after it was written");
  }
  index.blocks.resize(header->blocks());
  std::ranges::copy(bytes, std::as_writable_bytes(std::span(index.blocks)).begin());
  return index;
}

Task new_annotate_task(const ImageRun& run, const DatasetObjects& dataset,
                       std::span<const IonSlice> ions, std::span<const RunIndex> runs,
                       std::vector<imaging::MzWindow> windows, const std::string& metrics_object) {
  Task task;
  task.stage = Stage::kAnnotate;
  set_image_parameters(task, run, dataset);
  task.set("spatial", std::string_view(run.settings.spatial == imaging::SpatialArithmetic::kDouble
                                           ? "double"
                                           : "running_single"));
  task.set("chaos", std::string_view(
                        run.settings.chaos == imaging::ChaosRule::kFixed ? "fixed" : "reference"));
  task.set("all_metrics", yes_or_no(run.all_metrics));
  add_image_inputs(task, run, dataset, ions, runs, std::move(windows));
  return finished(std::move(task), "metrics", metrics_object);
}

Task new_images_task(const ImageRun& run, const DatasetObjects& dataset,
                     std::span<const IonSlice> ions, std::span<const RunIndex> runs,
                     std::vector<imaging::MzWindow> windows, const std::string& images_object) {
  Task task;
  task.stage = Stage::kImages;
  set_image_parameters(task, run, dataset);
  add_image_inputs(task, run, dataset, ions, runs, std::move(windows));
  return finished(std::move(task), "images", images_object);
}

Task new_ions_task(const stages::IonSettings& settings, std::span<const ListObjects> lists,
                   std::uint64_t formulas, const std::string& ion_set_object) {
  Task task;
  task.stage = Stage::kIons;
  set_ion_settings(task, settings);
  task.set("right_compositions", yes_or_no(settings.right_compositions));
  for (const ListObjects& list : lists) {
    add_input(task, list.targeted ? "targeted_formulas" : "formulas", list.formulas,
              {0, list.formulas_bytes});
    task.outputs.push_back({"decoys", list.decoys});
  }
  task.expected.push_back({"formulas", formulas});
  return finished(std::move(task), "ions", ion_set_object);
}

Task new_rank_task(const stages::IonSettings& settings, std::uint32_t isotope_peaks,
                   std::span<const SizedObject> metrics, const SizedObject& decoy_map,
                   const ModelObject* model, bool with_decoys, const std::string& ranking_object) {
  Task task;
  task.stage = Stage::kRank;
  set_ion_settings(task, settings);
  task.set("isotope_peaks", std::uint64_t{isotope_peaks});
  for (const SizedObject& part : metrics)
    add_input(task, "metrics", part.object, {0, part.size_bytes});
  add_input(task, "decoys", decoy_map.object, {0, decoy_map.size_bytes});
  if (model != nullptr) {
    task.set("abs_errors",
             std::string_view(model->abs_errors == fdr::AbsErrorRule::kAsTrained ? "as_trained"
                                                                                 : "reference"));
    task.set("model_features", model->features);
    task.set("model_bytes", model->bytes);
    add_input(task, "model", model->file.object, {0, model->file.size_bytes});
  }
  if (with_decoys) task.outputs.push_back({"decoy_ranking", ranking_object + ".decoys"});
  return finished(std::move(task), "ranking", ranking_object);
}

}  // namespace ionloom::tasks
