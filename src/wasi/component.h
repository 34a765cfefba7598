#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "wasi/program.h"

namespace ionloom::wasi {

/// Whether bytes are a component, by their header, and not a module.
[[nodiscard]] bool is_component(std::span<const std::byte> bytes);

/// run_program() for a component: one that exports wasi:cli/run, and imports what WASI preview 2
/// and KeyValueImports have. It gets the settings' buckets, arguments, environment and limits, the
/// standard streams, clocks and random numbers, and no folders (kUsage for those that are no
/// buckets). The limit of memory holds for each of its memories.
[[nodiscard]] Result<std::int32_t> run_component(std::span<const std::byte> bytes,
                                                 const std::string& name, ProgramSettings settings);

}  // namespace ionloom::wasi
