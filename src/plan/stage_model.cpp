#include "plan/stage_model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "plan/choose_form.h"
#include "plan/device.h"
#include "plan/random_numbers.h"
#include "plan/time_ratios.h"

namespace ionloom::plan {
namespace {

using Rows = std::vector<const Measurement*>;

/// Below that many, a third is too few to tell bounds from.
constexpr std::size_t kEnoughToSplit = 20;
/// Fewer measurements a term, or of fewer datasets, give a device a factor and no coefficients.
constexpr std::size_t kEnoughOfATerm = 4;
constexpr std::size_t kEnoughDatasets = 5;

/// Measurements by device, the device with most of them first.
std::vector<Rows> by_device(std::span<const Measurement* const> rows) {
  std::map<std::string_view, Rows> devices;
  for (const Measurement* row : rows) devices[row->device].push_back(row);
  std::vector<Rows> parts;
  parts.reserve(devices.size());
  for (auto& [name, part] : devices) parts.push_back(std::move(part));
  std::ranges::stable_sort(parts, std::greater{}, &Rows::size);
  return parts;
}

bool is_enough_for_coefficients(const Rows& rows, const ModelForm& form) {
  if (rows.size() < kEnoughOfATerm * form.size()) return false;
  std::set<std::string_view> datasets;
  for (const Measurement* row : rows) datasets.insert(row->dataset);
  return datasets.size() >= kEnoughDatasets;
}

/// The device with coefficients that another is most like: the reference machine run in the same
/// way, with a similar number of threads, or the first.
const DeviceModel& most_like(const StageModel& model, std::string_view name) {
  const DeviceModel* best = &model.devices.front();
  double least = std::numeric_limits<double>::infinity();
  const auto wanted = device_from_text(name);
  for (const DeviceModel& known : model.devices) {
    const auto device = device_from_text(known.device);
    if (!wanted || !device || known.coefficients.empty()) continue;
    if (device->machine != kReferenceMachine || device->runtime != wanted->runtime) continue;
    const double more = std::abs(std::log(static_cast<double>(device->threads) / wanted->threads));
    if (more >= least) continue;
    least = more;
    best = &known;
  }
  return *best;
}

/// Adds a device as a factor of another, unless that one's coefficients predict nothing of it.
/// @param all  measurements of any device, among which the same work is looked for
void add_factor(StageModel& model, const Rows& device, const Rows& all) {
  const DeviceModel& like = most_like(model, device.front()->device);
  ComparedDevice there{.predict = [&](const WorkCounts& work) {
    return fitted(like.coefficients, term_values(model.form, work));
  }};
  std::ranges::copy_if(all, std::back_inserter(there.measurements),
                       [&](const Measurement* row) { return row->device == like.device; });
  std::vector<Weighted> ratios = time_ratios(device, there, &Measurement::compute_s);
  if (ratios.empty()) return;
  model.devices.push_back({.device = device.front()->device,
                           .measurements = device.size(),
                           .like = like.device,
                           .kappa = weighted_median(std::move(ratios))});
}

double log_error(const StageModel& model, const Measurement& row) {
  const auto prediction = model.predict(row.device, row.counts);
  if (!prediction || !(prediction->seconds > 0)) return std::numeric_limits<double>::infinity();
  return std::log(row.compute_s / prediction->seconds);
}

/// Coefficients, factors of devices and spread from these measurements.
/// @param all  these and others, among which the same work is looked for
void learn(StageModel& model, const Rows& rows, const Rows& all) {
  const std::vector<Rows> devices = by_device(rows);
  model.devices.clear();
  for (const Rows& device : devices) {
    if (!model.devices.empty() && !is_enough_for_coefficients(device, model.form)) continue;
    RobustFit fit = fit_relative(equations_of(model.form, device));
    model.devices.push_back({.device = device.front()->device,
                             .measurements = device.size(),
                             .coefficients = std::move(fit.coefficients)});
  }
  for (const Rows& device : devices) {
    if (model.device(device.front()->device) == nullptr) add_factor(model, device, all);
  }
  std::vector<double> errors;
  for (const Measurement* row : rows) errors.push_back(std::abs(log_error(model, *row)));
  const double spread = normal_spread(std::move(errors));
  model.spread_log = std::isfinite(spread) ? spread : 0;
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
    learn(model, Rows(third, rows.end()), rows);
    for (const Measurement* row : Rows(rows.begin(), third)) {
      // A device seen in the held-out part alone has no factor.
      if (model.device(row->device) == nullptr) continue;
      scorer.add(log_error(model, *row), model.spread_log);
    }
  } else {
    for (std::size_t i = 0; rows.size() > 1 && i < rows.size(); ++i) {
      Rows others = rows;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      StageModel without = model;
      learn(without, others, others);
      if (without.device(rows[i]->device) == nullptr) continue;
      scorer.scores.push_back(std::abs(log_error(without, *rows[i])));
    }
    // With few, the spread of the fit is below the truth: judge by that of the scores.
    std::vector<double> all = std::move(scorer.scores);
    scorer.scores.clear();
    const double typical = all.empty() ? 0 : normal_spread(all);
    for (const double score : all) scorer.add(score, typical);
  }
  learn(model, rows, rows);
  model.refused += scorer.refused;
  model.scores = ConformalScores(std::move(scorer.scores));
}

}  // namespace

const DeviceModel* StageModel::device(std::string_view name) const {
  const auto found = std::ranges::find(devices, name, &DeviceModel::device);
  return found == devices.end() ? nullptr : &*found;
}

std::optional<Prediction> StageModel::predict(std::string_view device_name,
                                              const WorkCounts& task) const {
  const DeviceModel* known = device(device_name);
  if (known == nullptr) return std::nullopt;
  const bool has_own = !known->coefficients.empty();
  const DeviceModel* like = has_own ? known : device(known->like);
  if (like == nullptr) return std::nullopt;
  const double like_s = fitted(like->coefficients, term_values(form, task));
  return Prediction{.seconds = has_own ? like_s : known->kappa * like_s, .spread_log = spread_log};
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
  learn(again, rows, rows);
  return again;
}

}  // namespace ionloom::plan
