#pragma once

#include <string_view>

#include "app/geds_arguments.h"
#include "base/error.h"

namespace ionloom::app {

/// Runs `ionloom geds COMMAND`. A server returns when a signal has stopped it.
[[nodiscard]] Result<void> run_geds(std::string_view command, const GedsArguments& arguments);

}  // namespace ionloom::app
