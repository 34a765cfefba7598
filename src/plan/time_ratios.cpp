#include "plan/time_ratios.h"

namespace ionloom::plan {

std::vector<Weighted> time_ratios(std::span<const Measurement* const> measured,
                                  const ComparedDevice& there,
                                  const std::function<double(const Measurement& one)>& seconds) {
  std::vector<Weighted> ratios;
  for (const Measurement* one : measured) {
    const Measurement* same = same_work(there.measurements, *one);
    const double there_s =
        same != nullptr ? same->compute_s : there.predict(one->counts).value_or(0);
    if (there_s > 0) ratios.push_back({.value = seconds(*one) / there_s, .weight = there_s});
  }
  return ratios;
}

}  // namespace ionloom::plan
