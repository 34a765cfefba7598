#include "app/site_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/core.h>

#include "app/duration.h"
#include "app/job_survey.h"
#include "app/joined.h"
#include "app/nearest_name.h"
#include "app/observed_sites.h"
#include "app/placement_file.h"
#include "app/progress_line.h"
#include "app/run_plan.h"
#include "app/stage_bounds.h"
#include "app/stage_devices.h"
#include "imaging/peak_table.h"
#include "imzml/spectrum_reader.h"
#include "plan/evenly_spread.h"
#include "plan/touched_share.h"
#include "sites/reference_tasks.h"
#include "stages/packed_block.h"
#include "stages/peak_run.h"

namespace ionloom::app {
namespace {

static_assert(plan::kRunBlockBytes == stages::kRunBlockBytes &&
              plan::kRunPeakBytes == sizeof(imaging::Peak));

constexpr std::size_t kSampledSpectra = 256;
constexpr std::uint64_t kSampledPeaks = 200'000;
constexpr std::uint64_t kMostTasks = 2048;
constexpr double kRuns = 8;           ///< side by side, for memory bounds
constexpr double kPatternBytes = 76;  ///< an ion in the table (docs/formats/stage-objects.md)
constexpr double kMetricBytes = 100;
constexpr double kImageBytes_a_pixel = 1.5;  ///< of a PNG, four images an ion
// What tasks and steps of planning take beside the stages, on the machine of the defaults: measured
// with runs over emulated sites, docs/formats/sites.md.
constexpr double kIons_a_task = 1024;
constexpr double kStore_bytes_s = 5e8;  ///< into and out of a node on the same machine
constexpr double kTask_s = 0.004;
constexpr double kStep_s = 0.2;
constexpr double kStepIon_s = 0.7e-6;

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

/// What tasks take beside their stages: reading and writing objects, beginning and ending.
void add_task_costs(const plan::JobCounts& counts, sites::PlacementJob& job) {
  const auto peaks = static_cast<double>(counts.peaks);
  const auto ions = static_cast<double>(counts.ions);
  const double tasks = std::ceil(ions / kIons_a_task);
  // Each task reads a block of every run that the one before has read too.
  const double again_bytes = tasks * plan::ingested_runs(peaks) * plan::kRunBlockBytes;
  const double read_bytes = job.run_bytes * job.window_share + again_bytes;
  // Images are made in groups of neighbours, which read the same blocks once.
  const double windows = plan::kWindows * static_cast<double>(counts.image_ions);
  const double image_bytes = job.run_bytes * plan::touched_share(windows, 0, peaks);
  if (job.run_bytes > 0) job.image_share = image_bytes / job.run_bytes;
  job.step_s = kStep_s + kStepIon_s * ions;
  job.ingest_more_s = job.run_bytes / kStore_bytes_s;
  job.annotate_more_s = read_bytes / kStore_bytes_s + tasks * kTask_s;
  job.images_more_s = image_bytes / kStore_bytes_s;
}

/// What a site that ranks reads of the dataset and the lists, where it is not the source: the
/// header, and the spectra by which work is counted (docs/formats/ibd-record.md).
double header_bytes(const Job& job, double xml_bytes) {
  double bytes = xml_bytes;
  for (const auto& [offset, length] : surveyed_ranges(job.dataset)) {
    bytes += static_cast<double>(length);
  }
  for (const report::InputFile& list : job.lists.files) {
    bytes += static_cast<double>(list.size_bytes);
  }
  return bytes;
}

sites::PlacementJob placement_job(const Job& job, const SitesFile& file, double packed) {
  const plan::JobCounts& counts = job.counts;
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  std::error_code error;
  const std::uintmax_t size_bytes = std::filesystem::file_size(job.dataset.imzml_path, error);
  const double xml_bytes = error ? 0 : static_cast<double>(size_bytes);
  sites::PlacementJob made{
      .counts = counts,
      .raw_bytes = number(job.dataset.ibd_size_bytes) + xml_bytes,
      .run_bytes = number(counts.peaks) * sizeof(imaging::Peak),
      .packed_share = packed / sizeof(imaging::Peak),
      .ion_table_bytes = kPatternBytes * number(counts.ions),
      .metrics_bytes = kMetricBytes * number(counts.ions),
      .result_bytes = kMetricBytes * number(counts.ions) +
                      kImageBytes_a_pixel * number(counts.image_ions) * number(counts.pixels),
      .header_bytes = header_bytes(job, xml_bytes),
      .source = file.source,
      .results = file.results};
  made.window_share = plan::touched_share(plan::kWindows * number(counts.ions),
                                          number(counts.window_peaks), number(counts.peaks));
  add_task_costs(counts, made);
  made.predict = [&job](plan::Stage stage) {
    plan::Device device =
        stage_device(stage, job.settings, "wasm", true, std::string(plan::kReferenceMachine));
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

/// Which sites work on the divided stages, but for shares that no task is as small as.
std::vector<bool> shape_of(const sites::PlacedPlan& plan) {
  constexpr double kNothing = 0.02;
  std::vector<bool> works;
  for (const auto* shares : {&plan.placement.ingest, &plan.placement.annotate}) {
    for (const double share : *shares) works.push_back(share > kNothing);
  }
  return works;
}

/// The next with another shape than the first; where there is none, with patterns or ranks
/// elsewhere.
std::size_t runner_up_of(const std::vector<sites::PlacedPlan>& plans) {
  const sites::PlacedPlan& first = plans.front();
  const std::vector<bool> shape = shape_of(first);
  auto other = std::ranges::find_if(
      plans, [&](const sites::PlacedPlan& plan) { return shape_of(plan) != shape; });
  if (other == plans.end()) {
    other = std::ranges::find_if(plans, [&](const sites::PlacedPlan& plan) {
      return plan.placement.patterns != first.placement.patterns ||
             plan.placement.rank != first.placement.rank;
    });
  }
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

/// Puts the placement that is asked for before the others.
Result<void> put_first(const std::string& asked, SitePlan& made) {
  if (asked == "best") return {};
  if (asked == "runner-up") {
    const std::size_t at = runner_up_of(made.plans);
    if (at == made.plans.size()) {
      return usage_error("--placement runner-up: there is none, only one placement is possible");
    }
    const auto begin = made.plans.begin();
    std::rotate(begin, begin + static_cast<std::ptrdiff_t>(at),
                begin + static_cast<std::ptrdiff_t>(at) + 1);
    return {};
  }
  const std::size_t source = made.job.source;
  auto placement = read_placement(asked, made.file.sites, source);
  if (!placement) return std::unexpected(placement.error());
  if (made.job.keep_raw && (placement->ingest[source] < 1 || placement->annotate[source] < 1 ||
                            placement->rank != source)) {
    return usage_error(
        fmt::format("--placement {}: peaks would leave {}, which --keep-raw-at forbids", asked,
                    made.file.sites[source].name));
  }
  auto estimate = sites::estimate_placement(made.file.sites, made.job, *placement);
  if (!estimate) {
    return usage_error(fmt::format(
        "--placement {}: is not possible here: {}{}", asked, why_impossible(made.file, made.job),
        placement->windows_only
            ? "; windows_only holds for lists that touch under half of the peaks"
            : ""));
  }
  made.plans.insert(made.plans.begin(), {std::move(*placement), std::move(*estimate)});
  return {};
}

}  // namespace

Result<SitePlan> plan_sites(const Job& job, const std::filesystem::path& sites_file,
                            const SiteGoal& goal) {
  auto file = read_sites(sites_file);
  if (!file) return std::unexpected(file.error());
  for (sites::Site& site : file->sites) {
    sites::DeviceRecord& device = site.device;
    site.host_kappa = sites::speed_kappa(device.kappas, device.runtime, job.known.models);
    device.kappas =
        sites::kappas_of_job(device.kappas, device.runtime, job.known.models, job.counts);
    sites::slow_down(site, 1 / device.pace);
  }
  std::optional<ObservedSites> observed;
  if (goal.observed) {
    auto read = read_observed(*goal.observed, *file);
    if (!read) return std::unexpected(read.error());
    observed = std::move(*read);
    apply(*observed, *file);
  }
  const auto packed = packed_bytes_a_peak(job);
  if (!packed) return std::unexpected(packed.error());
  SitePlan made{
      .job = placement_job(job, *file, *packed), .goal = goal, .packed_bytes_a_peak = *packed};
  made.file = std::move(*file);
  if (observed) {
    made.job.ingested = observed->ingested;
    made.job.ingested_packed = observed->is_packed;
  }
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
  if (auto first = put_first(goal.placement, made); !first) return std::unexpected(first.error());
  const double time_s = made.plans.front().estimate.time_s;
  if (goal.deadline_s && time_s > *goal.deadline_s) {
    return usage_error(fmt::format("{} is done in {}; {} is {}",
                                   goal.placement == "best" ? "no placement" : "no such placement",
                                   readable_duration(*goal.deadline_s),
                                   goal.placement == "best" ? "the best possible" : "it",
                                   readable_duration(time_s)));
  }
  made.runner_up = runner_up_of(made.plans);
  return made;
}

}  // namespace ionloom::app
