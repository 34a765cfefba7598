#include "app/progress_line.h"

#include <cstdio>

#include <fmt/core.h>
#include <unistd.h>

#include "app/interruption.h"
#include "app/standard_streams.h"

namespace ionloom::app {
namespace {

constexpr std::int64_t kRedrawMs = 100;
constexpr std::int64_t kPlainLineMs = 5000;
constexpr std::size_t kBarCells = 24;

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (line_open_) std::fputc('\n', stderr);
}

void ProgressLine::begin(std::string_view stage, std::string_view unit, std::uint64_t total) {
  stage_ = stage;
  unit_ = unit;
  total_ = total;
  done_ = 0;
  start_ = Clock::now();
  next_draw_ms_ = terminal_ ? kRedrawMs : kPlainLineMs;
}

void ProgressLine::advance(std::uint64_t units) {
  const std::uint64_t done = done_ += units;
  const auto elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_).count();
  std::int64_t next = next_draw_ms_;
  if (elapsed_ms < next) return;
  const std::int64_t later = elapsed_ms + (terminal_ ? kRedrawMs : kPlainLineMs);
  if (next_draw_ms_.compare_exchange_strong(next, later)) draw(done, false);
}

void ProgressLine::end() {
  if (!cancelled()) draw(total_, true);
}

bool ProgressLine::cancelled() const {
  return interrupted();
}

void ProgressLine::draw(std::uint64_t done, bool finished) {
  const std::lock_guard lock(drawing_);
  const std::chrono::duration<double> elapsed = Clock::now() - start_;
  const double share = total_ == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total_);
  std::string line = fmt::format("{:<10}", stage_);
  if (terminal_) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kBarCells));
    line += fmt::format("{:-<24}  ", std::string(std::min(full, kBarCells), '#'));
  }
  line += finished ? fmt::format("{} {}  {:.1f} s", with_separators(total_), unit_, elapsed.count())
                   : fmt::format("{:3.0f} % of {} {}", 100 * share, with_separators(total_), unit_);
  if (terminal_) {
    say(stderr, "\r\033[K{}{}", line, finished ? "\n" : "");
    line_open_ = !finished;
  } else {
    say(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

std::string with_separators(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_separators(number), number == 1 ? one : many);
}

std::string readable_bytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (value >= 10e9) return fmt::format("{:.0f} GB", value / 1e9);
  if (value >= 1e9) return fmt::format("{:.1f} GB", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.0f} MB", value / 1e6);
  return fmt::format("{:.0f} kB", value / 1e3);
}

}  // namespace ionloom::app
