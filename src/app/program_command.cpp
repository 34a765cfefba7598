#include "app/program_command.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "app/interruption.h"
#include "app/program_places.h"
#include "app/whole_file.h"
#include "cache/cache_folder.h"
#include "wasi/program.h"

namespace ionloom::app {
namespace {

wasi::Quotas quotas_of(const ProgramArguments& arguments) {
  wasi::Quotas quotas;
  if (arguments.written_bytes) quotas.written_bytes = *arguments.written_bytes;
  if (arguments.created_objects) quotas.created_objects = *arguments.created_objects;
  return quotas;
}

wasm::Limits limits_of(const ProgramArguments& arguments) {
  wasm::Limits limits{
      .memory_bytes = arguments.memory_bytes, .fuel = arguments.fuel, .cancelled = interrupted};
  if (arguments.time_s) {
    limits.time = std::chrono::milliseconds(static_cast<std::int64_t>(*arguments.time_s * 1000));
  }
  return limits;
}

Result<std::vector<std::pair<std::string, std::string>>> environment_of(
    const ProgramArguments& arguments) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const std::string& text : arguments.environment) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return usage_error("--env \"" + text + "\" is not of the form NAME=VALUE");
    }
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace

Result<std::int32_t> run_program_command(const ProgramArguments& arguments) {
  auto environment = environment_of(arguments);
  if (!environment) return std::unexpected(environment.error());
  const auto module = read_whole_file(arguments.program, "a WebAssembly program");
  if (!module) return std::unexpected(module.error());
  auto places = open_places(arguments, std::make_shared<wasi::QuotaCount>(quotas_of(arguments)));
  if (!places) return std::unexpected(places.error());
  wasi::ProgramSettings settings{.arguments = {arguments.program.filename().string()},
                                 .environment = *std::move(environment),
                                 .folders = std::move(places->folders),
                                 .buckets = std::move(places->buckets),
                                 .handles = arguments.handles,
                                 .limits = limits_of(arguments)};
  settings.arguments.insert(settings.arguments.end(), arguments.arguments.begin(),
                            arguments.arguments.end());
  if (auto folder = cache::default_cache_folder(cache::kModules)) {
    settings.cache = wasm::ModuleCacheSettings{.folder = *std::move(folder)};
  }
  return wasi::run_program(std::as_bytes(std::span(*module)), arguments.program.string(),
                           std::move(settings));
}

}  // namespace ionloom::app
