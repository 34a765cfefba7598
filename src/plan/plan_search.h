#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "plan/pareto_front.h"

namespace ionloom::plan {

/// What later stages must know of the choices before them (tasks, place, tier ...), as a number.
using State = std::uint64_t;

/// What a choice adds, and the state that it leaves.
struct Step {
  double time_s = 0;
  double cost_usd = 0;
  State leaves = 0;
};

/// The best ways to each state: for each the labels that are not beaten.
using Fronts = std::map<State, ParetoFront>;

/// Exact dynamic programme over stages with choices: time and cost add up, and what a choice adds
/// depends on the choices before it only through their state. Of the ways to a state all that could
/// be part of a best plan are kept, so that the last fronts are those of all plans.
class PlanSearch {
 public:
  /// What option number `option` of a stage adds after a state; absent: it is not allowed there.
  using StepOf = std::function<std::optional<Step>(State from, std::uint32_t option)>;
  /// State and time of two branches that meet; cost adds up.
  struct Meeting {
    State state = 0;
    bool is_parallel = true;  ///< time is that of the slower; else one waits for the other
  };
  using MeetingOf = std::function<Meeting(State first, State second)>;

  /// Nothing chosen yet.
  [[nodiscard]] Fronts start(State state);
  /// All ways through one more stage.
  [[nodiscard]] Fronts extend(const Fronts& from, std::uint32_t options, const StepOf& step_of);
  /// All pairs of ways through two branches.
  [[nodiscard]] Fronts join(const Fronts& first, const Fronts& second, const MeetingOf& meeting_of);

  /// Options chosen on a label's way, stage by stage; of branches the first's, then the second's.
  [[nodiscard]] std::vector<std::uint32_t> options_of(const Label& label) const;

 private:
  struct Node {
    std::uint32_t before = 0;
    std::uint32_t option = 0;  ///< or, where branches meet, the second one's node
    enum class Kind : std::uint8_t { kStart, kOption, kMeeting } kind = Kind::kStart;
  };

  std::uint32_t add_node(Node node);
  void append_options(std::uint32_t node, std::vector<std::uint32_t>& options) const;

  std::vector<Node> nodes_;
};

/// The front of all states together.
[[nodiscard]] ParetoFront merged(const Fronts& fronts);

}  // namespace ionloom::plan
