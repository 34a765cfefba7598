#pragma once

#include <string>

#include "app/annotate_options.h"
#include "app/run_settings.h"
#include "plan/device.h"
#include "plan/stage.h"

namespace ionloom::app {

/// What a stage's time depends on beside its counts. Settings that change what a unit of work is
/// (METASPACE's version 1, all metrics, other images ...) make another way of running of it:
/// "native-v1". Peaks on disk do so as well: "native-disk".
/// @param runtime  "native", "wasm" or "interpreted"
/// @param on_disk  whether peaks do not fit into memory
[[nodiscard]] plan::Device stage_device(plan::Stage stage, const RunSettings& settings,
                                        const std::string& runtime, bool on_disk,
                                        const std::string& machine);

}  // namespace ionloom::app
