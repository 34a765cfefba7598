#include <cstdlib>

#include <fmt/core.h>

#include "bench/store/place.h"
#include "bench/store/plain_socket.h"

namespace ionloom::bench {
namespace {

/// SET and GET on one socket, values straight from and into the caller's memory: no client library
/// can do less.
class RedisPlace final : public Place {
 public:
  explicit RedisPlace(PlainSocket socket) : socket_(std::move(socket)) {}

  void put(const std::string& key, std::span<const std::byte> bytes) override {
    const std::string head =
        fmt::format("*3\r\n$3\r\nSET\r\n${}\r\n{}\r\n${}\r\n", key.size(), key, bytes.size());
    socket_.write({bytes_of(head), bytes, bytes_of("\r\n")});
    if (read_line() != "+OK") give_up("Redis refused to keep " + key);
  }

  std::span<const std::byte> get(const std::string& key, std::span<std::byte> buffer) override {
    const std::string request = fmt::format("*2\r\n$3\r\nGET\r\n${}\r\n{}\r\n", key.size(), key);
    socket_.write({bytes_of(request)});
    // "$SIZE\r\n" comes with the first bytes, "\r\n" behind the last.
    std::size_t got = socket_.read_some(buffer);
    const std::string_view start(reinterpret_cast<const char*>(buffer.data()), got);
    const auto end = start.find("\r\n");
    if (!start.starts_with('$') || end == std::string_view::npos) give_up("Redis has no " + key);
    const auto size = static_cast<std::size_t>(std::atoll(start.data() + 1));
    const std::size_t whole = end + 2 + size + 2;
    if (whole > buffer.size()) give_up("Redis sent more of " + key + " than was put");
    socket_.read(buffer.subspan(got, whole - got));
    return buffer.subspan(end + 2, size);
  }

  void remove(const std::string& key) override {
    socket_.write({bytes_of(fmt::format("*2\r\n$3\r\nDEL\r\n${}\r\n{}\r\n", key.size(), key))});
    if (read_line() != ":1") give_up("Redis had no " + key);
  }

 private:
  std::string read_line() {
    std::string line;
    for (std::byte byte{}; !line.ends_with("\r\n");) {
      socket_.read(std::span(&byte, 1));
      line += static_cast<char>(byte);
    }
    line.resize(line.size() - 2);
    return line;
  }

  PlainSocket socket_;
};

}  // namespace

std::unique_ptr<Place> open_redis_place(std::string_view address) {
  return std::make_unique<RedisPlace>(PlainSocket::connect(address));
}

}  // namespace ionloom::bench
