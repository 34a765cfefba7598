#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/stage.h"
#include "plan/work_counts.h"

namespace ionloom::plan {

/// One kind of work that time may grow with.
struct Term {
  enum class Kind : std::uint8_t {
    kConstant,  ///< 1: what a task takes whatever its size
    kCount,     ///< a
    kProduct,   ///< a x b
    kLogCount,  ///< a x log2(b), b taken as 2 at least
    kTouched,   ///< a, as many as lie in blocks of runs that windows of b ions touch
  };
  Kind kind = Kind::kConstant;
  Count a = Count::kSpectra;
  Count b = Count::kSpectra;

  bool operator==(const Term&) const = default;
};

[[nodiscard]] double term_value(const Term& term, const WorkCounts& counts);
/// "1", "peaks", "ions x pixels", "peaks x log2 peaks", "peaks in blocks of ions".
[[nodiscard]] std::string term_name(const Term& term);
/// The term of any stage's forms that has this name.
[[nodiscard]] std::optional<Term> term_from_name(std::string_view name);

/// Time as a sum of terms, a coefficient each.
using ModelForm = std::vector<Term>;

[[nodiscard]] std::vector<double> term_values(const ModelForm& form, const WorkCounts& counts);

/// Forms that a stage's time may have, simple ones first: what the stage's loops go over. Which is
/// right is for measurements to say (choose_form()).
[[nodiscard]] std::span<const ModelForm> candidate_forms(Stage stage);

}  // namespace ionloom::plan
