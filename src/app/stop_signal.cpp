#include "app/stop_signal.h"

#include <csignal>
#include <cstring>
#include <initializer_list>

namespace ionloom::app {

StopSignal::StopSignal() {
  ::sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals_, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

std::string StopSignal::wait() const {
  int signal = 0;
  ::sigwait(&signals_, &signal);
  return std::string("SIG") + ::sigabbrev_np(signal);
}

}  // namespace ionloom::app
