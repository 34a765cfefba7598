#include "app/lithops_command.h"

#include <cstdlib>
#include <set>
#include <string_view>
#include <system_error>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace ionloom::app {
namespace {

namespace fs = std::filesystem;

/// Tells in a sentence, not in a traceback, when the package is not there.
constexpr const char* kStart = R"(
import sys
try:
    from ionloom.lithops.command import main
except ImportError as error:
    sys.stderr.write(
        f"error: --executor lithops is done by the Python package, which {sys.executable} cannot "
        f"load ({error}): install it with pip install '.[lithops]' from a clone, and name its Python "
        "with the environment variable IONLOOM_PYTHON\n")
    sys.exit(2)
sys.exit(main())
)";

/// What the package is told apart, or decides itself; the rest goes to the engine as it is.
const std::set<std::string>& own_options() {
  static const std::set<std::string> names = {
      "dataset",          "--molecules", "--output",      "--force",         "--executor",
      "--lithops-config", "--resume",    "--store",       "--scoring-model", "--runtime",
      "--module",         "--scratch",   "--threads",     "--help",          "--planner",
      "--sites",          "--goal",      "--keep-raw-at", "--placement"};
  return names;
}

/// Options that were given, as "--name=value" and "--flag".
std::vector<std::string> engine_arguments(const CLI::App& command) {
  std::vector<std::string> arguments;
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || own_options().contains(name)) continue;
    if (option->get_expected_max() == 0) {
      arguments.push_back(name);
      continue;
    }
    std::string values;
    for (const std::string& value : option->results()) {
      values += (values.empty() ? "" : ",") + value;
    }
    arguments.push_back(std::string(name).append("=").append(values));
  }
  return arguments;
}

Result<void> become_python(const nlohmann::ordered_json& job) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  // The calls on this machine use this very program.
  ::setenv("IONLOOM_COMMAND", self.c_str(), 0);       // NOLINT(concurrency-mt-unsafe)
  const char* named = std::getenv("IONLOOM_PYTHON");  // NOLINT(concurrency-mt-unsafe)
  const std::string python = named == nullptr ? "python3" : named;
  const std::string text = job.dump();
  ::execlp(python.c_str(), python.c_str(), "-c", kStart, text.c_str(), nullptr);
  const std::error_code why(errno, std::generic_category());
  return fail(ErrorCode::kUsage, python,
              "this Python, which would drive Lithops, cannot be started: " + why.message() +
                  "; name one with the environment variable IONLOOM_PYTHON");
}

nlohmann::ordered_json text_or_null(const std::optional<fs::path>& path) {
  return path ? nlohmann::ordered_json(path->string()) : nlohmann::ordered_json();
}

}  // namespace

void add_runs(CLI::App& app, RunsOptions& options) {
  CLI::App* group = app.add_subcommand(
      "runs", "Runs of --executor lithops in Lithops' storage, and their objects");
  group->require_subcommand(1);
  CLI::App* list = group->add_subcommand("list", "List them: when, what, done or not");
  CLI::App* clean = group->add_subcommand(
      "clean", "Remove runs that are over, and with --all every object that runs have kept");
  for (CLI::App* command : {list, clean}) {
    command
        ->add_option("--lithops-config", options.config,
                     "Lithops' configuration (default: what Lithops finds)")
        ->type_name("FILE.yaml");
  }
  clean->add_option("run", options.runs, "runs to remove (default: all that are over)")
      ->type_name("RUN");
  clean->add_flag(
      "--all", options.all,
      "also those that seem to be under way, and the objects that later runs would use");
}

Result<void> annotate_by_lithops(const CLI::App& command, const AnnotateOptions& options) {
  nlohmann::ordered_json molecules = nlohmann::ordered_json::array();
  for (const fs::path& list : options.molecules) molecules.push_back(list.string());
  return become_python({{"action", "annotate"},
                        {"dataset", options.dataset.string()},
                        {"molecules", std::move(molecules)},
                        {"output", options.output.string()},
                        {"force", options.force},
                        {"config", text_or_null(options.lithops_config)},
                        {"resume", options.resume},
                        {"store", options.store.url ? nlohmann::ordered_json(*options.store.url)
                                                    : nlohmann::ordered_json()},
                        {"runtime", options.runtime.runtime},
                        {"sites", text_or_null(options.sites)},
                        {"goal", options.goal},
                        {"keep_raw_at", options.keep_raw_at},
                        {"placement", options.placement},
                        {"scoring_model", text_or_null(options.scoring_model)},
                        {"arguments", engine_arguments(command)},
                        {"command_line", options.command_line}});
}

Result<void> run_runs(const std::string& action, const RunsOptions& options) {
  return become_python({{"action", "runs " + action},
                        {"config", text_or_null(options.config)},
                        {"runs", options.runs},
                        {"all", options.all}});
}

}  // namespace ionloom::app
