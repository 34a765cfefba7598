#pragma once

#include <CLI/CLI.hpp>

#include "app/annotate_options.h"

namespace ionloom::app {

/// Adds the command `annotate` with its options and their help; parsing fills `options`, which must
/// live as long as `app`.
void add_annotate(CLI::App& app, AnnotateOptions& options);

}  // namespace ionloom::app
