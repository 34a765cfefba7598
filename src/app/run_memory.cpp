#include "app/run_memory.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

#include "app/progress_line.h"
#include "app/write_results.h"
#include "exec/process_memory.h"
#include "exec/stage_store.h"
#include "exec/task_bounds.h"

namespace ionloom::app {
namespace {

/// Wasmtime with the stages' compiled module.
constexpr std::uint64_t kRuntimeBytes = 10ULL << 20;
/// A list's text and its rows, several times its size in the file.
constexpr std::uint64_t kBytesPerListByte = 6;

/// What runs tasks: the runtime, and the store's client, or the store itself where it lies in
/// memory.
std::uint64_t runtime_memory_bytes(const imzml::Dataset& dataset, const exec::ListSizes& lists,
                                   const AnnotateOptions& options,
                                   const exec::AnnotationSettings& settings) {
  std::uint64_t bytes = options.runtime.is_wasm() ? kRuntimeBytes : 0;
  if (!options.store.url) return bytes;
  const std::uint64_t largest = exec::largest_object_bound_bytes(dataset, settings);
  const StorePlace place = options.store.place();
  bytes +=
      exec::StageStore::memory_bound_bytes(place == StorePlace::kRemote, settings.threads, largest);
  if (place == StorePlace::kProcess || place == StorePlace::kNode) {
    // An object that grows is copied to a place of twice its size, and when it is whole to one of
    // its own; places that are free again stay the store's.
    bytes +=
        exec::task_objects_bound_bytes(dataset, lists, settings) + 3 * largest * settings.threads;
  }
  return bytes;
}

/// Fails (kResource) when a folder has less room than needed.
/// @param what    needs it, in the words of the message
/// @param remedy  what to do about it
Result<void> check_space(const std::filesystem::path& folder, std::uint64_t needed_bytes,
                         std::string_view what, std::string_view remedy) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error || space.available >= needed_bytes) return {};
  return fail(ErrorCode::kResource, folder.string(),
              fmt::format("{} need up to {} of disk, but only {} is free; {}", what,
                          readable_bytes(needed_bytes), readable_bytes(space.available), remedy));
}

}  // namespace

Result<exec::MemoryPlan> plan_memory(const imzml::Dataset& dataset,
                                     const stages::PixelIndex& pixels,
                                     const AnnotateOptions& options, const ReadLists& lists,
                                     const RunSettings& settings) {
  const stages::IonSettings& ions = settings.annotation.ions;
  stages::FormulaSizes formulas;
  std::uint64_t molecules = 0;
  for (const chem::MoleculeList& list : lists.lists) {
    formulas += stages::formula_sizes(list.formulas, ions);
    molecules += list.molecules.size();
  }
  std::uint64_t list_bytes = 0;
  for (const report::InputFile& file : lists.files) list_bytes += file.size_bytes;
  const std::uint64_t targets = formulas.count * stages::target_modifiers(ions).size();
  const std::uint64_t model_bytes =
      settings.scoring_model == nullptr
          ? 0
          : settings.scoring_model->model.size_bytes() + settings.scoring_model->content.size();
  const exec::ListSizes sizes{.formulas = formulas,
                              .ions = stages::ion_count_bound(formulas.count, ions),
                              .lists = lists.lists.size()};
  const ResultSizes results{
      .targets = targets,
      .rows = settings.all_ions ? targets * (1 + ions.decoy_sample_size) : targets,
      .peaks_per_ion = settings.annotation.pattern.max_peaks,
      .molecules = molecules,
      .lists = lists.lists.size(),
      .text_bytes = list_bytes * stages::target_modifiers(ions).size()};
  exec::OtherMemory other{
      .always_bytes = kProgramBytes + model_bytes + list_bytes * kBytesPerListByte,
      .writing_bytes = write_memory_bound_bytes(results, pixels.grid, settings.annotation.threads),
      .tasks = std::nullopt};
  if (options.by_tasks()) {
    other.always_bytes += runtime_memory_bytes(dataset, sizes, options, settings.annotation);
    other.tasks = exec::task_memory(dataset, pixels.grid.size(), sizes, settings.annotation,
                                    {.has_instances = options.runtime.is_wasm(),
                                     .hands_over_images = !options.runtime.is_wasm()});
  }
  const std::uint64_t available = exec::available_memory_bytes();
  auto plan = exec::plan_memory(dataset, pixels, formulas, settings.annotation, other,
                                std::min(available, options.memory_bytes.value_or(available)));
  if (!plan) return plan;
  if (options.store.url) {
    plan->disk_bytes = 0;
    plan->store_bytes = exec::task_objects_bound_bytes(dataset, sizes, settings.annotation);
    if (const auto folder = options.store.folder()) {
      auto fits = check_space(*folder, plan->store_bytes, "the objects of this run",
                              "name another folder or store with --store");
      if (!fits) return std::unexpected(fits.error());
    }
    return plan;
  }
  // Tasks read peaks from runs, whether they would fit or not.
  if (options.by_tasks()) {
    plan->disk_bytes =
        std::max(plan->disk_bytes, exec::task_runs_bound_bytes(dataset, settings.annotation));
  }
  auto fits = check_space(settings.annotation.peaks.runs_folder, plan->disk_bytes,
                          "the peaks that do not fit into memory",
                          "name another folder with --scratch, or allow more --memory");
  if (!fits) return std::unexpected(fits.error());
  return plan;
}

}  // namespace ionloom::app
