#include "app/command_line.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "app/annotate_arguments.h"
#include "app/annotate_command.h"
#include "app/cache_command.h"
#include "app/calibrate_command.h"
#include "app/devices_command.h"
#include "app/explain_command.h"
#include "app/geds_arguments.h"
#include "app/geds_command.h"
#include "app/help_formatter.h"
#include "app/info_command.h"
#include "app/interruption.h"
#include "app/lithops_command.h"
#include "app/models_command.h"
#include "app/plan_command.h"
#include "app/program_arguments.h"
#include "app/program_command.h"
#include "app/signed_values.h"
#include "app/simulate_arguments.h"
#include "app/simulation_run.h"
#include "app/standard_streams.h"
#include "app/task_command.h"
#include "app/version.h"
#include "app/wrong_use.h"

namespace ionloom::app {
namespace {

void add_info(CLI::App& app, InfoOptions& options) {
  CLI::App* command =
      app.add_subcommand("info", "Tell what is in a dataset, and what is wrong with it");
  command->add_option("dataset", options.dataset, "imzML file; its .ibd lies beside it")
      ->required()
      ->type_name("DATASET.imzML");
  command->add_flag("--strict", options.strict,
                    "fail on a UUID or checksum that is wrong or missing");
  command->add_flag("--json", options.json, "print JSON");
}

Result<void> run_simulation(const SimulateArguments& arguments) {
  const auto options = simulate_options(arguments);
  if (!options) return std::unexpected(options.error());
  return simulate_with_progress(*options);
}

Result<void> run_task_action(const std::string& action, const TaskOptions& options) {
  return action == "work" ? run_task_work(options.work) : run_task_command(options);
}

int report_failure(const Error& error) {
  say(stderr, "error: {}\n", error.message());
  return exit_code(error.code);
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments) {
  CLI::App app(
      "ionloom annotates imaging mass-spectrometry data: METASPACE's results, on your own machine.",
      "ionloom");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(
      "Exit codes: 0 done, 1 the data or the run failed, 2 wrong use, 3 too little memory or "
      "disk,\n"
      "4 a remote side failed, 130 stopped.");
  AnnotateOptions annotate;
  InfoOptions info;
  CacheOptions cache;
  SimulateArguments simulation;
  add_annotate(app, annotate);
  add_info(app, info);
  add_cache(app, cache);
  add_simulate(app, simulation);
  GedsArguments geds;
  add_geds(app, geds);
  TaskOptions task;
  CalibrateOptions calibration;
  ModelsOptions models;
  add_task(app, task);
  ProgramArguments program;
  add_wasm(app, program);
  add_calibrate(app, calibration);
  add_models(app, models);
  RunsOptions runs;
  add_runs(app, runs);
  DevicesOptions devices;
  add_devices(app, devices);
  PlanOptions plan;
  add_plan(app, plan);
  ExplainOptions explanation;
  add_explain(app, explanation);

  auto joined = with_joined_values(app, arguments);
  if (!joined) return report_failure(joined.error());
  std::ranges::reverse(*joined);  // the order in which the parser wants them
  try {
    app.parse(*joined);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return report_wrong_use(app, arguments, error);
  }

  catch_interruptions();
  for (const CLI::Option* option : app.get_subcommand("annotate")->get_options()) {
    if (option->count() > 0) annotate.given.insert(option->get_name());
  }
  annotate.command_line = arguments;
  annotate.command_line.insert(annotate.command_line.begin(), "ionloom");
  const bool by_lithops = annotate.executor == "lithops" || annotate.sites;
  if (!by_lithops && (annotate.lithops_config || annotate.resume)) {
    return report_failure(
        {ErrorCode::kUsage, "", "--lithops-config and --resume are for --executor lithops"});
  }
  const CLI::App& chosen = *app.get_subcommands().front();
  const std::string command = chosen.get_name();
  if (command == "wasm") {
    const auto status = run_program_command(program);
    return status ? *status : report_failure(status.error());
  }
  const auto action = [&] { return chosen.get_subcommands().front()->get_name(); };
  const auto run_annotation = [&] {
    return by_lithops ? annotate_by_lithops(chosen, annotate) : run_annotate(annotate);
  };
  const Result<void> done = command == "annotate"    ? run_annotation()
                            : command == "runs"      ? run_runs(action(), runs)
                            : command == "info"      ? run_info(info, std::cout)
                            : command == "cache"     ? run_cache(cache)
                            : command == "task"      ? run_task_action(action(), task)
                            : command == "geds"      ? run_geds(action(), geds)
                            : command == "calibrate" ? run_calibrate(calibration)
                            : command == "plan"      ? run_plan(plan)
                            : command == "explain"   ? run_explain(explanation)
                            : command == "devices"   ? run_devices(action(), devices)
                            : command == "models"    ? run_models(action(), models)
                                                     : run_simulation(simulation);
  return done ? 0 : report_failure(done.error());
}

}  // namespace ionloom::app
