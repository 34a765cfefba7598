#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ionloom::geds {

/// Which nodes are alive, as far as they said so. Pure: the caller tells the time and serialises
/// changes. A node that never asked for a lease (IBM's do not) counts as alive for ever.
class Leases {
 public:
  using Clock = std::chrono::steady_clock;

  /// The node at this location is alive until now + duration. Zero gives the lease back: the node
  /// is gone in good order and its objects, if any are left, count as lost from now on.
  void renew(const std::string& location, Clock::duration duration, Clock::time_point now);

  /// Whether the node held a lease and let it run out.
  [[nodiscard]] bool expired(std::string_view location, Clock::time_point now) const;

  /// The locations of the nodes whose lease runs, ascending.
  [[nodiscard]] std::vector<std::string> alive(Clock::time_point now) const;

 private:
  std::map<std::string, Clock::time_point, std::less<>> until_;
};

}  // namespace ionloom::geds
