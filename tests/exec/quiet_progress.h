#pragma once

#include <atomic>

#include "exec/progress.h"

namespace ionloom::exec::testing {

/// Shows nothing; may be told to cancel.
class QuietProgress final : public Progress {
 public:
  void begin(std::string_view, std::string_view, std::uint64_t) override {}
  void advance(std::uint64_t units) override { done += units; }
  void end() override {}
  [[nodiscard]] bool cancelled() const override { return done >= cancel_at; }

  std::atomic<std::uint64_t> done = 0;
  std::uint64_t cancel_at = UINT64_MAX;
};

}  // namespace ionloom::exec::testing
