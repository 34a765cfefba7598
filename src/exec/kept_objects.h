#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "exec/stage_store.h"
#include "exec/task_objects.h"

namespace ionloom::exec {

/// The objects of handed-out tasks (handed_out.h): those of a store by their keys, and a dataset's
/// file as `ibd`. Objects that are there already are not made again.
/// @param store  must outlive what is returned, and keep its objects
/// @param ibd     absent: no task reads it
/// @param packed  runs that are made are also packed (packed_run.h), and those that were packed are
///   read so
[[nodiscard]] std::unique_ptr<TaskObjects> kept_objects(StageStore& store,
                                                        std::optional<std::filesystem::path> ibd,
                                                        bool packed = false);

}  // namespace ionloom::exec
