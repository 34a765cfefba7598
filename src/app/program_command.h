#pragma once

#include <cstdint>

#include "app/program_arguments.h"
#include "base/error.h"

namespace ionloom::app {

/// `ionloom wasm run`: runs the program in the places that it was given, serving a node meanwhile
/// when it may write to GEDS and no node is named.
/// @return the program's exit status
[[nodiscard]] Result<std::int32_t> run_program_command(const ProgramArguments& arguments);

}  // namespace ionloom::app
