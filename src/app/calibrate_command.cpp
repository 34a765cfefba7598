#include "app/calibrate_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "app/child_run.h"
#include "app/demo_list.h"
#include "app/interruption.h"
#include "app/known_models.h"
#include "app/one_of.h"
#include "app/progress_line.h"
#include "app/runtime_options.h"
#include "app/seconds_since.h"
#include "app/standard_streams.h"
#include "app/store_profile.h"
#include "files/output_file.h"
#include "geds/open_store_url.h"
#include "plan/storage_tier.h"

namespace ionloom::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Runs that would not be done by then, if they took as long as the last, do not begin.
constexpr double kStagesBudget_s = 6.5;
constexpr double kStoreBudget_s = 1.5;

/// A simulated dataset: pixels to a side, and peaks of the median pixel.
struct Size {
  const char* name;
  const char* side;
  const char* peaks;
};
constexpr std::array kSizes = {Size{"small", "24", "200"}, Size{"middle", "48", "400"},
                               Size{"large", "64", "1000"}};

/// A folder that goes away with this.
class TemporaryFolder {
 public:
  [[nodiscard]] static Result<TemporaryFolder> create() {
    std::error_code error;
    std::string path = (fs::temp_directory_path(error) / "ionloom-calibrate-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr) {
      return data_error(path, "a folder for temporary files cannot be made");
    }
    return TemporaryFolder(path);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

std::vector<std::string> runtimes(const std::string& only) {
  if (!only.empty()) return {only};
  std::vector<std::string> names = {"native"};
  if (open_runtime({.runtime = "wasm"}, 1)) names.emplace_back("wasm");
  return names;
}

Result<void> simulate(const TemporaryFolder& folder, const Size& size) {
  return run_self({"simulate", "-m", (folder / "list.tsv").string(), "-o",
                   (folder / size.name).string(), "--width", size.side, "--height", size.side,
                   "--coverage", "1", "--peaks-per-pixel", size.peaks},
                  {}, folder / "log");
}

/// Annotates the datasets, the smallest first, in every way of running.
Result<int> run_stages(const TemporaryFolder& folder, const std::string& device,
                       const std::vector<std::string>& ways, Clock::time_point start) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const std::set<unsigned> threads = {1U, cores};
  int runs = 0;
  double last_s = 0;
  for (const Size& size : kSizes) {
    if (auto made = simulate(folder, size); !made) return std::unexpected(made.error());
    for (const std::string& runtime : ways) {
      for (const unsigned count : threads) {
        if (interrupted()) return fail(ErrorCode::kInterrupted, {}, "stopped on request");
        const double begun_s = seconds_since(start);
        if (begun_s + last_s > kStagesBudget_s) return runs;
        auto done = run_self({"annotate", (folder / size.name).string() + ".imzML", "-m",
                              (folder / "list.tsv").string(), "-o", (folder / "out").string(),
                              "--force", "--targeted", "no", "--no-pattern-cache", "--runtime",
                              runtime, "--threads", std::to_string(count)},
                             {"IONLOOM_DEVICE=" + device}, folder / "log");
        if (!done) return std::unexpected(done.error());
        last_s = seconds_since(start) - begun_s;
        ++runs;
      }
    }
  }
  return runs;
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
  auto folder = TemporaryFolder::create();
  if (!folder) return std::unexpected(folder.error());
  if (auto made = files::write_file(*folder / "list.tsv", demo_list()); !made) return made;
  const auto runs = run_stages(*folder, device, runtimes(options.runtime), start);
  if (!runs) return std::unexpected(runs.error());
  if (!options.store.empty()) {
    if (auto done = measure_store(options, device); !done) return done;
  }
  const KnownModels known = learn_again();
  if (!known.trouble.empty()) say(stderr, "warning: {}\n", known.trouble);
  say(stdout, "Measured \"{}\" with {} runs in {:.1f} s; kept in {}\n", device, *runs,
      seconds_since(start), place->string());
  for (const plan::StageModel& model : known.models.stages) {
    const plan::DeviceFactor* reference =
        model.device(plan::device_text({.machine = std::string(plan::kReferenceMachine)}));
    const plan::DeviceFactor* own = model.device(plan::device_text({.machine = device}));
    if (reference == nullptr || own == nullptr || !(reference->kappa > 0)) continue;
    say(stdout, "  {:<9} {:.2f} x as long as on the machine of ionloom's defaults\n",
        plan::stage_name(model.stage), own->kappa / reference->kappa);
  }
  return {};
}

}  // namespace ionloom::app
