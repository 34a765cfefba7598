#include "app/pace_meter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <tuple>
#include <utility>

#include <fmt/core.h>
#include <sched.h>

#include "files/output_file.h"

namespace ionloom::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetween{2};
constexpr double kWorthLooking_s = 0.0015;  ///< of this process's time
constexpr int kSteps = 5000;                ///< of each part: some 10 us
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

double crowding(const PaceSample& sample, const PaceAlone& alone) {
  const double here = sample.filling_s / sample.waiting_s;
  return std::max(1.0, here * alone.waiting_s / alone.filling_s);
}

std::unique_ptr<PaceMeter> PaceMeter::start(std::filesystem::path kept) {
  const int here = ::sched_getcpu();
  if (here < 0) return nullptr;
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<std::size_t>(here), &only);
  if (::sched_setaffinity(0, sizeof only, &only) != 0) return nullptr;
  return std::unique_ptr<PaceMeter>(new PaceMeter(std::move(kept)));
}

PaceMeter::PaceMeter(std::filesystem::path kept) : kept_(std::move(kept)) {
  PaceAlone found;
  if (std::ifstream file(kept_); file >> found.waiting_s >> found.filling_s) {
    if (found.waiting_s > 0 && found.filling_s > 0) alone_ = found;
  }
  thread_ = std::thread([this] { look(); });
}

PaceMeter::~PaceMeter() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ended_.notify_one();
  thread_.join();
  if (kept_.empty() || samples_.empty()) return;
  // Without it the next run knows less, no more.
  std::ignore =
      files::write_file(kept_, fmt::format("{} {}\n", alone_.waiting_s, alone_.filling_s));
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
    alone_.waiting_s = std::min(alone_.waiting_s, samples_.back().waiting_s);
    alone_.filling_s = std::min(alone_.filling_s, samples_.back().filling_s);
  }
}

std::optional<double> PaceMeter::between(Clock::time_point begin, Clock::time_point end,
                                         double power) const {
  const std::lock_guard lock(mutex_);
  double sum = 0;
  int count = 0;
  for (const milliseconds around : {milliseconds{0}, kNear}) {
    for (const PaceSample& sample : samples_) {
      if (sample.at < begin - around || sample.at > end + around) continue;
      sum += std::pow(crowding(sample, alone_), -power);
      ++count;
    }
    if (count > 0) return sum / count;
  }
  return std::nullopt;
}

}  // namespace ionloom::app
