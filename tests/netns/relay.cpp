#include "netns/relay.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ionloom::netns {
namespace {

constexpr std::size_t kSegmentBytes = 1448;
constexpr std::size_t kPacketBytes = std::size_t{64} << 10;
constexpr std::size_t kMostUnderwayBytes = std::size_t{16} << 20;

sockaddr_in socket_address(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error(endpoint.address + " is not an IPv4 address");
  }
  return address;
}

int new_socket() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) throw std::system_error(errno, std::generic_category(), "relay: socket");
  return socket;
}

void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void reset(int socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket);
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Relay::Relay(const Endpoint& at, const Endpoint& to, const LinkConditions& conditions)
    : to_(to), conditions_(conditions) {
  listener_ = new_socket();
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = socket_address(at);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const int failed = errno;
    ::close(listener_);
    throw std::system_error(failed, std::generic_category(), "relay: listen on " + at.address);
  }
  port_ = ntohs(address.sin_port);
  waker_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

Relay::~Relay() {
  thread_.request_stop();
  wake();
  thread_.join();
  for (const Connection& connection : connections_) {
    reset(connection.client);
    reset(connection.server);
  }
  ::close(listener_);
  ::close(waker_);
}

void Relay::wake() const {
  ::eventfd_write(waker_, 1);
}

void Relay::set(const LinkConditions& conditions) {
  const std::scoped_lock lock(mutex_);
  conditions_ = conditions;
  wake();
}

void Relay::set_cut(bool cut) {
  const std::scoped_lock lock(mutex_);
  cut_ = cut;
  wake();
}

void Relay::reset_connections() {
  const std::scoped_lock lock(mutex_);
  reset_ = true;
  wake();
}

std::uint64_t Relay::delivered_bytes() const {
  const std::scoped_lock lock(mutex_);
  return delivered_bytes_;
}

void Relay::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait_for_work();
    const std::scoped_lock lock(mutex_);
    accept_one();
    for (Connection& connection : connections_) {
      if (!cut_) work_on(connection);
      if (reset_) connection.dead = true;
    }
    reset_ = false;
    connections_.remove_if([](const Connection& connection) {
      if (!connection.dead && !(connection.up.closed && connection.down.closed)) return false;
      const auto end = connection.dead ? &reset : [](int socket) { ::close(socket); };
      end(connection.client);
      end(connection.server);
      return true;
    });
  }
}

void Relay::wait_for_work() {
  std::vector<pollfd> waited{{waker_, POLLIN, 0}, {listener_, POLLIN, 0}};
  Clock::time_point next = Clock::time_point::max();
  {
    const std::scoped_lock lock(mutex_);
    for (const Connection& connection : connections_) {
      if (cut_) break;
      if (connection.connecting) {
        waited.push_back({connection.server, POLLOUT, 0});
        continue;
      }
      for (const Lane* lane : {&connection.up, &connection.down}) {
        if (!lane->ended && lane->underway_bytes < kMostUnderwayBytes) {
          waited.push_back({lane->from, POLLIN, 0});
        }
        if (lane->underway.empty()) continue;
        if (lane->underway.front().due <= Clock::now()) {
          waited.push_back({lane->to, POLLOUT, 0});
        } else {
          next = std::min(next, lane->underway.front().due);
        }
      }
    }
  }
  timespec patience{};
  const bool until_due = next != Clock::time_point::max();
  if (until_due) {
    const auto left = std::max(next - Clock::now(), Clock::duration::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    patience = {seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  }
  ::ppoll(waited.data(), waited.size(), until_due ? &patience : nullptr, nullptr);
  eventfd_t ignored = 0;
  ::eventfd_read(waker_, &ignored);
}

void Relay::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client < 0) return;
  Connection& connection = connections_.emplace_back();
  connection.client = client;
  connection.server = new_socket();
  send_at_once(client);
  send_at_once(connection.server);
  connection.up.from = connection.down.to = client;
  connection.up.to = connection.down.from = connection.server;
  const sockaddr_in address = socket_address(to_);
  ::connect(connection.server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void Relay::work_on(Connection& connection) {
  if (connection.connecting) {
    pollfd ready{connection.server, POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0) return;
    int failed = 0;
    socklen_t size = sizeof failed;
    ::getsockopt(connection.server, SOL_SOCKET, SO_ERROR, &failed, &size);
    connection.dead = failed != 0;
    connection.connecting = false;
  }
  for (Lane* lane : {&connection.up, &connection.down}) {
    if (connection.dead) return;
    take_in(*lane, connection);
    give_out(*lane, connection);
  }
}

void Relay::take_in(Lane& lane, Connection& connection) {
  if (lane.ended || lane.underway_bytes >= kMostUnderwayBytes) return;
  Packet packet{{}, std::vector<std::byte>(kPacketBytes)};
  const ssize_t got = ::recv(lane.from, packet.bytes.data(), packet.bytes.size(), 0);
  if (got == 0) lane.ended = true;
  if (got < 0 && !would_block()) connection.dead = true;
  if (got <= 0) return;
  packet.bytes.resize(static_cast<std::size_t>(got));
  const auto size = static_cast<double>(got);
  lane.line_free = std::max(lane.line_free, Clock::now());
  if (conditions_.bits_per_s > 0) {
    lane.line_free += std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(8 * size / static_cast<double>(conditions_.bits_per_s)));
  }
  packet.due = lane.line_free + conditions_.delay;
  const double all_arrive = std::pow(1 - conditions_.loss, std::ceil(size / kSegmentBytes));
  if (std::uniform_real_distribution<double>(0, 1)(random_) >= all_arrive) {
    packet.due += conditions_.retransmission;
  }
  // What comes behind a lost segment waits for it.
  if (!lane.underway.empty()) packet.due = std::max(packet.due, lane.underway.back().due);
  lane.underway_bytes += packet.bytes.size();
  lane.underway.push_back(std::move(packet));
}

void Relay::give_out(Lane& lane, Connection& connection) {
  while (!lane.underway.empty() && lane.underway.front().due <= Clock::now()) {
    Packet& packet = lane.underway.front();
    const ssize_t sent = ::send(lane.to, packet.bytes.data() + packet.sent,
                                packet.bytes.size() - packet.sent, MSG_NOSIGNAL);
    if (sent < 0 && !would_block()) connection.dead = true;
    if (sent < 0) return;
    packet.sent += static_cast<std::size_t>(sent);
    delivered_bytes_ += static_cast<std::uint64_t>(sent);
    if (packet.sent < packet.bytes.size()) return;
    lane.underway_bytes -= packet.bytes.size();
    lane.underway.pop_front();
  }
  if (lane.ended && lane.underway.empty() && !lane.closed) {
    ::shutdown(lane.to, SHUT_WR);
    lane.closed = true;
  }
}

}  // namespace ionloom::netns
