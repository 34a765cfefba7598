#include "bench/store/metadata_rate.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/store/place.h"
#include "geds/metadata_client.h"

namespace ionloom::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kKeys = 1000;  ///< of a connection, over and over

/// What one connection reports to the process that started it.
struct Share {
  std::uint64_t calls = 0;
  double seconds = 0;
};

void give_up_on(const geds::Status& status) {
  give_up("metadata server: " + status.message);
}

/// One connection with the objects that its calls are about.
class Connection {
 public:
  Connection(const std::string& server, std::string prefix) : prefix_(std::move(prefix)) {
    auto made = geds::MetadataClient::make(server, {});
    if (!made) give_up(made.error().message());
    client_ = std::move(*made);
    if (auto done = client_->ensure_bucket("bench"); !done) give_up_on(done.error());
  }

  void create(std::uint64_t i) {
    if (auto done = client_->create(object(i)); !done) give_up_on(done.error());
  }
  void lookup(std::uint64_t i) {
    if (auto found = client_->lookup(object(i).id); !found) give_up_on(found.error());
  }

 private:
  [[nodiscard]] geds::Object object(std::uint64_t i) const {
    return {{"bench", fmt::format("{}/{}", prefix_, i % kKeys)},
            {"geds://127.0.0.1:4382", 1024, 1024, {}}};
  }

  std::string prefix_;
  std::unique_ptr<geds::MetadataClient> client_;
};

/// Runs work(c) in a process for each connection: gRPC may not be used before a fork.
template <class Work>
void start_processes(std::size_t connections, Work work) {
  for (std::size_t c = 0; c < connections; ++c) {
    const ::pid_t child = ::fork();
    if (child < 0) give_up("no process can be started");
    if (child > 0) continue;
    work(c);
    std::_Exit(0);
  }
}

void wait_for_one() {
  int status = 0;
  if (::wait(&status) < 0 || status != 0) give_up("a connection failed");
}

/// @param start  read at once by all connections when the other end is closed
Share call_for(const std::string& what, Connection& connection, double seconds, int start) {
  char byte = 0;
  while (::read(start, &byte, 1) > 0) {
  }
  Share share;
  const auto began = Clock::now();
  while (share.seconds < seconds) {
    for (int i = 0; i < 16; ++i, ++share.calls) {
      if (what == "create") {
        connection.create(share.calls);
      } else {
        connection.lookup(share.calls);
      }
    }
    share.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  }
  return share;
}

}  // namespace

double metadata_rate(const std::string& what, const std::string& server, std::size_t connections,
                     double seconds, const std::string& run) {
  const auto prefix = [&](std::size_t c) { return fmt::format("{}-{}", run, c); };
  if (what != "create") {  // what is looked up has to be there, however fast creating is
    start_processes(connections, [&](std::size_t c) {
      Connection connection(server, prefix(c));
      for (std::uint64_t i = 0; i < kKeys; ++i) connection.create(i);
    });
    for (std::size_t c = 0; c < connections; ++c) wait_for_one();
  }
  int start[2];
  int reports[2];
  if (::pipe(start) != 0 || ::pipe(reports) != 0) give_up("no pipes are left");
  start_processes(connections, [&](std::size_t c) {
    ::close(start[1]);
    Connection connection(server, prefix(c));
    const Share share = call_for(what, connection, seconds, start[0]);
    if (::write(reports[1], &share, sizeof share) != sizeof share) std::_Exit(1);
  });
  ::close(start[1]);
  double rate = 0;
  for (std::size_t c = 0; c < connections; ++c) {
    wait_for_one();
    Share share;
    if (::read(reports[0], &share, sizeof share) != sizeof share) give_up("a connection failed");
    rate += static_cast<double>(share.calls) / share.seconds;
  }
  return rate;
}

}  // namespace ionloom::bench
