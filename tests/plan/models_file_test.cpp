#include "plan/models_file.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "plan/measurements_text.h"
#include "plan/shipped_data.h"
#include "plan/support/simulated_measurements.h"

namespace ionloom::plan {
namespace {

LearnedModels some_models() {
  RandomNumbers random(7);
  return learn_models(simulated_ingests(40, random, 0.1));
}

std::string message_of(const std::string& text) {
  const auto models = parse_models(text, "own.models.json");
  return models ? "" : models.error().message();
}

TEST(ModelsFile, what_is_written_is_read_and_predicts_the_same) {
  const LearnedModels before = some_models();
  const auto after = parse_models(models_text(before), "memory");
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_EQ(models_text(*after), models_text(before));
  WorkCounts work;
  work[Count::kPeaks] = 1e6;
  work[Count::kSpectra] = 1e3;
  const auto a = before.of(Stage::kIngest)->predict_range("laptop", work, 0.9);
  const auto b = after->of(Stage::kIngest)->predict_range("laptop", work, 0.9);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->most_s, b->most_s);
}

TEST(ModelsFile, terms_of_a_device_are_kept_and_must_be_as_many_as_the_stage_s) {
  RandomNumbers random(8);
  auto measurements = simulated_ingests(60, random, 0.05);
  for (int i = 0; i < 40; ++i) {
    measurements.push_back(simulated_ingest(random, 0.05, "cluster", 0.5));
  }
  const LearnedModels before = learn_models(measurements);
  const StageModel& ingest = *before.of(Stage::kIngest);
  ASSERT_EQ(ingest.device("cluster")->coefficients.size(), ingest.form.size());
  const std::string text = models_text(before);
  const auto after = parse_models(text, "memory");
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_EQ(models_text(*after), text);
  EXPECT_EQ(after->of(Stage::kIngest)->device("cluster")->coefficients,
            ingest.device("cluster")->coefficients);
  for (const auto& wrong :
       {nlohmann::json{1.0}, nlohmann::json{0.1, -1.0}, nlohmann::json{"a", "b"}}) {
    nlohmann::json json = nlohmann::json::parse(text);
    json["stages"][0]["devices"][1]["seconds"] = wrong;
    EXPECT_NE(message_of(json.dump()).find("has no seconds for each"), std::string::npos) << wrong;
  }
}

TEST(ModelsFile, a_newer_version_is_named) {
  nlohmann::json json = nlohmann::json::parse(models_text(some_models()));
  json["ionloom_models"] = 3;
  const std::string message = message_of(json.dump());
  EXPECT_NE(message.find("own.models.json"), std::string::npos);
  EXPECT_NE(message.find("newer ionloom"), std::string::npos) << message;
}

TEST(ModelsFile, damage_is_named_with_its_place) {
  const std::string text = models_text(some_models());
  EXPECT_NE(message_of(text.substr(0, text.size() / 2)).find("no JSON"), std::string::npos);
  EXPECT_NE(message_of("").find("no JSON"), std::string::npos);
  EXPECT_NE(message_of("{}").find("ionloom_models"), std::string::npos);
  for (const auto& [pointer, value] : std::vector<std::pair<const char*, nlohmann::json>>{
           {"/stages/0/stage", "soup"},
           {"/stages/0/terms/0", "phase of the moon"},
           {"/stages/0/terms/0", 1},
           {"/stages/0/devices/0/device", ""},
           {"/stages/0/devices/0/measurements", -1},
           {"/stages/0/devices/0/seconds/0", -1},
           {"/stages/0/devices", nlohmann::json::array()},
           {"/stages/0/spread_log", "wide"},
           {"/stages/0/scores_log", {-1}},
           {"/measurements", "many"}}) {
    nlohmann::json json = nlohmann::json::parse(text);
    json[nlohmann::json::json_pointer(pointer)] = value;
    EXPECT_NE(message_of(json.dump()), "") << pointer;
  }
}

TEST(ModelsFile, a_device_that_is_like_another_is_kept_and_must_be_like_one_that_is_there) {
  RandomNumbers random(9);
  auto measurements = simulated_ingests(40, random, 0.05);
  measurements.push_back(simulated_ingest(random, 0, "shelf", 3));
  const LearnedModels before = learn_models(measurements);
  const std::string text = models_text(before);
  const auto after = parse_models(text, "memory");
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_EQ(models_text(*after), text);
  const DeviceModel& shelf = *after->of(Stage::kIngest)->device("shelf");
  EXPECT_EQ(shelf.like, "laptop");
  EXPECT_NEAR(shelf.kappa, 3, 0.3);
  for (const auto& [key, wrong] : std::vector<std::pair<const char*, nlohmann::json>>{
           {"like", "nobody"}, {"like", "shelf"}, {"kappa", -1}, {"kappa", "fast"}}) {
    nlohmann::json json = nlohmann::json::parse(text);
    json["stages"][0]["devices"][1][key] = wrong;
    EXPECT_NE(message_of(json.dump()).find("nor a kappa"), std::string::npos) << key << wrong;
  }
}

TEST(ModelsFile, an_older_layout_is_told_from_damage_and_from_a_newer_one) {
  EXPECT_TRUE(is_of_older_layout(R"({"ionloom_models":1,"measurements":0,"stages":[]})"));
  EXPECT_FALSE(is_of_older_layout(models_text(some_models())));
  for (const char* other :
       {"", "{", "[]", "{}", R"({"ionloom_models":99})", R"({"ionloom_models":"1"})"}) {
    EXPECT_FALSE(is_of_older_layout(other)) << other;
  }
}

/// The models that ship are those of the measurements that ship: neither was made by hand.
TEST(ModelsFile, shipped_models_are_learned_from_shipped_measurements) {
  const auto rows = parse_measurements(shipped_measurements(), "shipped");
  ASSERT_TRUE(rows) << rows.error().message();
  EXPECT_EQ(std::string(shipped_models()), models_text(learn_models(*rows)));
}

}  // namespace
}  // namespace ionloom::plan
