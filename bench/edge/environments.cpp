#include "bench/edge/environments.h"

#include <stdexcept>

#include "plan/random_numbers.h"
#include "sites/support/random_sites.h"

namespace ionloom::bench {
namespace {

using Json = nlohmann::json;
using sites::log_uniform;
using sites::lognormal;

constexpr double kLinkError =
    0.1;  // of what was last seen of a link, standard deviation of the log
constexpr double kLeastLink_bytes_s = 1e6 / 8;
constexpr double kMostLink_bytes_s = 1e9 / 8;
constexpr std::uint64_t kTaskMemory_bytes = 300'000'000;
constexpr std::uint64_t kSiteMemory_bytes = 4'000'000'000;

std::array<std::optional<double>, plan::kStages.size()> by_stage(const Json& json) {
  std::array<std::optional<double>, plan::kStages.size()> values;
  for (const auto& [name, value] : json.items()) {
    const auto stage = plan::stage_from_name(name);
    if (!stage) throw std::runtime_error("there is no stage \"" + name + '"');
    values[static_cast<std::size_t>(*stage)] = value.get<double>();
  }
  return values;
}

void set_link(sites::Site& site, double up_bytes_s, double down_bytes_s, double latency_s) {
  site.device.link = {};
  site.device.link.up_bytes_s.add(up_bytes_s);
  site.device.link.down_bytes_s.add(down_bytes_s);
  site.device.link.latency_s.add(latency_s);
}

/// A stage that was not measured anywhere takes no time in both worlds.
auto predictor(const StageSeconds& seconds) {
  return [seconds](plan::Stage stage) {
    return plan::Prediction{.seconds = seconds[static_cast<std::size_t>(stage)].value_or(0)};
  };
}

/// Kappas that a device truly has for a job.
sites::Kappas true_kappas(const MeasuredJob& job, const std::string& device,
                          const std::string& reference) {
  const StageSeconds& there = job.took.at(device);
  const StageSeconds& here = job.took.at(reference);
  sites::Kappas kappas;
  for (std::size_t s = 0; s < kappas.size(); ++s) {
    kappas[s] = there[s] && here[s] && *here[s] > 0 ? *there[s] / *here[s] : 1;
  }
  return kappas;
}

/// Kappas that one of a device's self-tests tells of a job, filled where it tells none.
sites::Kappas known_kappas(const MeasuredJob& job, const TestedDevice& device,
                           plan::RandomNumbers& random) {
  const std::vector<sites::Kappas>& tests = job.kappas.at(device.name);
  sites::Kappas kappas = tests.at(random.below(tests.size()));
  for (std::size_t s = 0; s < kappas.size(); ++s) {
    if (!kappas[s]) kappas[s] = device.filled[s];
  }
  return kappas;
}

}  // namespace

EdgeMeasurements read_edge_measurements(const Json& json) {
  EdgeMeasurements measured;
  for (const Json& entry : json.at("devices")) {
    const auto runtime = sites::runtime_from_name(entry.at("runtime").get<std::string>());
    if (!runtime) throw std::runtime_error("a device's runtime is unknown");
    measured.devices.push_back(
        {.name = entry.at("name"), .runtime = *runtime, .kappas = by_stage(entry.at("kappas"))});
  }
  std::vector<sites::Kappas> known;
  std::vector<sites::Runtime> runtimes;
  for (const TestedDevice& device : measured.devices) {
    known.push_back(device.kappas);
    runtimes.push_back(device.runtime);
  }
  const std::vector<sites::Kappas> filled = sites::filled_kappas(known, runtimes);
  for (std::size_t v = 0; v < filled.size(); ++v) measured.devices[v].filled = filled[v];
  for (const Json& entry : json.at("jobs")) {
    MeasuredJob job{.name = entry.at("name"),
                    .sizes = {.raw_bytes = entry.at("raw_bytes"),
                              .run_bytes = entry.at("run_bytes"),
                              .packed_share = entry.at("packed_share"),
                              .window_share = entry.at("window_share"),
                              .ion_table_bytes = entry.at("ion_table_bytes"),
                              .result_bytes = entry.at("result_bytes"),
                              .header_bytes = entry.at("header_bytes")},
                    .predicted = by_stage(entry.at("predicted"))};
    for (const auto& [device, seconds] : entry.at("seconds").items()) {
      job.took.emplace(device, by_stage(seconds));
    }
    for (const auto& [device, tests] : entry.at("kappas").items()) {
      for (const Json& test : tests) job.kappas[device].push_back(by_stage(test));
    }
    measured.jobs.push_back(std::move(job));
  }
  if (measured.devices.empty() || measured.jobs.empty()) {
    throw std::runtime_error("there are no devices or no jobs");
  }
  return measured;
}

Environment draw_environment(const EdgeMeasurements& measured, std::uint64_t seed) {
  plan::RandomNumbers random(seed);
  const MeasuredJob& job = measured.jobs[random.below(measured.jobs.size())];
  const std::string& reference = measured.devices.front().name;
  Environment drawn{.text = job.name};
  const std::size_t sites = 2 + random.below(2);
  for (std::size_t v = 0; v < sites; ++v) {
    // The last is a machine far away: the reference, with a fast link.
    const bool is_cloud = v + 1 == sites;
    const TestedDevice& device =
        measured.devices[is_cloud ? 0 : random.below(measured.devices.size())];
    sites::Site site{.name = device.name};
    site.device.cores = static_cast<std::uint32_t>(log_uniform(random, 1, is_cloud ? 64.99 : 8.99));
    site.device.memory_bytes = kSiteMemory_bytes;
    site.start_up_s = is_cloud ? 2 * random.uniform() : 0;
    const double up =
        is_cloud ? 1.25e9 : log_uniform(random, kLeastLink_bytes_s, kMostLink_bytes_s);
    const double down = is_cloud ? 1.25e9 : up * (1 + 3 * random.uniform());
    const double latency = log_uniform(random, 1e-3, 0.1);
    drawn.text += " " + device.name + " x" + std::to_string(site.device.cores);

    sites::Site known = site;
    known.device.kappas = known_kappas(job, device, random);
    const double seen = lognormal(random, kLinkError);
    set_link(known, up * seen, down * seen, latency);
    sites::Site truth = site;
    truth.device.kappas = true_kappas(job, device.name, reference);
    set_link(truth, up, down, latency);
    drawn.known.push_back(std::move(known));
    drawn.truth.push_back(std::move(truth));
  }
  drawn.known_job = job.sizes;
  drawn.known_job.source = 0;
  drawn.known_job.results = random.below(2) == 0 ? 0 : sites - 1;
  drawn.known_job.least_memory = [](plan::Stage) { return kTaskMemory_bytes; };
  drawn.true_job = drawn.known_job;
  drawn.known_job.predict = predictor(job.predicted);
  drawn.true_job.predict = predictor(job.took.at(reference));
  return drawn;
}

}  // namespace ionloom::bench
