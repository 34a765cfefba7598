#include "app/interruption.h"

#include <csignal>
#include <initializer_list>

namespace ionloom::app {
namespace {

// A signal handler has no other way to speak to the run than a variable of its own.
volatile std::sig_atomic_t stop_asked = 0;

extern "C" void ask_to_stop(int signal) {
  stop_asked = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void catch_interruptions() {
  // A shell that starts a command in the background, or nohup, has signals ignored on purpose.
  for (const int stopping : {SIGINT, SIGTERM, SIGHUP}) {
    if (std::signal(stopping, ask_to_stop) == SIG_IGN) std::signal(stopping, SIG_IGN);
  }
  for (const int failing : {SIGXFSZ, SIGPIPE}) std::signal(failing, SIG_IGN);
}

bool interrupted() {
  return stop_asked != 0;
}

}  // namespace ionloom::app
