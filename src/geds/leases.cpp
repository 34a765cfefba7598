#include "geds/leases.h"

namespace ionloom::geds {

void Leases::renew(const std::string& location, Clock::duration duration, Clock::time_point now) {
  until_[location] = now + duration;
}

bool Leases::expired(std::string_view location, Clock::time_point now) const {
  const auto found = until_.find(location);
  return found != until_.end() && found->second <= now;
}

std::vector<std::string> Leases::alive(Clock::time_point now) const {
  std::vector<std::string> locations;
  for (const auto& [location, until] : until_) {
    if (until > now) locations.push_back(location);
  }
  return locations;
}

}  // namespace ionloom::geds
