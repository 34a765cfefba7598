#include "plan/makespan.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

double lognormal(RandomNumbers& random, double median, double spread_log) {
  return spread_log == 0 ? median : median * std::exp(spread_log * random.normal());
}

/// Times at which slots are free, the earliest on top of the heap.
using Slots = std::vector<double>;

Slots start_slots(const TaskPool& pool, std::size_t tasks, double now, RandomNumbers& random) {
  Slots slots;
  if (pool.is_functions) {
    slots.resize(std::min<std::size_t>(pool.slots, std::max<std::size_t>(tasks, 1)));
    for (double& free : slots) {
      free = now + lognormal(random, pool.start_up_median_s, pool.start_up_spread_log);
    }
  } else {
    const double up = lognormal(random, pool.start_up_median_s, pool.start_up_spread_log);
    slots.assign(pool.slots, now + up);
  }
  std::ranges::make_heap(slots, std::greater{});
  return slots;
}

/// @return when the last task is done
double run_tasks(const StageLoad& stage, double ready, Slots& slots, RandomNumbers& random) {
  double end = ready;
  for (const double median : stage.task_median_s) {
    std::ranges::pop_heap(slots, std::greater{});
    double& slot = slots.back();
    slot = std::max(slot, ready) + lognormal(random, median, stage.spread_log);
    end = std::max(end, slot);
    std::ranges::push_heap(slots, std::greater{});
  }
  return end;
}

double one_makespan(std::span<const StageLoad> stages, std::span<const TaskPool> pools,
                    RandomNumbers& random) {
  std::vector<std::optional<Slots>> slots_of(pools.size());
  std::vector<double> ends;
  ends.reserve(stages.size());
  double last = 0;
  for (const StageLoad& stage : stages) {
    double ready = 0;
    for (const std::uint32_t before : stage.after) ready = std::max(ready, ends[before]);
    const TaskPool& pool = pools[stage.pool];
    std::optional<Slots>& slots = slots_of[stage.pool];
    if (pool.is_functions || !slots) {  // machines go on from stage to stage
      slots = start_slots(pool, stage.task_median_s.size(), ready, random);
    }
    ends.push_back(run_tasks(stage, ready, *slots, random));
    last = std::max(last, ends.back());
  }
  return last;
}

}  // namespace

Makespan::Makespan(std::vector<double> samples_s) : samples_s_(std::move(samples_s)) {
  std::ranges::sort(samples_s_);
}

double Makespan::quantile_s(double probability) const {
  const double rank = std::ceil(probability * static_cast<double>(samples_s_.size()));
  return samples_s_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

double Makespan::mean_s() const {
  return std::accumulate(samples_s_.begin(), samples_s_.end(), 0.0) /
         static_cast<double>(samples_s_.size());
}

Makespan simulate_makespan(std::span<const StageLoad> stages, std::span<const TaskPool> pools,
                           std::uint32_t samples, std::uint64_t seed) {
  RandomNumbers random(seed);
  std::vector<double> makespans(samples);
  for (double& makespan : makespans) makespan = one_makespan(stages, pools, random);
  return Makespan(std::move(makespans));
}

}  // namespace ionloom::plan
