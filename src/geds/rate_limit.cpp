#include "geds/rate_limit.h"

#include <algorithm>
#include <thread>

namespace ionloom::geds {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kBurst{0.05};
constexpr Seconds kPiece{0.02};
constexpr double kLeastPieceBytes = 1024;
constexpr double kMostPieceBytes = 1 << 20;

}  // namespace

void RateLimit::take(std::size_t bytes) {
  Clock::time_point until;
  {
    const std::scoped_lock lock(mutex_);
    const Seconds takes(static_cast<double>(bytes) / bytes_s_);
    passed_ = std::max(passed_, Clock::now()) + std::chrono::duration_cast<Clock::duration>(takes);
    until = passed_;
  }
  std::this_thread::sleep_until(until - std::chrono::duration_cast<Clock::duration>(kBurst));
}

std::size_t RateLimit::piece_bytes() const {
  return static_cast<std::size_t>(
      std::clamp(bytes_s_ * kPiece.count(), kLeastPieceBytes, kMostPieceBytes));
}

}  // namespace ionloom::geds
