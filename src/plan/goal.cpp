#include "plan/goal.h"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

namespace ionloom::plan {
namespace {

Result<Label> choose(std::span<const Label> labels, const Deadline& deadline) {
  const auto after = std::ranges::upper_bound(labels, deadline.time_s, {}, &Label::time_s);
  if (after != labels.begin()) return *std::prev(after);
  return usage_error(fmt::format(
      "no plan is done in {:.6g} s; the fastest takes {:.6g} s and costs {:.6g} dollars",
      deadline.time_s, labels.front().time_s, labels.front().cost_usd));
}

Result<Label> choose(std::span<const Label> labels, const Budget& budget) {
  const auto found = std::ranges::find_if(
      labels, [&](const Label& label) { return label.cost_usd <= budget.cost_usd; });
  if (found != labels.end()) return *found;
  return usage_error(fmt::format(
      "no plan costs {:.6g} dollars or less; the cheapest costs {:.6g} dollars and takes {:.6g} s",
      budget.cost_usd, labels.back().cost_usd, labels.back().time_s));
}

Result<Label> choose(std::span<const Label> labels, const Weight& weight) {
  return *std::ranges::min_element(
      labels, {}, [&](const Label& label) { return label.cost_usd + weight.usd_s * label.time_s; });
}

}  // namespace

Result<Label> choose_point(const ParetoFront& front, const Goal& goal) {
  if (front.labels().empty()) {
    return usage_error(
        "no plan is possible: some stage needs more memory or time than any place "
        "has");
  }
  return std::visit([&](const auto& wanted) { return choose(front.labels(), wanted); }, goal);
}

}  // namespace ionloom::plan
