#include "bench/store/metadata_rate.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/store/place.h"
#include "geds/metadata_client.h"

namespace ionloom::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kKeys = 10000;  ///< of a connection, over and over

/// What one connection reports to the process that started it.
struct Share {
  std::uint64_t calls = 0;
  double seconds = 0;
};

void give_up_on(const geds::Status& status) {
  give_up("metadata server: " + status.message);
}

/// @param start  read at once by all connections when the other end is closed
Share call_for(const std::string& what, const std::string& server, double seconds,
               const std::string& prefix, int start) {
  auto client = geds::MetadataClient::make(server, {});
  if (!client) give_up(client.error().message());
  if (auto done = (*client)->ensure_bucket("bench"); !done) give_up_on(done.error());
  const auto object_at = [&](std::uint64_t i) {
    return geds::Object{{"bench", fmt::format("{}/{}", prefix, i % kKeys)},
                        {"geds://127.0.0.1:4382", 1024, 1024, {}}};
  };
  char byte = 0;
  while (::read(start, &byte, 1) > 0) {
  }
  Share share;
  const auto began = Clock::now();
  while (share.seconds < seconds) {
    for (int i = 0; i < 16; ++i, ++share.calls) {
      const geds::Object object = object_at(share.calls);
      if (what == "create") {
        if (auto done = (*client)->create(object); !done) give_up_on(done.error());
      } else if (auto found = (*client)->lookup(object.id); !found) {
        give_up_on(found.error());
      }
    }
    share.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  }
  return share;
}

}  // namespace

double metadata_rate(const std::string& what, const std::string& server, std::size_t connections,
                     double seconds, const std::string& run) {
  int start[2];
  int reports[2];
  if (::pipe(start) != 0 || ::pipe(reports) != 0) give_up("no pipes are left");
  // gRPC may not be used before a fork: every connection begins it anew.
  for (std::size_t c = 0; c < connections; ++c) {
    const ::pid_t child = ::fork();
    if (child < 0) give_up("no process can be started");
    if (child > 0) continue;
    ::close(start[1]);
    const Share share = call_for(what, server, seconds, fmt::format("{}-{}", run, c), start[0]);
    const bool told = ::write(reports[1], &share, sizeof share) == sizeof share;
    std::_Exit(told ? 0 : 1);
  }
  ::close(start[1]);
  double rate = 0;
  for (std::size_t c = 0; c < connections; ++c) {
    int status = 0;
    if (::wait(&status) < 0 || status != 0) give_up("a connection failed");
    Share share;
    if (::read(reports[0], &share, sizeof share) != sizeof share) give_up("a connection failed");
    rate += static_cast<double>(share.calls) / share.seconds;
  }
  return rate;
}

}  // namespace ionloom::bench
