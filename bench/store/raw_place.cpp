#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "bench/store/place.h"
#include "bench/store/plain_socket.h"

namespace ionloom::bench {
namespace {

/// As long as a data request of GEDS is; begins with the number of bytes wanted.
constexpr std::size_t kRequestBytes = 64;

class RawPlace final : public Place {
 public:
  explicit RawPlace(PlainSocket socket) : socket_(std::move(socket)) {}

  void put(const std::string& /*key*/, std::span<const std::byte> /*bytes*/) override {
    give_up("a bare socket keeps nothing");
  }

  std::span<const std::byte> get(const std::string& /*key*/, std::span<std::byte> buffer) override {
    std::byte request[kRequestBytes] = {};
    const std::uint64_t wanted = buffer.size();
    std::memcpy(request, &wanted, sizeof wanted);
    socket_.write({request});
    socket_.read(buffer);
    return buffer;
  }

  void remove(const std::string& /*key*/) override {}

 private:
  PlainSocket socket_;
};

void answer(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const PlainSocket socket(descriptor);
  std::vector<std::byte> bytes;
  std::byte request[kRequestBytes];
  for (;;) {
    for (std::size_t got = 0; got < kRequestBytes;) {
      const std::size_t count = socket.read_some(std::span(request).subspan(got));
      if (count == 0) return;
      got += count;
    }
    std::uint64_t wanted = 0;
    std::memcpy(&wanted, request, sizeof wanted);
    if (bytes.size() < wanted) bytes.assign(wanted, std::byte{7});
    socket.write({std::span(bytes).first(wanted)});
  }
}

}  // namespace

std::unique_ptr<Place> open_raw_place(std::string_view address) {
  return std::make_unique<RawPlace>(PlainSocket::connect(address));
}

void serve_raw(const std::string& host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t length = sizeof address;
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
      ::bind(listener, generic, length) != 0 || ::listen(listener, 16) != 0 ||
      ::getsockname(listener, generic, &length) != 0) {
    give_up(host + ": cannot listen: " + std::generic_category().message(errno));
  }
  fmt::print("{}\n", ntohs(address.sin_port));
  std::fflush(stdout);
  for (;;) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) give_up("cannot accept: " + std::generic_category().message(errno));
    std::thread(answer, descriptor).detach();
  }
}

}  // namespace ionloom::bench
