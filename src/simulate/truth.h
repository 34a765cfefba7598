#pragma once

#include <string>
#include <vector>

#include "simulate/dataset_model.h"
#include "simulate/simulate.h"

namespace ionloom::simulate {

/// STEM.truth.csv: one row an ion, see docs/formats/simulated-truth.md.
[[nodiscard]] std::string truth_csv(const DatasetModel& model, const IonPixelCounts& counts);

/// STEM.truth.json: everything that the dataset was drawn with. It names the molecule list by its
/// file name only, so that it does not depend on where it was made.
[[nodiscard]] std::string truth_json(const SimulateOptions& options, const DatasetModel& model,
                                     const IonPixelCounts& counts, const SimulateSummary& summary,
                                     const std::vector<std::string>& adducts,
                                     const std::string& uuid, const std::string& ibd_sha1);

}  // namespace ionloom::simulate
