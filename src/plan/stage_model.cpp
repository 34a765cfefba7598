#include "plan/stage_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "plan/choose_form.h"
#include "plan/device.h"
#include "plan/random_numbers.h"

namespace ionloom::plan {
namespace {

using Rows = std::vector<const Measurement*>;

/// Below that many, a third is too few to tell bounds from.
constexpr std::size_t kEnoughToSplit = 20;
/// Fewer measurements a term, or of fewer datasets, give a device a factor and no terms of its own.
constexpr std::size_t kEnoughOfATerm = 4;
constexpr std::size_t kEnoughDatasets = 5;

bool is_interpreted(std::string_view device) {
  const auto known = device_from_text(device);
  return known && known->runtime.starts_with("interpreted");
}

/// Measurements by device, the device with most of them first, which carries the coefficients:
/// those with few have a factor to it. Interpreters come last, since they slow down one kind of
/// work much more than another, as no other way of running does.
std::vector<Rows> by_device(std::span<const Measurement* const> rows) {
  std::map<std::string_view, Rows> devices;
  for (const Measurement* row : rows) devices[row->device].push_back(row);
  std::vector<Rows> parts;
  parts.reserve(devices.size());
  for (auto& [name, part] : devices) parts.push_back(std::move(part));
  std::ranges::stable_sort(parts, std::greater{}, [](const Rows& part) {
    return std::pair(!is_interpreted(part.front()->device), part.size());
  });
  return parts;
}

bool is_enough_for_own_terms(const Rows& rows, const ModelForm& form) {
  if (rows.size() < kEnoughOfATerm * form.size()) return false;
  std::set<std::string_view> datasets;
  for (const Measurement* row : rows) datasets.insert(row->dataset);
  return datasets.size() >= kEnoughDatasets;
}

/// A device's median factor to the model's coefficients; absent when those predict nothing of it.
std::optional<DeviceFactor> factor_of(const StageModel& model, const Rows& device) {
  std::vector<double> ratios;
  for (const Measurement* row : device) {
    const double base = fitted(model.coefficients, term_values(model.form, row->counts));
    if (base > 0) ratios.push_back(row->compute_s / base);
  }
  if (ratios.empty()) return std::nullopt;
  return DeviceFactor{device.front()->device, median(ratios), device.size()};
}

double log_error(const StageModel& model, const Measurement& row) {
  const auto prediction = model.predict(row.device, row.counts);
  if (!prediction || !(prediction->seconds > 0)) return std::numeric_limits<double>::infinity();
  return std::log(row.compute_s / prediction->seconds);
}

/// Coefficients, factors of devices and spread from these measurements.
void learn(StageModel& model, const Rows& rows) {
  const std::vector<Rows> devices = by_device(rows);
  const RobustFit fit = fit_relative(equations_of(model.form, devices.front()));
  model.coefficients = fit.coefficients;
  model.devices = {{devices.front().front()->device, 1, devices.front().size()}};
  for (std::size_t i = 1; i < devices.size(); ++i) {
    auto factor = factor_of(model, devices[i]);
    if (!factor) continue;
    if (is_enough_for_own_terms(devices[i], model.form)) {
      factor->coefficients = fit_relative(equations_of(model.form, devices[i])).coefficients;
    }
    model.devices.push_back(*std::move(factor));
  }
  std::vector<double> errors;
  for (const Measurement* row : rows) errors.push_back(std::abs(log_error(model, *row)));
  const double spread = normal_spread(std::move(errors));
  model.spread_log = std::isfinite(spread) ? spread : 0;
}

/// Factors of devices of which every measurement was held out: those with few.
void add_missing_devices(StageModel& model, const Rows& rows) {
  for (const Rows& device : by_device(rows)) {
    if (model.device(device.front()->device) != nullptr) continue;
    if (auto factor = factor_of(model, device)) model.devices.push_back(*std::move(factor));
  }
}

/// Takes the measurements in an order that tells nothing, so that any part is like any other.
void shuffle(Rows& rows) {
  RandomNumbers random(rows.size());
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
}

/// Scores of held-out measurements; those that no spread explains are refused as false.
class Scorer {
 public:
  void add(double error, double spread) {
    constexpr double kBeyondBelief = 6;
    if (std::abs(error) <= std::max(kBeyondBelief * spread, 1e-6)) {
      scores.push_back(std::abs(error));
    } else {
      ++refused;
    }
  }

  std::vector<double> scores;
  std::size_t refused = 0;
};

void learn_and_score(StageModel& model, Rows rows) {
  Scorer scorer;
  if (rows.size() >= kEnoughToSplit) {
    shuffle(rows);
    const auto third = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 3);
    learn(model, Rows(third, rows.end()));
    for (const Measurement* row : Rows(rows.begin(), third)) {
      // A device seen in the held-out part alone has no factor yet.
      if (model.device(row->device) == nullptr) continue;
      scorer.add(log_error(model, *row), model.spread_log);
    }
    add_missing_devices(model, rows);
  } else {
    for (std::size_t i = 0; rows.size() > 1 && i < rows.size(); ++i) {
      Rows others = rows;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      StageModel without = model;
      learn(without, others);
      if (without.device(rows[i]->device) == nullptr) continue;
      scorer.scores.push_back(std::abs(log_error(without, *rows[i])));
    }
    learn(model, rows);
    // With few, the spread of the fit is below the truth: judge by that of the scores.
    std::vector<double> all = std::move(scorer.scores);
    scorer.scores.clear();
    const double typical = all.empty() ? 0 : normal_spread(all);
    for (const double score : all) scorer.add(score, typical);
  }
  model.refused += scorer.refused;
  model.scores = ConformalScores(std::move(scorer.scores));
}

}  // namespace

const DeviceFactor* StageModel::device(std::string_view name) const {
  const auto found = std::ranges::find(devices, name, &DeviceFactor::device);
  return found == devices.end() ? nullptr : &*found;
}

std::optional<Prediction> StageModel::predict(std::string_view device_name,
                                              const WorkCounts& task) const {
  const DeviceFactor* factor = device(device_name);
  if (factor == nullptr) return std::nullopt;
  const std::vector<double> terms = term_values(form, task);
  const double seconds = factor->coefficients.empty() ? factor->kappa * fitted(coefficients, terms)
                                                      : fitted(factor->coefficients, terms);
  return Prediction{.seconds = seconds, .spread_log = spread_log};
}

std::optional<PredictedRange> StageModel::predict_range(std::string_view device_name,
                                                        const WorkCounts& task,
                                                        double level) const {
  const auto prediction = predict(device_name, task);
  if (!prediction) return std::nullopt;
  const ConformalScores::Width width = scores.width(level);
  return PredictedRange{.least_s = prediction->seconds * std::exp(-width.log),
                        .most_s = prediction->seconds * std::exp(width.log),
                        .level = width.level};
}

std::optional<StageModel> fit_stage_model(Stage stage, std::span<const ModelForm> forms,
                                          std::span<const Measurement> measurements) {
  StageModel model{.stage = stage};
  Rows rows;
  for (const Measurement& measurement : measurements) {
    if (measurement.stage != stage) continue;
    ++model.measurements;
    if (is_usable(measurement)) {
      rows.push_back(&measurement);
    } else {
      ++model.refused;
    }
  }
  if (rows.empty()) return std::nullopt;
  model.form = choose_form(forms, by_device(rows).front());
  learn_and_score(model, rows);
  model.measurements -= model.refused;
  return model;
}

std::optional<StageModel> refit(const StageModel& model,
                                std::span<const Measurement> measurements) {
  Rows rows;
  for (const Measurement& measurement : measurements) {
    if (measurement.stage == model.stage && is_usable(measurement)) rows.push_back(&measurement);
  }
  if (rows.empty()) return std::nullopt;
  StageModel again{.stage = model.stage, .form = model.form};
  learn(again, rows);
  return again;
}

}  // namespace ionloom::plan
