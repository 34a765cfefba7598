#pragma once

namespace ionloom::app {

/// Makes Ctrl-C (SIGINT) and SIGTERM ask the run to stop instead of ending the process, so that it
/// can remove what it has half-written. A second signal ends it at once.
void catch_interruptions();

/// Whether a signal has asked to stop. Thread-safe.
[[nodiscard]] bool interrupted();

}  // namespace ionloom::app
