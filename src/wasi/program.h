#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "wasi/key_value.h"
#include "wasi/open_file.h"
#include "wasm/limits.h"
#include "wasm/module_cache.h"

namespace ionloom::wasi {

/// A folder as a program sees it.
struct GivenFolder {
  std::string path;  ///< "/geds/bucket"
  std::unique_ptr<Folder> folder;
};

struct ProgramSettings {
  std::vector<std::string> arguments = {};  ///< the first is the program's name
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< all that it sees
  std::vector<GivenFolder> folders = {};
  std::vector<GivenBucket> buckets = {};  ///< those of the folders that are buckets
  std::uint32_t handles = 1024;           ///< open at a time
  wasm::Limits limits = {};               ///< of the whole run
  std::optional<wasm::ModuleCacheSettings> cache = {};
};

/// Runs a WASI preview 1 program: a module that exports _start (for components: component.h). It
/// sees the folders, this process's standard streams, clocks, random numbers and what the settings
/// say, nothing else. When it ends, also by exit(), what it has open is closed, and so sealed; when
/// it traps or meets a limit, what it had not closed leaves nothing.
/// @param module  its bytes
/// @param name    for errors: its file
/// @return its exit status. kData when it is no such program or traps, or when what it left open
///         could not be sealed; kResource for memory; kInterrupted when it was cancelled
[[nodiscard]] Result<std::int32_t> run_program(std::span<const std::byte> module,
                                               const std::string& name, ProgramSettings settings);

}  // namespace ionloom::wasi
