#include "app/pace_meter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>

#include <sched.h>

namespace ionloom::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetween{2};
constexpr double kWorthLooking_s = 0.0015;  ///< of this process's time
constexpr int kSteps = 5000;                ///< of each part: some 10 us
/// Stages slow down less than what fills a core: of the interpreter's 1.5 times where that
/// takes 1.65.
constexpr double kOfStages = 0.75;
/// A stage shorter than the time between two looks had the pace of those next to it.
constexpr milliseconds kNear{20};

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Whatever the compiler knows of a value ends here.
void hide(std::uint64_t& value) {
  asm volatile("" : "+r"(value));
}

/// Each step waits for the one before.
void wait_steps(std::uint64_t& state) {
  for (int i = 0; i < kSteps; ++i) {
    state = state * 0x9E3779B97F4A7C15U + 1;
    hide(state);
  }
}

/// Six sums that do not wait for each other.
void fill_steps(std::uint64_t& state) {
  std::uint64_t a = state;
  std::uint64_t b = state + 1;
  std::uint64_t c = state + 2;
  std::uint64_t d = state + 3;
  std::uint64_t e = state + 4;
  std::uint64_t f = state + 5;
  for (int i = 0; i < kSteps; ++i) {
    a += b ^ 7;
    hide(a);
    b += c ^ 7;
    hide(b);
    c += d ^ 7;
    hide(c);
    d += e ^ 7;
    hide(d);
    e += f ^ 7;
    hide(e);
    f += a ^ 7;
    hide(f);
  }
  state = a + b + c + d + e + f;
}

}  // namespace

std::vector<double> paces(const std::vector<PaceSample>& samples) {
  double least_waiting_s = std::numeric_limits<double>::infinity();
  double least_filling_s = std::numeric_limits<double>::infinity();
  for (const PaceSample& sample : samples) {
    least_waiting_s = std::min(least_waiting_s, sample.waiting_s);
    least_filling_s = std::min(least_filling_s, sample.filling_s);
  }
  std::vector<double> found;
  for (const PaceSample& sample : samples) {
    const double alone = least_filling_s / least_waiting_s;
    const double here = sample.filling_s / sample.waiting_s;
    found.push_back(std::min(1.0, std::pow(alone / here, kOfStages)));
  }
  return found;
}

std::unique_ptr<PaceMeter> PaceMeter::start() {
  const int here = ::sched_getcpu();
  if (here < 0) return nullptr;
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<std::size_t>(here), &only);
  if (::sched_setaffinity(0, sizeof only, &only) != 0) return nullptr;
  return std::unique_ptr<PaceMeter>(new PaceMeter);
}

PaceMeter::~PaceMeter() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void PaceMeter::look() {
  std::uint64_t state = 1;
  double last_s = 0;
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kBetween, [this] { return is_over_; })) {
    // Where the process has a share of a processor, or waits, there is less to see.
    if (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - last_s < kWorthLooking_s) continue;
    lock.unlock();
    const double begin_s = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    wait_steps(state);
    const double between_s = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    fill_steps(state);
    const double end_s = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    hide(state);
    last_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    lock.lock();
    samples_.push_back(
        {.at = Clock::now(), .waiting_s = between_s - begin_s, .filling_s = end_s - between_s});
  }
}

std::optional<double> PaceMeter::between(Clock::time_point begin, Clock::time_point end) const {
  const std::lock_guard lock(mutex_);
  const std::vector<double> all = paces(samples_);
  double sum = 0;
  int count = 0;
  for (const milliseconds around : {milliseconds{0}, kNear}) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (samples_[i].at < begin - around || samples_[i].at > end + around) continue;
      sum += all[i];
      ++count;
    }
    if (count > 0) return sum / count;
  }
  return std::nullopt;
}

}  // namespace ionloom::app
