#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "exec/progress.h"

namespace ionloom::app {

/// Shows a run's stages on stderr: a bar that is redrawn in place on a terminal, plain lines (one
/// when a stage ends, and one every few seconds) elsewhere. Stops the run on Ctrl-C.
class ProgressLine final : public exec::Progress {
 public:
  ProgressLine();
  /// Leaves the line of an unfinished stage, so that what is printed next has one of its own.
  ~ProgressLine() override;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void begin(std::string_view stage, std::string_view unit, std::uint64_t total) override;
  void advance(std::uint64_t units) override;
  void end() override;
  [[nodiscard]] bool cancelled() const override;

 private:
  using Clock = std::chrono::steady_clock;

  void draw(std::uint64_t done, bool finished);

  bool terminal_ = false;
  bool line_open_ = false;  ///< a bar stands on the terminal without a line end
  std::string stage_;
  std::string unit_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::int64_t> next_draw_ms_ = 0;  ///< since the stage began
  Clock::time_point start_;
  std::mutex drawing_;
};

/// 12345678 -> "12,345,678".
[[nodiscard]] std::string with_separators(std::uint64_t number);

/// "1 formula", "12,345 formulas".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view many);

/// 123456789 -> "123 MB".
[[nodiscard]] std::string readable_bytes(std::uint64_t bytes);

}  // namespace ionloom::app
