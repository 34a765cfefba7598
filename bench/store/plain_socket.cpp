#include "bench/store/plain_socket.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench/store/place.h"

namespace ionloom::bench {
namespace {

[[noreturn]] void failed(const char* doing) {
  give_up(std::string("cannot ") + doing + ": " + std::generic_category().message(errno));
}

template <class Address>
int connected(int family, const Address& address) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0 ||
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    failed("connect");
  }
  return descriptor;
}

}  // namespace

PlainSocket PlainSocket::connect(std::string_view text) {
  const std::string address(text);
  if (address.starts_with('/')) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    if (address.size() >= sizeof local.sun_path) give_up(address + ": is too long for a socket");
    std::memcpy(local.sun_path, address.c_str(), address.size() + 1);
    return PlainSocket(connected(AF_UNIX, local));
  }
  const auto colon = address.rfind(':');
  sockaddr_in remote{};
  remote.sin_family = AF_INET;
  remote.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  if (::inet_pton(AF_INET, address.substr(0, colon).c_str(), &remote.sin_addr) != 1) {
    give_up(address + ": expected HOST:PORT with a numeric address");
  }
  const int descriptor = connected(AF_INET, remote);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return PlainSocket(descriptor);
}

PlainSocket::PlainSocket(PlainSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

PlainSocket::~PlainSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void PlainSocket::write(std::initializer_list<std::span<const std::byte>> parts) const {
  std::array<iovec, 4> left{};
  std::size_t count = 0;
  for (const auto& part : parts) {
    if (!part.empty()) left[count++] = {const_cast<std::byte*>(part.data()), part.size()};
  }
  for (std::size_t first = 0; first < count;) {
    auto sent = ::writev(descriptor_, left.data() + first, static_cast<int>(count - first));
    if (sent < 0) failed("send");
    for (; first < count && static_cast<std::size_t>(sent) >= left[first].iov_len; ++first) {
      sent -= static_cast<ssize_t>(left[first].iov_len);
    }
    if (first == count) break;
    left[first].iov_base = static_cast<std::byte*>(left[first].iov_base) + sent;
    left[first].iov_len -= static_cast<std::size_t>(sent);
  }
}

std::size_t PlainSocket::read_some(std::span<std::byte> into) const {
  const ssize_t count = ::recv(descriptor_, into.data(), into.size(), 0);
  if (count < 0) failed("receive");
  return static_cast<std::size_t>(count);
}

void PlainSocket::read(std::span<std::byte> into) const {
  while (!into.empty()) {
    const std::size_t count = read_some(into);
    if (count == 0) give_up("the other side closed the connection");
    into = into.subspan(count);
  }
}

}  // namespace ionloom::bench
