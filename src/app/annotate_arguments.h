#pragma once

#include <CLI/CLI.hpp>

#include "app/annotate_options.h"

namespace ionloom::app {

/// Adds the command `annotate` with its options and their help; parsing fills `options`, which must
/// live as long as `app`.
void add_annotate(CLI::App& app, AnnotateOptions& options);

/// Adds what describes a job alone to a command: the dataset, the lists, and every option that
/// decides the results.
void add_job(CLI::App& command, AnnotateOptions& options);

}  // namespace ionloom::app
