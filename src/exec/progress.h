#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace ionloom::exec {

/// Watches a run and may stop it. All calls but advance() come from one thread.
class Progress {
 public:
  virtual ~Progress() = default;

  /// A stage begins; `total` units (peaks, ions ...) of work lie ahead.
  virtual void begin(std::string_view stage, std::string_view unit, std::uint64_t total) = 0;
  /// So many more units are done. Thread-safe.
  virtual void advance(std::uint64_t units) = 0;
  virtual void end() = 0;
  /// True once somebody asked the run to stop (Ctrl-C). Thread-safe.
  [[nodiscard]] virtual bool cancelled() const = 0;
};

/// How a stage that found itself cancelled ends.
[[nodiscard]] inline std::unexpected<Error> interrupted() {
  return fail(ErrorCode::kInterrupted, {}, "stopped on request");
}

}  // namespace ionloom::exec
