#pragma once

namespace ionloom::app {

/// Makes Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) ask the run to stop instead of
/// ending the process, so that it can remove what it has half-written. A second signal ends it at
/// once. Signals of failed writes (SIGXFSZ, SIGPIPE) are ignored: the write itself fails, and says
/// so.
void catch_interruptions();

/// Whether a signal has asked to stop. Thread-safe.
[[nodiscard]] bool interrupted();

}  // namespace ionloom::app
