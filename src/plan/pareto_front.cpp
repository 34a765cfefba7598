#include "plan/pareto_front.h"

#include <algorithm>

namespace ionloom::plan {

bool ParetoFront::takes(double time_s, double cost_usd) const {
  // The last label that is no slower is the cheapest of those.
  const auto after = std::ranges::upper_bound(labels_, time_s, {}, &Label::time_s);
  return after == labels_.begin() || std::prev(after)->cost_usd > cost_usd;
}

bool ParetoFront::add(const Label& label) {
  if (!takes(label.time_s, label.cost_usd)) return false;
  const auto first = std::ranges::lower_bound(labels_, label.time_s, {}, &Label::time_s);
  auto last = first;
  while (last != labels_.end() && last->cost_usd >= label.cost_usd) ++last;
  if (first == last) {
    labels_.insert(first, label);
  } else {
    *first = label;
    labels_.erase(first + 1, last);
  }
  return true;
}

}  // namespace ionloom::plan
