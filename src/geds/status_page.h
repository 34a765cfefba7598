#pragma once

#include <memory>
#include <thread>

#include "base/error.h"
#include "geds/metrics.h"
#include "geds/tcp_socket.h"

namespace ionloom::geds {

/// Serves `/metrics` (Prometheus text) and `/healthz` ("ok") over HTTP/1.1, one request a
/// connection, one connection at a time: enough for a scraper and a probe.
class StatusPage {
 public:
  /// kRemote when the address is taken. `metrics` must outlive this.
  [[nodiscard]] static Result<std::unique_ptr<StatusPage>> start(const HostPort& listen,
                                                                 const Metrics& metrics);

  StatusPage(const StatusPage&) = delete;
  StatusPage& operator=(const StatusPage&) = delete;
  ~StatusPage();

  [[nodiscard]] const HostPort& address() const { return address_; }

 private:
  StatusPage(TcpSocket listener, HostPort address, const Metrics& metrics);
  void serve();
  void answer(const TcpSocket& connection) const;

  TcpSocket listener_;
  HostPort address_;
  const Metrics& metrics_;
  std::jthread thread_;
};

}  // namespace ionloom::geds
