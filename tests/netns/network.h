#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

/// Machines and cables for tests, made of the kernel's network namespaces. The test's process moves
/// into a network of its own, the hub; each Host is a namespace with one cable to it, and hosts
/// reach each other through it. All of it goes with the process, however that ends.
namespace ionloom::netns {

/// Moves this process into a network (and mounts) of its own, once; before it starts threads, which
/// would stay outside.
/// @return why that is not permitted here; empty when it is done
[[nodiscard]] std::string enter_own_network();

/// A namespace with a cable to the hub: 10.77.NUMBER.2 here, 10.77.NUMBER.1 at the hub.
class Host {
 public:
  /// @param number 1..250, each once at a time. Throws std::runtime_error when `ip` fails.
  explicit Host(int number);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  [[nodiscard]] std::string address() const;

  /// Bounds the cable to so many bits a second, each way (tc's token bucket).
  void set_rate(std::uint64_t bits_per_s) const;

  /// Pulls the cable: no packet passes, and nobody is told.
  void cut() const;
  void mend() const;

  /// Does `work` in the thread that lives inside this namespace, as long as the Host: sockets and
  /// processes it makes belong there.
  void inside(const std::function<void()>& work) const;

 private:
  void live(const std::stop_token& stop);

  int number_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any asked_;
  mutable std::optional<std::packaged_task<void()>> work_;
  std::jthread thread_;  ///< its namespace is the host's
};

/// Gives the hub one more address, at which a Relay can stand for a host.
void add_hub_address(const std::string& address);
void remove_hub_address(const std::string& address);

/// Runs a command of the system, e.g. "ip link"; throws std::runtime_error when it fails.
void run_command(const std::string& command);

}  // namespace ionloom::netns
