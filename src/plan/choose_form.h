#pragma once

#include <span>

#include "plan/measurement.h"
#include "plan/model_form.h"
#include "plan/robust_fit.h"

namespace ionloom::plan {

/// Equations seconds = coefficients . terms of some measurements.
[[nodiscard]] Equations equations_of(const ModelForm& form,
                                     std::span<const Measurement* const> measurements);

/// Mean |log(measured / predicted)|, each at most 1, of measurements that the fit has not seen:
/// those of a dataset (of a tenth of more than ten datasets) predicted from all others, or, with
/// fewer than three datasets, a fifth from the rest. Infinite with fewer than two measurements.
[[nodiscard]] double cross_validation_error(const ModelForm& form,
                                            std::span<const Measurement* const> measurements);

/// The form with the least cross-validation error; a form with more terms must be better by a
/// twentieth than those before it to be worth it.
/// REQUIRES: at least one form, simple ones first; usable measurements of one device.
[[nodiscard]] const ModelForm& choose_form(std::span<const ModelForm> forms,
                                           std::span<const Measurement* const> measurements);

}  // namespace ionloom::plan
