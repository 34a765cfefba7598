#pragma once

#include <functional>
#include <string>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionloom::store::test_support {

/// A process that does `work` with the writing end of a pipe and ends.
class ChildProcess {
 public:
  explicit ChildProcess(const std::function<void(int pipe)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ends[0]);
      work(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  ~ChildProcess() {
    kill();
    ::close(pipe_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits until so many bytes came; what came is less when the process ended before.
  std::string read(std::size_t bytes) const {
    std::string text(bytes, '\0');
    std::size_t count = 0;
    while (count < bytes) {
      const ssize_t more = ::read(pipe_, text.data() + count, bytes - count);
      if (more <= 0) break;
      count += static_cast<std::size_t>(more);
    }
    text.resize(count);
    return text;
  }

  /// kill -9, and waits for its end.
  void kill() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = -1;
  }

 private:
  pid_t id_ = -1;
  int pipe_ = -1;
};

}  // namespace ionloom::store::test_support
