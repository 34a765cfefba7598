#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/error.h"
#include "exec/annotation_run.h"
#include "exec/progress.h"
#include "exec/run_objects.h"
#include "exec/task_runtime.h"
#include "imaging/ion_images.h"

namespace ionloom::exec {

/// Cuts the ion images of a run that is done, where its stages ran.
class ImageSource {
 public:
  /// What is made of the images of the ion at place `i` of those asked for, one an isotope peak; an
  /// image may be empty. Called on several threads.
  using Work =
      std::function<Result<void>(std::size_t i, std::span<const imaging::IonImage> images)>;

  virtual ~ImageSource() = default;

  /// Calls work for each of the ions, on the threads of the current arena and in any order. Fails
  /// when work does, when the peaks cannot be read, or when the run was cancelled.
  /// @param ions  numbers of ions that have a pattern; any of them more than once
  [[nodiscard]] virtual Result<void> cut(std::span<const std::uint32_t> ions, const Work& work,
                                         Progress& progress) = 0;
};

/// Of a run in this process. REQUIRES: run and settings outlive the source.
[[nodiscard]] std::unique_ptr<ImageSource> images_of(AnnotationRun& run,
                                                     const AnnotationSettings& settings);

/// Of a run by tasks: images tasks cut them, and this process takes them as they are done; they are
/// no objects. REQUIRES: all outlive the source; the run was made with the same objects.
[[nodiscard]] std::unique_ptr<ImageSource> images_by_tasks(const AnnotationRun& run,
                                                           const AnnotationSettings& settings,
                                                           TaskRuntime& runtime,
                                                           RunObjects& objects);

/// What one task of images_by_tasks() is of, at most.
struct ImageTaskMemory {
  std::uint64_t ions = 0;
  std::uint64_t held_bytes = 0;    ///< images in the task
  std::uint64_t copies_bytes = 0;  ///< of them in this process, beside the task
};
[[nodiscard]] ImageTaskMemory image_task_memory(std::uint64_t pixels, std::uint32_t isotope_peaks,
                                                std::uint64_t peaks, bool hands_over_images);

}  // namespace ionloom::exec
