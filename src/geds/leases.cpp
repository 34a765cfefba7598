#include "geds/leases.h"

namespace ionloom::geds {

void Leases::renew(const std::string& location, Clock::duration duration, Clock::time_point now) {
  until_[location] = now + duration;
}

bool Leases::expired(std::string_view location, Clock::time_point now) const {
  const auto found = until_.find(location);
  return found != until_.end() && found->second <= now;
}

}  // namespace ionloom::geds
