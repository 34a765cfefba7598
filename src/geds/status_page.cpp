#include "geds/status_page.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace ionloom::geds {
namespace {

constexpr std::chrono::milliseconds kPatience{2000};
constexpr std::size_t kMostHeadBytes = 16384;

/// The head of a request, up to the empty line; empty when it does not come in time.
std::string request_head(const TcpSocket& connection) {
  const auto begin = std::chrono::steady_clock::now();
  std::string head;
  std::vector<std::byte> buffer(4096);
  while (head.find("\r\n\r\n") == std::string_view::npos) {
    const auto got = connection.read_some(buffer);
    if (!got || *got == 0 || head.size() > kMostHeadBytes) return {};
    if (std::chrono::steady_clock::now() - begin > kPatience) return {};
    head.append(reinterpret_cast<const char*>(buffer.data()), *got);
  }
  return head;
}

std::string response(std::string_view status, std::string_view type, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, type, body.size(), body);
}

}  // namespace

StatusPage::StatusPage(TcpSocket listener, HostPort address, const Metrics& metrics)
    : listener_(std::move(listener)), address_(std::move(address)), metrics_(metrics) {
  thread_ = std::jthread([this] { serve(); });
}

StatusPage::~StatusPage() {
  listener_.shut_down();
}

Result<std::unique_ptr<StatusPage>> StatusPage::start(const HostPort& listen,
                                                      const Metrics& metrics) {
  auto listener = TcpSocket::listen(listen);
  if (!listener) return std::unexpected(to_error(listener.error(), "status page"));
  HostPort address{listen.host, listener->port()};
  return std::unique_ptr<StatusPage>(
      new StatusPage(*std::move(listener), std::move(address), metrics));
}

void StatusPage::serve() {
  while (auto connection = listener_.accept()) answer(*connection);
}

void StatusPage::answer(const TcpSocket& connection) const {
  connection.set_read_patience(kPatience);
  connection.set_write_patience(kPatience);
  const std::string head = request_head(connection);
  if (head.empty()) return;
  const std::string_view line = std::string_view(head).substr(0, head.find("\r\n"));
  std::string text = response("404 Not Found", "text/plain", "here are /metrics and /healthz\n");
  if (!line.starts_with("GET ")) {
    text = response("405 Method Not Allowed", "text/plain", "only GET is answered\n");
  } else if (line.starts_with("GET /metrics ")) {
    text = response("200 OK", "text/plain; version=0.0.4", metrics_.text());
  } else if (line.starts_with("GET /healthz ")) {
    text = response("200 OK", "text/plain", "ok\n");
  }
  if (!connection.write(text)) return;  // the reader has gone; nothing depends on it
  connection.shut_down();
}

}  // namespace ionloom::geds
