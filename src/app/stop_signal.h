#pragma once

#include <string>

#include <signal.h>

namespace ionloom::app {

/// For a server: the signals that ask it to stop (SIGINT, SIGTERM, SIGHUP) wait until wait() takes
/// one. Made before the threads of the server, which inherit that they do not take them.
class StopSignal {
 public:
  StopSignal();

  /// Returns when one of them comes.
  /// @return its name, e.g. "SIGTERM"
  [[nodiscard]] std::string wait() const;

 private:
  sigset_t signals_;
};

}  // namespace ionloom::app
