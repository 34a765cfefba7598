#include "plan/plan_search.h"

#include <algorithm>

namespace ionloom::plan {

std::uint32_t PlanSearch::add_node(Node node) {
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

Fronts PlanSearch::start(State state) {
  Fronts fronts;
  fronts[state].add({.path = add_node({})});
  return fronts;
}

Fronts PlanSearch::extend(const Fronts& from, std::uint32_t options, const StepOf& step_of) {
  Fronts fronts;
  for (const auto& [state, front] : from) {
    for (std::uint32_t option = 0; option < options; ++option) {
      const auto step = step_of(state, option);
      if (!step) continue;
      ParetoFront& target = fronts[step->leaves];
      for (const Label& label : front.labels()) {
        const double time_s = label.time_s + step->time_s;
        const double cost_usd = label.cost_usd + step->cost_usd;
        if (!target.takes(time_s, cost_usd)) continue;
        target.add({time_s, cost_usd, add_node({label.path, option, Node::Kind::kOption})});
      }
    }
  }
  return fronts;
}

Fronts PlanSearch::join(const Fronts& first, const Fronts& second, const MeetingOf& meeting_of) {
  Fronts fronts;
  for (const auto& [state_a, front_a] : first) {
    for (const auto& [state_b, front_b] : second) {
      const Meeting meeting = meeting_of(state_a, state_b);
      ParetoFront& target = fronts[meeting.state];
      for (const Label& a : front_a.labels()) {
        for (const Label& b : front_b.labels()) {
          const double time_s =
              meeting.is_parallel ? std::max(a.time_s, b.time_s) : a.time_s + b.time_s;
          const double cost_usd = a.cost_usd + b.cost_usd;
          if (!target.takes(time_s, cost_usd)) continue;
          target.add({time_s, cost_usd, add_node({a.path, b.path, Node::Kind::kMeeting})});
        }
      }
    }
  }
  return fronts;
}

void PlanSearch::append_options(std::uint32_t node, std::vector<std::uint32_t>& options) const {
  // Depth is the number of stages: a handful.
  const Node& here = nodes_[node];
  if (here.kind == Node::Kind::kStart) return;
  append_options(here.before, options);
  if (here.kind == Node::Kind::kMeeting) {
    append_options(here.option, options);
  } else {
    options.push_back(here.option);
  }
}

std::vector<std::uint32_t> PlanSearch::options_of(const Label& label) const {
  std::vector<std::uint32_t> options;
  append_options(label.path, options);
  return options;
}

ParetoFront merged(const Fronts& fronts) {
  ParetoFront all;
  for (const auto& [state, front] : fronts) {
    for (const Label& label : front.labels()) all.add(label);
  }
  return all;
}

}  // namespace ionloom::plan
