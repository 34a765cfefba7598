#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/conformal.h"
#include "plan/measurement.h"
#include "plan/model_form.h"

namespace ionloom::plan {

/// How a device compares with the one that the coefficients belong to.
struct DeviceFactor {
  std::string device;
  double kappa = 1;  ///< its times are so many times longer, in the median
  std::size_t measurements = 0;
  /// Seconds a unit of each term on this device, where enough was measured there; empty: kappa
  /// times the model's.
  std::vector<double> coefficients{};
};

/// Seconds that a task computes, as learned from measurements.
struct Prediction {
  double seconds = 0;     ///< median
  double spread_log = 0;  ///< standard deviation of the logarithm of measured times around it
};

/// Bounds of a predicted time, and the probability with which they hold.
struct PredictedRange {
  double least_s = 0;
  double most_s = 0;
  double level = 0;  ///< see ConformalScores::Width
};

/// Computing time of a stage's tasks: kappa(device) x (coefficients . terms of the work counts), or
/// the device's own coefficients where it has them.
struct StageModel {
  Stage stage = Stage::kIndex;
  ModelForm form{};
  std::vector<double> coefficients{};  ///< seconds a unit of each term on the first device, >= 0
  std::vector<DeviceFactor> devices{};
  double spread_log = 0;
  ConformalScores scores{};      ///< of measurements that nothing was fitted to
  std::size_t measurements = 0;  ///< learned from, those held out included
  std::size_t refused = 0;       ///< that cannot be true, or that all others contradict

  [[nodiscard]] const DeviceFactor* device(std::string_view name) const;

  /// What a task with this work takes. Absent when nothing was measured on the device.
  [[nodiscard]] std::optional<Prediction> predict(std::string_view device,
                                                  const WorkCounts& task) const;
  /// Bounds at a level in (0, 1).
  [[nodiscard]] std::optional<PredictedRange> predict_range(std::string_view device,
                                                            const WorkCounts& task,
                                                            double level) const;
};

/// Learns a stage's model from whatever was measured, on any devices. The form is the one of
/// `forms` that predicts best what it was not fitted to. The device with most measurements that
/// does not interpret carries the coefficients, the others a factor each, and coefficients of their
/// own where they were measured on five datasets and four times a term: threads and runtimes change
/// some terms more than others. A third of the measurements is held out to give the bounds of
/// predictions; with fewer than 20, each is held out in turn instead. Absent when no measurement of
/// the stage is usable. Deterministic.
[[nodiscard]] std::optional<StageModel> fit_stage_model(Stage stage,
                                                        std::span<const ModelForm> forms,
                                                        std::span<const Measurement> measurements);

/// The same model with coefficients, devices and spread from these measurements, without scores.
/// Absent when none of its stage is usable.
[[nodiscard]] std::optional<StageModel> refit(const StageModel& model,
                                              std::span<const Measurement> measurements);

}  // namespace ionloom::plan
