#include "chem/profile_grid.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace ionloom::chem {
namespace {

constexpr std::int64_t kMaxSteps = 100'000'000;
constexpr auto kWindowSteps = static_cast<std::int64_t>(kWindow);
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Resolving power that sigmas start from. Version 1 takes that of the most intense peak.
double base_resolving_power(std::span<const PatternPeak> fine, const PeakShape& shape) {
  const double fwhm_mz = shape.sigma_mz * kSigmaToFwhm;
  if (shape.version == AnalysisVersion::kV3) return kBaseMz / fwhm_mz;
  const auto top = std::ranges::max_element(fine, {}, &PatternPeak::intensity);
  return top->mz / fwhm_mz;
}

double step_mz(double sigma_mz) {
  return (sigma_mz * kSigmaToFwhm) / kPointsPerFwhm;
}

/// How far `mz` moves when `step` is added again and again: rounding makes it the same multiple of
/// an ulp every time, until the next power of two, unless `step` lies half-way between two.
/// 0 when the moves are not all equal.
double rounded_step(double mz, double step) {
  const auto next = std::bit_cast<double>(std::bit_cast<std::uint64_t>(mz) + 1);
  const double move = (mz + step) - mz;
  return (next + step) - next == move ? move : 0;
}

/// The next power of two above a positive number.
double binade_end(double mz) {
  constexpr std::uint64_t kExponentBits = 0x7ff0000000000000ULL;
  return 2 * std::bit_cast<double>(std::bit_cast<std::uint64_t>(mz) & kExponentBits);
}

/// The number before a positive one.
double below(double mz) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(mz) - 1);
}

}  // namespace

void GridPoints::clear() {
  mz.clear();
  sigma_mz.clear();
  reach_mz.clear();
}

void GridPoints::reserve(std::size_t count) {
  mz.reserve(count);
  sigma_mz.reserve(count);
  reach_mz.reserve(count);
}

void GridPoints::keep_first(std::size_t count) {
  mz.resize(count);
  sigma_mz.resize(count);
  reach_mz.resize(count);
}

void GridPoints::keep_last(std::size_t count) {
  if (size() <= count) return;
  const auto gone = static_cast<std::ptrdiff_t>(size() - count);
  mz.erase(mz.begin(), mz.begin() + gone);
  sigma_mz.erase(sigma_mz.begin(), sigma_mz.begin() + gone);
  reach_mz.erase(reach_mz.begin(), reach_mz.begin() + gone);
}

void GridPoints::push(double point_mz, double point_sigma_mz, double point_reach_mz) {
  mz.push_back(point_mz);
  sigma_mz.push_back(point_sigma_mz);
  reach_mz.push_back(point_reach_mz);
}

GridWalk::GridWalk(std::span<const PatternPeak> fine, const PeakShape& shape, double width_sigmas)
    : fine_(fine),
      shape_(shape),
      width_sigmas_(width_sigmas),
      base_resolving_power_(base_resolving_power(fine, shape)),
      sigma_(sigma_at(fine.front().mz)),
      step_(step_mz(sigma_)) {
  first_mz_ = fine.front().mz - reach_mz();
}

double GridWalk::sigma_at(double mz) const {
  const double resolving_power =
      shape_.version == AnalysisVersion::kV1
          ? base_resolving_power_
          : resolving_power_at(shape_.analyzer, base_resolving_power_, mz);
  return (mz / resolving_power) / kSigmaToFwhm;
}

bool GridWalk::gives_up() const {
  const double range_mz = fine_.back().mz - fine_.front().mz + 4 * reach_mz();
  // Steps only grow; a tenth of the limit is margin enough for rounding.
  if (range_mz < 0.9 * kMaxSteps * step_) return false;
  GridWalk walk = *this;
  walk.pass(kInfinity);
  return !walk.ended_;
}

void GridWalk::pass(double mz) {
  if (steps_ == 0) pass_first_window(mz);
  while (steps_ == 0 || (!ended_ && mz_ <= mz && steps_ < kMaxSteps)) {
    const EqualSteps ahead = equal_steps(mz);
    mz_ += static_cast<double>(ahead.count) * ahead.move_mz;
    steps_ += ahead.count;
    step();
  }
}

/// No peak comes into reach or leaves it there.
void GridWalk::pass_first_window(double mz) {
  const double last_mz = window_mz(kWindowSteps - 1);
  if (last_mz > mz) return;
  mz_ = last_mz;
  steps_ = kWindowSteps;
}

void GridWalk::push(GridPoints& points) const {
  points.push(mz_, sigma_, empty_ ? -1.0 : reach_mz());
}

void GridWalk::enter(double from_mz, GridPoints& points) {
  pass(from_mz);
  if (!ended_) push(points);
}

bool GridWalk::keep(double to_mz, std::size_t most, GridPoints& points) {
  while (!ended_ && mz_ <= to_mz && steps_ < kMaxSteps) {
    if (points.size() >= most) return true;
    const EqualSteps ahead = equal_steps(to_mz);
    const auto room = static_cast<std::int64_t>(most - points.size());
    const double start_mz = mz_;
    for (std::int64_t i = 1; i <= std::min(ahead.count, room); ++i) {
      mz_ = start_mz + static_cast<double>(i) * ahead.move_mz;
      push(points);
    }
    steps_ += std::min(ahead.count, room);
    if (ahead.count > room) continue;
    step();
    if (!ended_) push(points);
  }
  return false;
}

/// One point. The first window lies around the left end of the first peak's reach.
void GridWalk::step() {
  if (steps_ < kWindowSteps) {
    visit(window_mz(steps_));
    return;
  }
  const double mz = mz_ + step_;
  ended_ = mz > fine_.back().mz + reach_mz();
  if (ended_) return;
  visit(mz);
  step_ = step_mz(sigma_);
}

void GridWalk::visit(double mz) {
  const double reach = reach_mz();
  if (mz > fine_[current_].mz + reach) empty_ = true;
  if (empty_ && current_ + 1 < fine_.size() && mz >= fine_[current_ + 1].mz - reach) {
    empty_ = false;
    ++current_;
    sigma_ = sigma_at(fine_[current_].mz);
  }
  mz_ = mz;
  ++steps_;
}

double GridWalk::window_mz(std::int64_t step) const {
  return first_mz_ + static_cast<int>(step - static_cast<std::int64_t>(kCentre)) * step_;
}

/// Stops at the last point before the event, so that a step leads to it.
GridWalk::EqualSteps GridWalk::equal_steps(double to_mz) const {
  if (steps_ < kWindowSteps || mz_ <= 0) return {};
  if (empty_ && current_ + 1 == fine_.size()) return {};
  const double event =
      empty_ ? below(fine_[current_ + 1].mz - reach_mz()) : fine_[current_].mz + reach_mz();
  const double target = std::min({event, below(binade_end(mz_)), to_mz});
  if (target - mz_ < step_) return {};
  const double move = rounded_step(mz_, step_);
  if (move <= 0) return {};
  // The points are exact until the binade ends, their number may be rounded up or down.
  const auto about = static_cast<std::int64_t>((target - mz_) / move);
  std::int64_t count = about - 2;
  for (std::int64_t more = -1; more <= 1; ++more) {
    count += mz_ + static_cast<double>(about + more) * move <= target ? 1 : 0;
  }
  return {std::clamp<std::int64_t>(count, 0, kMaxSteps - 1 - steps_), move};
}

}  // namespace ionloom::chem
