#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include "geds/tcp_socket.h"

namespace ionloom::geds {

/// An S3 service on a free port of the loopback whose buckets have nothing in them: enough to be
/// registered.
class EmptyS3 {
 public:
  EmptyS3() : listener_(*TcpSocket::listen({"127.0.0.1", 0})), thread_([this] { serve(); }) {}
  ~EmptyS3() { listener_.shut_down(); }
  EmptyS3(const EmptyS3&) = delete;
  EmptyS3& operator=(const EmptyS3&) = delete;

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_.port());
  }

 private:
  void serve() const {
    static constexpr std::string_view kBody =
        "<?xml version=\"1.0\"?><ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>";
    while (const auto connection = listener_.accept()) {
      std::string head;
      std::array<std::byte, 4096> buffer{};
      while (head.find("\r\n\r\n") == std::string::npos) {
        const auto got = connection->read_some(buffer);
        if (!got || *got == 0) break;
        head.append(reinterpret_cast<const char*>(buffer.data()), *got);
      }
      std::ignore = connection->write(
          "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n"
          "Content-Length: " +
          std::to_string(kBody.size()) + "\r\n\r\n" + std::string(kBody));
    }
  }

  TcpSocket listener_;
  std::jthread thread_;
};

}  // namespace ionloom::geds
