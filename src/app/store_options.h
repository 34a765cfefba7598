#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "exec/stage_store.h"
#include "store/object_store.h"

namespace ionloom::app {

/// Where the bytes of a store lie, by its URL.
enum class StorePlace : std::uint8_t {
  kProcess,  ///< memory:
  kNode,     ///< shared:, memory of this machine
  kDisk,     ///< file:
  kRemote,   ///< s3:, geds:
};

/// The store of a run's objects, as the user typed it.
struct StoreOptions {
  std::optional<std::string> url = {};  ///< absent: there is none
  bool remove_objects = false;
  std::optional<std::filesystem::path> authorities = {};  ///< of a geds: store's servers, PEM

  [[nodiscard]] StorePlace place() const;
  /// Whether the objects are there when the run has ended. Those of memory: cannot be.
  [[nodiscard]] bool keeps_objects() const;
  /// The folder of a file: or shared: store.
  [[nodiscard]] std::optional<std::filesystem::path> folder() const;
};

/// Adds --store, --remove-objects and --tls-ca to a command.
void add_store_options(CLI::App& command, StoreOptions& options);

/// --tls-ca alone.
CLI::Option* add_store_authorities(CLI::App& command, StoreOptions& options);

/// Opens a store, geds: too; calls GEDS's servers with the token of the environment's
/// IONLOOM_GEDS_TOKEN. Reaches for nothing yet. REQUIRES: options.url. Fails (kUsage) for what is
/// no URL of a store.
[[nodiscard]] Result<std::unique_ptr<store::ObjectStore>> open_store(const StoreOptions& options);

/// Opens it for objects of a run that has tried it out already. REQUIRES: keeps_objects().
[[nodiscard]] Result<std::unique_ptr<exec::StageStore>> open_known_store(
    const StoreOptions& options);

/// Opens it for a run's objects and tries it out. REQUIRES: options.url. Fails (kRemote) when it
/// cannot be reached.
[[nodiscard]] Result<std::unique_ptr<exec::StageStore>> open_stage_store(
    const StoreOptions& options, std::uint32_t threads);

}  // namespace ionloom::app
