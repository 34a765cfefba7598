#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/conformal.h"
#include "plan/measurement.h"
#include "plan/model_form.h"

namespace ionloom::plan {

/// What a unit of each term takes on a device, by its own measurements or by those of another.
struct DeviceModel {
  std::string device;
  std::size_t measurements = 0;
  std::vector<double> coefficients{};  ///< seconds, >= 0, one for each term; empty: as follows
  std::string like{};                  ///< the device, with coefficients, that it is a factor of
  double kappa = 1;                    ///< so many times longer does it take
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

/// Computing time of a stage's tasks: coefficients . terms of the work counts.
struct StageModel {
  Stage stage = Stage::kIndex;
  ModelForm form{};
  std::vector<DeviceModel> devices{};  ///< the first has coefficients
  double spread_log = 0;
  ConformalScores scores{};      ///< of measurements that nothing was fitted to
  std::size_t measurements = 0;  ///< learned from, those held out included
  std::size_t refused = 0;       ///< that cannot be true, or that all others contradict

  [[nodiscard]] const DeviceModel* device(std::string_view name) const;

  /// What a task with this work takes. Absent when nothing was measured on the device.
  [[nodiscard]] std::optional<Prediction> predict(std::string_view device,
                                                  const WorkCounts& task) const;
  /// Bounds at a level in (0, 1).
  [[nodiscard]] std::optional<PredictedRange> predict_range(std::string_view device,
                                                            const WorkCounts& task,
                                                            double level) const;
};

/// Learns a stage's model from whatever was measured, on any devices. The form is the one of
/// `forms` that predicts best what it was not fitted to. The device with most measurements
/// has coefficients, and those that were measured on five datasets and four times a term: threads
/// and runtimes change some terms more than others. The rest have a factor to the reference machine
/// run in the same way, with the most similar number of threads, or to the first device where that
/// was not measured: the median by the same work where it was measured there too, else by what is
/// predicted, in which work counts the more the longer it takes. A third of the measurements is
/// held out to give the bounds of predictions, which are then made from all; with fewer than 20,
/// each is held out in turn instead. Absent when no measurement of the stage is usable.
/// Deterministic.
[[nodiscard]] std::optional<StageModel> fit_stage_model(Stage stage,
                                                        std::span<const ModelForm> forms,
                                                        std::span<const Measurement> measurements);

/// The same model with coefficients, devices and spread from these measurements, without scores.
/// Absent when none of its stage is usable.
[[nodiscard]] std::optional<StageModel> refit(const StageModel& model,
                                              std::span<const Measurement> measurements);

}  // namespace ionloom::plan
