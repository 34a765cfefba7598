#include "app/interruption.h"

#include <csignal>

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
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
}

bool interrupted() {
  return stop_asked != 0;
}

}  // namespace ionloom::app
