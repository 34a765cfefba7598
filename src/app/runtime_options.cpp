#include "app/runtime_options.h"

#include <system_error>

#include "app/one_of.h"
#include "cache/cache_folder.h"
#include "exec/wasm_runtime.h"

namespace ionloom::app {
namespace {

/// stages.wasm beside this program.
std::filesystem::path built_module() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "stages.wasm";
}

}  // namespace

void add_runtime_options(CLI::App& command, RuntimeOptions& options) {
  command
      .add_option(
          "--runtime", options.runtime,
          "where stages run: as part of this program, or in the stages' WebAssembly module,\n"
          "compiled or interpreted as on processors that it cannot be compiled for\n"
          "(results do not depend on it)")
      ->check(one_of({"native", "wasm", "interpreted"}))
      ->capture_default_str()
      ->type_name("native|wasm|interpreted");
  command
      .add_option(
          "--module", options.module,
          "the module for --runtime wasm or interpreted (default: stages.wasm beside the program)")
      ->type_name("FILE.wasm");
  command
      .add_option("--module-sha256", options.module_sha256,
                  "refuse a module with another SHA-256 than this")
      ->type_name("HEX");
}

Result<std::unique_ptr<exec::TaskRuntime>> open_runtime(const RuntimeOptions& options,
                                                        std::uint32_t threads) {
  if (!options.is_wasm()) return exec::native_runtime();
  return exec::open_wasm_runtime({.module = options.module.value_or(built_module()),
                                  .sha256 = options.module_sha256,
                                  .cache = cache::default_cache_folder(cache::kModules),
                                  .interpreted = options.runtime == "interpreted",
                                  // What lies beside the program is as good as the program.
                                  .watched = options.module.has_value(),
                                  .threads = threads});
}

}  // namespace ionloom::app
