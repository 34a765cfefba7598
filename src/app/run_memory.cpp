#include "app/run_memory.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include <fmt/core.h>

#include "app/progress_line.h"
#include "app/write_results.h"
#include "exec/process_memory.h"
#include "exec/task_annotation.h"

namespace ionloom::app {
namespace {

/// The program, its libraries and small tables; what a run with next to no data takes.
constexpr std::uint64_t kProgramBytes = 48ULL << 20;
/// Wasmtime, and what compiling the stages' module takes.
constexpr std::uint64_t kRuntimeBytes = 128ULL << 20;
/// A list's text and its rows, several times its size in the file.
constexpr std::uint64_t kBytesPerListByte = 6;

}  // namespace

Result<exec::MemoryPlan> plan_memory(const imzml::Dataset& dataset,
                                     const stages::PixelIndex& pixels,
                                     const AnnotateOptions& options,
                                     const std::vector<chem::MoleculeList>& lists,
                                     const RunSettings& settings) {
  std::uint64_t formulas = 0;
  std::uint64_t list_bytes = 0;
  for (const chem::MoleculeList& list : lists) formulas += list.formulas.size();
  for (const auto& path : options.molecules) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    list_bytes += error ? 0 : size;
  }
  const stages::IonSettings& ions = settings.annotation.ions;
  const std::uint64_t modifiers =
      (1 + ions.chem_mods.size()) * (1 + ions.neutral_losses.size()) * ions.adducts.size();
  const std::uint64_t model_bytes =
      settings.scoring_model == nullptr ? 0 : settings.scoring_model->model.size_bytes();
  const bool by_tasks = options.runtime.is_wasm();
  const std::uint64_t runtime_bytes =
      by_tasks ? kRuntimeBytes + exec::task_memory_bound_bytes(
                                     dataset, pixels.grid.size(),
                                     stages::ion_count_bound(formulas, ions), settings.annotation)
               : 0;
  const exec::OtherMemory other{
      .always_bytes = kProgramBytes + model_bytes + list_bytes * kBytesPerListByte + runtime_bytes,
      .writing_bytes = write_memory_bound_bytes(
          formulas * modifiers, settings.annotation.pattern.max_peaks, list_bytes * modifiers,
          pixels.grid, settings.annotation.threads)};
  const std::uint64_t available = exec::available_memory_bytes();
  auto plan = exec::plan_memory(dataset, pixels, formulas, settings.annotation, other,
                                std::min(available, options.memory_bytes.value_or(available)));
  if (!plan) return plan;
  // Tasks read peaks from runs, whether they would fit or not.
  if (by_tasks)
    plan->disk_bytes =
        std::max(plan->disk_bytes, exec::task_disk_bound_bytes(dataset, settings.annotation));
  const std::filesystem::path& scratch = settings.annotation.peaks.runs_folder;
  std::error_code error;
  const auto space = std::filesystem::space(scratch, error);
  if (!error && space.available < plan->disk_bytes) {
    return fail(
        ErrorCode::kResource, scratch.string(),
        fmt::format("the peaks that do not fit into memory need up to {} of disk, but only "
                    "{} is free; name another folder with --scratch, or allow more --memory",
                    readable_bytes(plan->disk_bytes), readable_bytes(space.available)));
  }
  return plan;
}

}  // namespace ionloom::app
