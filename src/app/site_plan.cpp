#include "app/site_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/core.h>

#include "app/duration.h"
#include "app/joined.h"
#include "app/nearest_name.h"
#include "app/progress_line.h"
#include "app/run_plan.h"
#include "app/stage_bounds.h"
#include "app/stage_devices.h"
#include "imaging/peak_table.h"
#include "imzml/spectrum_reader.h"
#include "plan/evenly_spread.h"
#include "stages/packed_block.h"
#include "stages/peak_run.h"

namespace ionloom::app {
namespace {

constexpr std::size_t kSampledSpectra = 256;
constexpr std::uint64_t kSampledPeaks = 200'000;
constexpr std::uint64_t kMostTasks = 2048;
constexpr double kRuns = 8;           ///< side by side, for memory bounds
constexpr double kPatternBytes = 76;  ///< an ion in the table (docs/formats/stage-objects.md)
constexpr double kMetricBytes = 100;
constexpr double kImageBytes_a_pixel = 1.5;  ///< of a PNG, four images an ion

/// Bytes of a packed peak: spectra from all over the dataset, sorted and packed as a run would be.
/// Of a sample m/z lie further apart than in the run, so this is rather too much.
Result<double> packed_bytes_a_peak(const Job& job) {
  const auto reader = imzml::SpectrumReader::open(job.dataset);
  if (!reader) return std::unexpected(reader.error());
  const std::size_t spectra = job.dataset.spectra.size();
  const std::uint64_t mean = job.counts.peaks / std::max<std::size_t>(spectra, 1) + 1;
  const std::size_t wanted = std::min<std::uint64_t>(kSampledSpectra, kSampledPeaks / mean + 1);
  imzml::Peaks peaks;
  std::vector<imaging::Peak> sample;
  for (const std::size_t i : plan::evenly_spread(spectra, wanted)) {
    if (auto done = reader->read(i, peaks); !done) return std::unexpected(done.error());
    for (std::size_t k = 0; k < peaks.mz.size(); ++k) {
      sample.push_back({peaks.mz[k], peaks.intensity[k], static_cast<std::uint32_t>(i)});
    }
  }
  if (sample.empty()) return 0.0;
  std::ranges::sort(sample, {}, [](const imaging::Peak& p) { return std::pair(p.mz, p.pixel); });
  std::vector<std::byte> bytes(stages::packed_block_bound_bytes(stages::kRunBlockPeaks));
  double packed = 0;
  const std::span<const imaging::Peak> all(sample);
  for (std::size_t at = 0; at < all.size(); at += stages::kRunBlockPeaks) {
    const std::size_t count = std::min(stages::kRunBlockPeaks, all.size() - at);
    packed += static_cast<double>(stages::pack_block(all.subspan(at, count), bytes));
  }
  return packed / static_cast<double>(all.size());
}

sites::PlacementJob placement_job(const Job& job, const SitesFile& file, double packed) {
  const plan::JobCounts& counts = job.counts;
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  std::error_code error;
  const std::uintmax_t xml_bytes = std::filesystem::file_size(job.dataset.imzml_path, error);
  sites::PlacementJob made{
      .counts = counts,
      .raw_bytes =
          number(job.dataset.ibd_size_bytes) + (error ? 0 : static_cast<double>(xml_bytes)),
      .run_bytes = number(counts.peaks) * sizeof(imaging::Peak),
      .packed_share = packed / sizeof(imaging::Peak),
      .ion_table_bytes = kPatternBytes * number(counts.ions),
      .result_bytes = kMetricBytes * number(counts.ions) +
                      kImageBytes_a_pixel * number(counts.image_ions) * number(counts.pixels),
      .source = file.source,
      .results = file.results};
  // Windows fall on peaks at random: of n windows to a peak, a share of exp(-n) is in none.
  if (counts.peaks > 0) {
    made.window_share = 1 - std::exp(-number(counts.window_peaks) / number(counts.peaks));
  }
  made.predict = [&job](plan::Stage stage) {
    plan::Device device =
        stage_device(stage, job.settings, "native", false, std::string(plan::kReferenceMachine));
    device.threads = 1;
    const plan::StagePrediction predicted = plan::predict_stage(
        job.known.models, device, stage, plan::stage_counts(stage, job.counts), kPlanLevel);
    return plan::Prediction{.seconds = predicted.seconds, .spread_log = predicted.spread_log};
  };
  std::uint64_t longest = 0;
  for (const imzml::Spectrum& spectrum : job.dataset.spectra) {
    longest = std::max(longest, spectrum.mz.length);
  }
  made.least_memory = [&job, longest](plan::Stage stage) {
    plan::WorkCounts share =
        plan::task_share(plan::stage_counts(stage, job.counts),
                         std::min(plan::most_tasks(stage, job.counts), kMostTasks));
    share[plan::Count::kRuns] = kRuns;
    return stage_bounds(job.settings.annotation, job.pixels.grid, longest)(stage, share);
  };
  return made;
}

Result<void> keep_raw(const SitesFile& file, const std::string& name, sites::PlacementJob& job) {
  if (name.empty()) return {};
  std::vector<std::string> names(file.sites.size());
  std::ranges::transform(file.sites, names.begin(), &sites::Site::name);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    const auto nearest = nearest_name(name, names);
    return usage_error(fmt::format("--keep-raw-at \"{}\" is not one of {}{}", name,
                                   joined(names, ", "),
                                   nearest ? fmt::format("; did you mean {}?", *nearest) : ""));
  }
  if (static_cast<std::size_t>(found - names.begin()) != job.source) {
    return usage_error(fmt::format(
        "--keep-raw-at {}: the dataset lies at {} (source in the sites file), so it would have to "
        "leave that",
        name, names[job.source]));
  }
  job.keep_raw = true;
  return {};
}

/// Which sites work on which stage.
auto shape_of(const sites::Placement& placement) {
  std::vector<bool> works;
  for (const auto* shares : {&placement.ingest, &placement.annotate}) {
    for (const double share : *shares) works.push_back(share > 0);
  }
  return std::tuple(works, placement.patterns);
}

std::size_t runner_up_of(const std::vector<sites::PlacedPlan>& plans) {
  const auto best = shape_of(plans.front().placement);
  const auto other = std::ranges::find_if(
      plans, [&](const sites::PlacedPlan& plan) { return shape_of(plan.placement) != best; });
  return static_cast<std::size_t>(other - plans.begin());
}

std::string why_impossible(const SitesFile& file, const sites::PlacementJob& job) {
  const std::uint64_t needed =
      std::max(job.least_memory(plan::Stage::kIngest), job.least_memory(plan::Stage::kAnnotate));
  std::string memory;
  for (const sites::Site& site : file.sites) {
    memory += fmt::format("{}{} has {}", memory.empty() ? "" : ", ", site.name,
                          readable_bytes(site.device.memory_bytes));
  }
  return fmt::format("a task needs {} of memory at least{}; {}", readable_bytes(needed),
                     job.keep_raw ? fmt::format(" at {}", file.sites[job.source].name) : "",
                     memory);
}

}  // namespace

Result<SitePlan> plan_sites(const Job& job, const std::filesystem::path& sites_file,
                            const SiteGoal& goal) {
  auto file = read_sites(sites_file);
  if (!file) return std::unexpected(file.error());
  const auto packed = packed_bytes_a_peak(job);
  if (!packed) return std::unexpected(packed.error());
  SitePlan made{
      .job = placement_job(job, *file, *packed), .goal = goal, .packed_bytes_a_peak = *packed};
  made.file = std::move(*file);
  if (auto kept = keep_raw(made.file, goal.keep_raw_at, made.job); !kept) {
    return std::unexpected(kept.error());
  }
  made.plans = goal.deadline_s
                   ? sites::best_placements(made.file.sites, made.job, goal.goal, *goal.deadline_s)
                   : sites::best_placements(made.file.sites, made.job, goal.goal);
  if (made.plans.empty()) {
    return data_error(sites_file.string(),
                      "no placement is possible: " + why_impossible(made.file, made.job));
  }
  const double time_s = made.plans.front().estimate.time_s;
  if (goal.deadline_s && time_s > *goal.deadline_s) {
    return usage_error(fmt::format("no placement is done in {}; the best possible is {}",
                                   readable_duration(*goal.deadline_s), readable_duration(time_s)));
  }
  made.runner_up = runner_up_of(made.plans);
  return made;
}

}  // namespace ionloom::app
