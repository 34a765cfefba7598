#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "fdr/sample_catboost_model.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;

/// A file with a model of one question: is the feature above 0.5?
std::string model_bytes(const std::string& feature) {
  const auto bytes = fdr::model_file(
      {.features = {{feature, {0.5F}}}, .splits = {0}, .depths = {1}, .leaves = {0.25, 0.75}});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ScoringModelOption, goes_with_version_3_only) {
  const Workplace place(sample(glucose_pixels()));
  put(place / "m.cbm", model_bytes("chaos"));
  place.expect_refused(2, {"--scoring-model", "--analysis-version 3"},
                       {"--analysis-version", "1", "--scoring-model", place / "m.cbm"});
}

TEST(ScoringModelOption, a_bad_model_is_named_with_what_is_wrong) {
  const Workplace place(sample(glucose_pixels()));
  const auto expect_refused = [&](const Words& parts) {
    place.expect_refused(1, parts, {"--scoring-model", place / "m.cbm"});
  };
  expect_refused({place / "m.cbm"});  // there is none
  put(place / "m.cbm", "id\tname\n");
  expect_refused({place / "m.cbm", "no CatBoost model"});
  const std::string whole = model_bytes("chaos");
  put(place / "m.cbm", whole.substr(0, whole.size() - 1));
  expect_refused({place / "m.cbm", "cut off"});
  put(place / "m.cbm", model_bytes("colour"));
  expect_refused({place / "m.cbm", "colour", "chaos, spatial, spectral"});
}

}  // namespace
}  // namespace ionloom::app::testing
