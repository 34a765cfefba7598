#pragma once

namespace ionloom::plan {

/// The z below which a standard normal variable lies with this probability; relative error below
/// 2e-9. REQUIRES: 0 < probability < 1.
/// Source: P. J. Acklam's rational approximation (2003).
[[nodiscard]] double normal_quantile(double probability);

}  // namespace ionloom::plan
