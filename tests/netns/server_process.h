#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "geds/names.h"

namespace ionloom::netns {

/// `ionloom geds serve-metadata` or `node` as a process of the calling thread's network; killed
/// when that thread ends, however it ends.
class ServerProcess {
 public:
  /// Returns once it has told where it listens; throws std::runtime_error when it ends before.
  /// @param arguments  behind `ionloom geds`, without --json
  explicit ServerProcess(std::vector<std::string> arguments);
  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&& other) noexcept;
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] const geds::HostPort& address() const { return address_; }

  /// kill -9, and waits for the end.
  void kill();
  /// SIGTERM; returns the exit code.
  int stop();

 private:
  pid_t id_ = -1;
  int output_ = -1;
  geds::HostPort address_;
};

}  // namespace ionloom::netns
