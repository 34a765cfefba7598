#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ionloom::plan {

/// Tasks of the stages of a chain under Ditto's model, in which a stage takes alpha / tasks + beta:
/// so many in all, in the ratio of the square roots of the alphas, each at least one. That is the
/// fastest division that needs not be whole.
/// @param alpha_s  >= 0, seconds of each stage in one task
/// @param tasks    of all stages together; fewer than there are stages count as one each
/// Source: Jin et al., SIGCOMM 2023, doi:10.1145/3603269.3604816.
[[nodiscard]] std::vector<std::uint32_t> ditto_rule(std::span<const double> alpha_s,
                                                    std::uint32_t tasks);

}  // namespace ionloom::plan
