#include "app/calibrate_command.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "app/known_models.h"
#include "app/one_of.h"
#include "app/progress_line.h"
#include "app/runtime_options.h"
#include "app/seconds_since.h"
#include "app/self_test.h"
#include "app/standard_streams.h"
#include "app/store_profile.h"
#include "geds/open_store_url.h"
#include "plan/storage_tier.h"
#include "sites/measured_kappas.h"

namespace ionloom::app {
namespace {

using Clock = std::chrono::steady_clock;

/// Of under 10 s in all, with what is learned from it.
constexpr double kStagesBudget_s = 8;
constexpr double kStoreBudget_s = 1.5;

std::vector<std::string> runtimes(const std::string& only) {
  if (!only.empty()) return {only};
  std::vector<std::string> names = {"native"};
  if (open_runtime({.runtime = "wasm"}, 1)) names.emplace_back("wasm");
  return names;
}

std::string per_second(double value, std::string_view unit) {
  return value > 1e18 ? "too fast to tell" : fmt::format("{:.3g} {}/s", value, unit);
}

Result<void> measure_store(const CalibrateOptions& options, const std::string& device) {
  const std::string tier = tier_of(options.store);
  auto store = geds::open_store_url(options.store);
  if (!store) return std::unexpected(store::to_error(store.error()));
  const auto measured = profile_store(**store, tier, device, kStoreBudget_s);
  if (!measured) return std::unexpected(measured.error());
  if (auto kept = record(*measured); !kept) return kept;
  for (const bool reading : {false, true}) {
    const auto rates = plan::fit_tier_rates(tier, reading, *measured);
    if (!rates) continue;
    say(stdout, "{} {}: {:.3g} ms a request, {} to one task, {} to all\n", tier,
        reading ? "read " : "write", 1e3 * rates->latency_s,
        per_second(rates->task_bytes_s / 1e6, "MB"), per_second(rates->shared_bytes_s / 1e6, "MB"));
  }
  return {};
}

/// How this machine compares, a line a stage with a number a way of running.
void say_kappas(const plan::LearnedModels& models, const std::string& device,
                std::span<const std::string> ways) {
  const std::vector<plan::Measurement> measurements = known_measurements();
  std::vector<sites::Kappas> kappas;
  for (const std::string& way : ways) {
    const std::string runtime = way == "wasm" ? "precompiled" : way;
    kappas.push_back(sites::measured_kappas(
        models, measurements, device,
        sites::runtime_from_name(runtime).value_or(sites::Runtime::kNative)));
  }
  std::string heading;
  for (const std::string& way : ways) heading += fmt::format("{:>12}", way);
  say(stdout,
      "A stage's tasks take so many times as long as in the compiled module on the machine of\n"
      "ionloom's defaults:\n           {}\n",
      heading);
  for (const plan::Stage stage : plan::kStages) {
    std::string line;
    for (const sites::Kappas& of_way : kappas) {
      const auto& kappa = of_way[static_cast<std::size_t>(stage)];
      line += kappa ? fmt::format("{:>12.2f}", *kappa) : fmt::format("{:>12}", "-");
    }
    say(stdout, "  {:<9}{}\n", plan::stage_name(stage), line);
  }
}

}  // namespace

void add_calibrate(CLI::App& app, CalibrateOptions& options) {
  CLI::App* command = app.add_subcommand(
      "calibrate", "Measure this machine in under 10 s, so that plans hold for it");
  command
      ->add_option("--device", options.device,
                   "what to call this machine; set IONLOOM_DEVICE to the same, so that later runs\n"
                   "are counted to it (default: the processor's name and its cores)")
      ->type_name("NAME");
  command
      ->add_option("--runtime", options.runtime,
                   "measure no other way of running the stages (default: native and wasm)")
      ->check(one_of({"native", "wasm", "interpreted"}))
      ->type_name("native|wasm|interpreted");
  command->add_flag(
      "--thorough", options.thorough,
      "every size three times instead of under 10 s: a minute, in the interpreter and\n"
      "on slow devices some");
  command
      ->add_option(
          "--store", options.store,
          "measure a store as well: latency and bandwidth for 1, 4 and 16 tasks\n"
          "(memory:, shared:/dev/shm/DIR, file:/DIR, s3://BUCKET, geds://HOST:PORT/BUCKET)")
      ->type_name("URL");
}

Result<void> run_calibrate(const CalibrateOptions& options) {
  const auto start = Clock::now();
  if (!options.store.empty() && tier_of(options.store).empty()) {
    return usage_error(fmt::format(
        "--store \"{}\" is not the URL of a store: it begins with memory:, shared:, file:, s3: or "
        "geds:",
        options.store));
  }
  const auto place = measurements_path();
  if (!place) {
    return usage_error(
        "measurements have no place: none of IONLOOM_MEASUREMENTS, XDG_DATA_HOME and HOME is set");
  }
  const std::string device = options.device.empty() ? this_machine() : options.device;
  const double store_s = options.store.empty() ? 0 : kStoreBudget_s;
  const std::vector<std::string> ways = runtimes(options.runtime);
  ProgressLine progress;
  const auto budget_s = options.thorough ? std::nullopt : std::optional(kStagesBudget_s - store_s);
  const auto tested = test_stages(device, ways, budget_s, progress);
  if (!tested) return std::unexpected(tested.error());
  if (auto kept = record(tested->measurements); !kept) return kept;
  if (!options.store.empty()) {
    if (auto done = measure_store(options, device); !done) return done;
  }
  const KnownModels known = learn_again();
  if (!known.trouble.empty()) say(stderr, "warning: {}\n", known.trouble);
  say(stdout, "Measured \"{}\" with {} runs in {:.1f} s; kept in {}\n", device, tested->runs,
      seconds_since(start), place->string());
  say_kappas(known.models, device, ways);
  return {};
}

}  // namespace ionloom::app
