#include "app/standard_streams.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace ionloom::app {

void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open() takes the lowest free number, which is this one: those below are filled by now.
    if (::fcntl(stream, F_GETFD) == -1 && errno == EBADF) ::open("/dev/null", O_RDWR);
  }
}

}  // namespace ionloom::app
