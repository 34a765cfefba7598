#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace ionloom::netns {

/// What a link does to the bytes that go over it, each way alike.
struct LinkConditions {
  std::chrono::microseconds delay{0};  ///< from one end to the other
  std::uint64_t bits_per_s = 0;        ///< 0: as fast as the machine can
  double loss = 0;  ///< share of the segments (of 1448 bytes) that arrive with the retransmission
  std::chrono::milliseconds retransmission{200};  ///< how much later; Linux waits as long at least
};

/// An IPv4 address and port.
struct Endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
};

/// A bad link for TCP: takes connections at one address and carries their bytes to another, late,
/// slowly, with losses, or not at all. One thread serves all connections. Its sockets belong to the
/// network namespace of the thread that makes it. Thread-safe.
class Relay {
 public:
  /// Listens at `at` (port 0: any free one). Throws std::runtime_error when it cannot.
  Relay(const Endpoint& at, const Endpoint& to, const LinkConditions& conditions = {});
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  /// Resets all connections.
  ~Relay();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// For the bytes that come from now on.
  void set(const LinkConditions& conditions);

  /// As if the cable were pulled: nothing moves, nobody is told. A new connection seems to succeed,
  /// as the kernel answers for us, and stays silent.
  void cut() { set_cut(true); }
  /// What was on its way goes on, as TCP would send it again.
  void mend() { set_cut(false); }
  /// Resets what is open, as a firewall that forgot its connections does.
  void reset_connections();

  /// Bytes delivered, both ways together.
  [[nodiscard]] std::uint64_t delivered_bytes() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Packet {
    Clock::time_point due;
    std::vector<std::byte> bytes;
    std::size_t sent = 0;
  };
  /// One way of a connection.
  struct Lane {
    int from = -1;
    int to = -1;
    std::deque<Packet> underway;
    std::size_t underway_bytes = 0;
    Clock::time_point line_free;  ///< when the link has taken all bytes so far
    bool ended = false;           ///< `from` sends no more
    bool closed = false;          ///< and `to` has been told
  };
  struct Connection {
    int client = -1;
    int server = -1;
    bool connecting = true;  ///< to the server
    bool dead = false;
    Lane up;
    Lane down;
  };

  void set_cut(bool cut);
  void wake() const;
  void serve(const std::stop_token& stop);
  /// Waits until something can be done.
  void wait_for_work();
  void accept_one();
  void work_on(Connection& connection);
  void take_in(Lane& lane, Connection& connection);
  void give_out(Lane& lane, Connection& connection);

  Endpoint to_;
  int listener_ = -1;
  int waker_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  LinkConditions conditions_;
  bool cut_ = false;
  bool reset_ = false;
  std::uint64_t delivered_bytes_ = 0;
  std::list<Connection> connections_;
  std::minstd_rand random_{1};  // the same losses in every run
  std::jthread thread_;
};

}  // namespace ionloom::netns
