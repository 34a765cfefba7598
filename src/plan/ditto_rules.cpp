#include "plan/ditto_rules.h"

#include <cmath>
#include <cstddef>

namespace ionloom::plan {

std::vector<std::uint32_t> ditto_rule(std::span<const double> alpha_s, std::uint32_t tasks) {
  std::vector<std::uint32_t> division(alpha_s.size(), 1);
  if (tasks <= division.size()) return division;
  double roots = 0;
  for (const double alpha : alpha_s) roots += std::sqrt(alpha);
  if (roots == 0) return division;
  std::uint32_t given = 0;
  for (std::size_t i = 0; i < division.size(); ++i) {
    const double share = tasks * std::sqrt(alpha_s[i]) / roots;
    if (share >= 1) division[i] = static_cast<std::uint32_t>(share);
    given += division[i];
  }
  // What rounding left over goes where one task more gains most, alpha (1/d - 1/(d+1)); what stages
  // with less than one task took too much is taken where one less loses least.
  const auto gain = [&](std::size_t i, double tasks_before) {
    return alpha_s[i] / (tasks_before * (tasks_before + 1));
  };
  for (; given < tasks; ++given) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < division.size(); ++i) {
      if (gain(i, division[i]) > gain(best, division[best])) best = i;
    }
    ++division[best];
  }
  for (; given > tasks; --given) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < division.size(); ++i) {
      if (division[best] == 1 ||
          (division[i] > 1 && gain(i, division[i] - 1.0) < gain(best, division[best] - 1.0))) {
        best = i;
      }
    }
    --division[best];
  }
  return division;
}

}  // namespace ionloom::plan
