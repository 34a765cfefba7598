#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ionloom::fdr {

/// What a test puts into a model file; the defaults are those of a readable one.
struct SampleModel {
  struct Feature {
    std::string name;
    std::vector<float> borders;
  };
  std::string format = "FlabuffersModel_v1";
  std::int32_t outputs = 1;
  std::vector<Feature> features;
  std::vector<std::int32_t> splits;  ///< numbered through the borders of all features
  std::vector<std::int32_t> depths;
  std::vector<double> leaves;
  double scale = 1;
  double bias = 0;
  /// Field of the trees' table (model.fbs) that gets a vector of one zero: 6 one-hot features, 10
  /// steps of trees that are not oblivious ...; 0: none.
  std::uint32_t foreign_field = 0;
};

/// The bytes of a .cbm file, written field by field as CatBoost's schema says.
[[nodiscard]] std::vector<std::byte> model_file(const SampleModel& model);

}  // namespace ionloom::fdr
