#include "plan/choose_form.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace ionloom::plan {
namespace {

constexpr std::size_t kMostFolds = 10;

/// Number of the part that each measurement is held out with, and how many parts there are.
struct Folds {
  std::vector<std::size_t> of;
  std::size_t count = 0;
};

Folds folds_of(std::span<const Measurement* const> measurements) {
  Folds folds;
  std::map<std::string_view, std::size_t> datasets;
  for (const Measurement* measurement : measurements) {
    folds.of.push_back(datasets.try_emplace(measurement->dataset, datasets.size()).first->second);
  }
  folds.count = datasets.size();
  if (folds.count >= 3) {
    // Many datasets go in groups, so that choosing does not take longer and longer.
    for (std::size_t& fold : folds.of) fold %= kMostFolds;
    folds.count = std::min(folds.count, kMostFolds);
    return folds;
  }
  folds.count = std::min<std::size_t>(5, measurements.size());
  for (std::size_t i = 0; i < measurements.size(); ++i) folds.of[i] = i % folds.count;
  return folds;
}

}  // namespace

Equations equations_of(const ModelForm& form, std::span<const Measurement* const> measurements) {
  Equations equations(form.size());
  for (const Measurement* measurement : measurements) {
    equations.add(term_values(form, measurement->counts), measurement->compute_s);
  }
  return equations;
}

double cross_validation_error(const ModelForm& form,
                              std::span<const Measurement* const> measurements) {
  if (measurements.size() < 2) return std::numeric_limits<double>::infinity();
  const Folds folds = folds_of(measurements);
  double sum = 0;
  for (std::size_t fold = 0; fold < folds.count; ++fold) {
    std::vector<const Measurement*> known;
    std::vector<const Measurement*> unseen;
    for (std::size_t i = 0; i < measurements.size(); ++i) {
      (folds.of[i] == fold ? unseen : known).push_back(measurements[i]);
    }
    const RobustFit fit = fit_relative(equations_of(form, known));
    for (const Measurement* measurement : unseen) {
      const double predicted = fitted(fit.coefficients, term_values(form, measurement->counts));
      const double error =
          predicted > 0 ? std::abs(std::log(measurement->compute_s / predicted)) : 1;
      sum += std::min(error, 1.0);
    }
  }
  return sum / static_cast<double>(measurements.size());
}

const ModelForm& choose_form(std::span<const ModelForm> forms,
                             std::span<const Measurement* const> measurements) {
  constexpr double kWorthATerm = 0.95;
  std::size_t best = 0;
  double least = cross_validation_error(forms[0], measurements);
  for (std::size_t i = 1; i < forms.size(); ++i) {
    const double error = cross_validation_error(forms[i], measurements);
    const double worth = forms[i].size() > forms[best].size() ? kWorthATerm : 1;
    if (error < least * worth) {
      least = error;
      best = i;
    }
  }
  return forms[best];
}

}  // namespace ionloom::plan
