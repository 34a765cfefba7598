#include "geds/tcp_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

namespace ionloom::geds {
namespace {

/// Before it is tried again to accept a connection that there was no descriptor for.
constexpr std::chrono::milliseconds kPause{50};
constexpr std::size_t kRecordBytes = 16000;  ///< a TLS record holds 16384 at most

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::unexpected<Status> failed(std::string what, int system_error) {
  if (system_error == EAGAIN || system_error == EWOULDBLOCK || system_error == EINPROGRESS) {
    return refuse(StatusCode::kUnavailable, std::move(what) + ": the other side does not answer");
  }
  return refuse(StatusCode::kUnavailable,
                std::move(what) + ": " + std::generic_category().message(system_error));
}

Outcome<Addresses> addresses_of(const HostPort& of, int flags) {
  std::string host = of.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int no = ::getaddrinfo(host.c_str(), std::to_string(of.port).c_str(), &wanted, &found);
  if (no != 0) return refuse(StatusCode::kUnavailable, of.text() + ": " + ::gai_strerror(no));
  return Addresses(found, &::freeaddrinfo);
}

void set_option(int descriptor, int level, int name, int value) {
  ::setsockopt(descriptor, level, name, &value, sizeof value);
}

void set_wait(int descriptor, int which, std::chrono::milliseconds wait) {
  const timeval time{wait.count() / 1000, (wait.count() % 1000) * 1000};
  ::setsockopt(descriptor, SOL_SOCKET, which, &time, sizeof time);
}

}  // namespace

TcpSocket::TcpSocket(TcpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      tls_(std::move(other.tls_)),
      limit_(std::move(other.limit_)) {}

TcpSocket& TcpSocket::operator=(TcpSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(tls_, other.tls_);
  std::swap(limit_, other.limit_);
  return *this;
}

TcpSocket::~TcpSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Outcome<TcpSocket> TcpSocket::listen(const HostPort& at) {
  const auto addresses = addresses_of(at, AI_PASSIVE);
  if (!addresses) return std::unexpected(addresses.error());
  const addrinfo& address = **addresses;
  TcpSocket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.open()) return failed(at.text(), errno);
  set_option(socket.descriptor_, SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(socket.descriptor_, address.ai_addr, address.ai_addrlen) != 0 ||
      ::listen(socket.descriptor_, 128) != 0) {
    return failed("cannot listen on " + at.text(), errno);
  }
  return socket;
}

Outcome<TcpSocket> TcpSocket::connect(const HostPort& to, std::chrono::milliseconds patience) {
  const auto addresses = addresses_of(to, 0);
  if (!addresses) return std::unexpected(addresses.error());
  int last = ECONNREFUSED;
  for (const addrinfo* address = addresses->get(); address; address = address->ai_next) {
    TcpSocket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.open()) return failed(to.text(), errno);
    socket.set_read_patience(patience);
    socket.set_write_patience(patience);  // bounds connect() as well
    if (::connect(socket.descriptor_, address->ai_addr, address->ai_addrlen) == 0) {
      set_option(socket.descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
      return socket;
    }
    last = errno;
  }
  return failed("cannot connect to " + to.text(), last);
}

Outcome<void> TcpSocket::speak_tls_as_server(const TlsContext& context) {
  auto session = TlsSession::accept(context, descriptor_);
  if (!session) return std::unexpected(session.error());
  tls_ = *std::move(session);
  return {};
}

Outcome<void> TcpSocket::speak_tls_to(const std::string& host, const TlsContext& context) {
  auto session = TlsSession::connect(context, descriptor_, host);
  if (!session) return std::unexpected(session.error());
  tls_ = *std::move(session);
  return {};
}

Outcome<TcpSocket> TcpSocket::accept() const {
  for (;;) {
    const int descriptor = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor >= 0) {
      set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
      return TcpSocket(descriptor);
    }
    if (errno == EINVAL || errno == EBADF) return failed("no more connections are accepted", errno);
    // The rest is of one connection, or passes: descriptors are given back when others end.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      std::this_thread::sleep_for(kPause);
    }
  }
}

void TcpSocket::set_read_patience(std::chrono::milliseconds patience) const {
  set_wait(descriptor_, SO_RCVTIMEO, patience);
}

void TcpSocket::set_write_patience(std::chrono::milliseconds patience) const {
  set_wait(descriptor_, SO_SNDTIMEO, patience);
}

Outcome<std::size_t> TcpSocket::read_some(std::span<std::byte> into) const {
  if (!limit_) return receive(into);
  const auto got = receive(into.first(std::min(into.size(), limit_->piece_bytes())));
  if (got) limit_->take(*got);
  return got;
}

Outcome<std::size_t> TcpSocket::receive(std::span<std::byte> into) const {
  if (tls_) return tls_->read_some(into);
  ssize_t got = 0;
  do {
    got = ::recv(descriptor_, into.data(), into.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return failed("reading", errno);
  return static_cast<std::size_t>(got);
}

Outcome<void> TcpSocket::read(std::span<std::byte> into) const {
  while (!into.empty()) {
    const auto got = read_some(into);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) {
      return refuse(StatusCode::kUnavailable, "the other side closed the connection");
    }
    into = into.subspan(*got);
  }
  return {};
}

Outcome<void> TcpSocket::write(std::span<const std::byte> first,
                               std::span<const std::byte> second) const {
  if (!limit_) return send(first, second);
  for (auto bytes : {first, second}) {
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), limit_->piece_bytes()));
      limit_->take(piece.size());
      if (auto sent = send(piece, {}); !sent) return sent;
      bytes = bytes.subspan(piece.size());
    }
  }
  return {};
}

Outcome<void> TcpSocket::send(std::span<const std::byte> first,
                              std::span<const std::byte> second) const {
  if (tls_ && second.empty()) return tls_->write(first);
  if (tls_) {
    // A head and the beginning of what follows share a TLS record, and so a packet.
    const auto beginning = second.first(std::min(second.size(), kRecordBytes));
    std::vector<std::byte> record(first.begin(), first.end());
    record.insert(record.end(), beginning.begin(), beginning.end());
    if (auto sent = tls_->write(record); !sent) return sent;
    return tls_->write(second.subspan(beginning.size()));
  }
  const auto part = [](std::span<const std::byte> bytes) {
    // sendmsg() does not write to what it sends.
    return iovec{const_cast<std::byte*>(bytes.data()), bytes.size()};
  };
  while (!first.empty() || !second.empty()) {
    iovec parts[] = {part(first), part(second)};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return failed("sending", errno);
    const auto of_first = std::min(static_cast<std::size_t>(sent), first.size());
    first = first.subspan(of_first);
    second = second.subspan(static_cast<std::size_t>(sent) - of_first);
  }
  return {};
}

Outcome<void> TcpSocket::write(std::string_view text) const {
  return write(std::as_bytes(std::span(text)));
}

bool TcpSocket::ended() const {
  pollfd at{descriptor_, POLLRDHUP, 0};
  return ::poll(&at, 1, 0) != 0;
}

void TcpSocket::shut_down() const {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

std::uint16_t TcpSocket::port() const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  in_port_t port = 0;  // at the same place for IPv4 and IPv6
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::memcpy(&port, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_port),
              sizeof port);
  return ntohs(port);
}

}  // namespace ionloom::geds
