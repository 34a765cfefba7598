#pragma once

#include "app/geds_arguments.h"
#include "base/error.h"

namespace ionloom::app {

/// `ionloom geds serve-metadata`: prints where it listens once it answers, and runs until a signal.
[[nodiscard]] Result<void> serve_metadata(const GedsArguments& arguments);

/// `ionloom geds node`: the same for a node.
[[nodiscard]] Result<void> serve_node(const GedsArguments& arguments);

}  // namespace ionloom::app
