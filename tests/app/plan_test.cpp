#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;
using Json = nlohmann::json;

Words plan(const Workplace& place, const Words& more = {}) {
  Words arguments = {"plan", place / "brain.imzML", "--molecules", place / "list.tsv"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Json planned(const Workplace& place, Words more) {
  more.emplace_back("--json");
  const Finished done = run(plan(place, more));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return Json::parse(done.out, nullptr, false);
}

TEST(Plan, tells_threads_and_stages_of_this_machine_and_runs_nothing) {
  const Workplace place(sample(glucose_pixels()));
  const Json json = planned(place, {});
  EXPECT_EQ(json["kind"], "threads");
  EXPECT_EQ(json["stages"].size(), 7U);
  EXPECT_GT(json["median_s"], 0);
  EXPECT_LE(json["least_s"], json["median_s"]);
  EXPECT_GT(json["memory_bound_bytes"], 0);
  EXPECT_EQ(json["job"]["peaks"], 48);
  const Finished text = run(plan(place));
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("annotate"), std::string::npos);
  EXPECT_NE(text.out.find("why these threads"), std::string::npos) << text.out;
  EXPECT_FALSE(std::filesystem::exists(place / "out"));
}

TEST(Plan, of_a_cloud_is_said_to_be_simulated_and_keeps_every_bound) {
  const Workplace place(sample(glucose_pixels()));
  const Json json = planned(place, {"--backend", "aws-lambda"});
  EXPECT_EQ(json["kind"], "tasks");
  EXPECT_EQ(json["simulated"], true);
  EXPECT_GT(json["cost_usd"], 0);
  EXPECT_GE(json["pareto"].size(), 1U);
  for (const Json& stage : json["stages"]) {
    EXPECT_LE(stage["memory_bound_bytes"], stage["memory_bytes"]) << stage;
    EXPECT_GE(stage["tasks"], 1);
  }
  // No rule's plan beats the front in both time and cost.
  for (const Json& rule : json["rules"]) {
    if (!rule["possible"]) continue;
    for (const Json& best : json["pareto"]) {
      EXPECT_FALSE(rule["time_s"] < best["time_s"] && rule["cost_usd"] < best["cost_usd"]) << rule;
    }
  }
  const Finished text = run(plan(place, {"--backend", "aws-lambda", "--pareto"}));
  EXPECT_EQ(text.exit_code, 0) << text.err;
  for (const char* part : {"simulated", "why this and not the next best", "metaspace", "O exact"}) {
    EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
  }
}

TEST(Plan, a_deadline_gives_the_cheapest_and_a_budget_the_fastest_plan) {
  const Workplace place(sample(glucose_pixels()));
  const Json loose = planned(place, {"--backend", "aws-lambda", "--deadline", "1h"});
  const Json& front = loose["pareto"];
  EXPECT_DOUBLE_EQ(loose["cost_usd"], front.back()["cost_usd"]);
  const Json rich = planned(place, {"--backend", "aws-lambda", "--budget", "100"});
  EXPECT_DOUBLE_EQ(rich["time_s"], rich["pareto"].front()["time_s"]);
}

TEST(Plan, an_impossible_deadline_says_the_best_possible) {
  const Workplace place(sample(glucose_pixels()));
  expect_error(run(plan(place, {"--backend", "aws-lambda", "--deadline", "0.001"})), 2,
               {"0.001 s", "the fastest takes"});
  expect_error(run(plan(place, {"--deadline", "0.00001"})), 2, {"best possible"});
  expect_error(run(plan(place, {"--backend", "aws-lambda", "--budget", "0.000000001"})), 2,
               {"the cheapest costs"});
}

TEST(Plan, an_unknown_backend_is_refused_with_those_that_exist) {
  const Workplace place(sample(glucose_pixels()));
  expect_error(run(plan(place, {"--backend", "aws-lamda"})), 2,
               {"aws-lamda", "localhost", "did you mean aws-lambda?"});
  expect_error(run(plan(place, {"--backend", place / "none.json"})), 1, {"none.json"});
  put(place / "bad.json", "{\"ionloom_backend\": 1}");
  expect_error(run(plan(place, {"--backend", place / "bad.json"})), 1, {"bad.json", "name"});
}

TEST(Plan, what_is_no_duration_is_refused) {
  const Workplace place(sample(glucose_pixels()));
  for (const char* text : {"soon", "0", "-5", "10 parsecs", "nan"}) {
    const Finished done = run(plan(place, {std::string("--deadline=") + text}));
    EXPECT_EQ(done.exit_code, 2) << text;
    EXPECT_NE(done.err.find("duration"), std::string::npos) << done.err;
  }
}

TEST(Plan, without_a_model_the_default_is_used_and_said) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings{.environment = {"IONLOOM_DEVICE=never seen before"}};
  const Finished done = run(plan(place), settings);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("default, learned on another machine"), std::string::npos) << done.out;
}

TEST(Plan, draws_a_picture) {
  const Workplace place(sample(glucose_pixels()));
  const Finished done =
      run(plan(place, {"--backend", "aws-lambda", "--picture", place / "plan.png"}));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(content_of(place / "plan.png").starts_with("\x89PNG"));
}

/// Measurements that no clock can have made, a thousand among the run's own: the plan stays sane.
TEST(Plan, poisoned_measurements_do_not_break_it) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings{
      .environment = {"IONLOOM_MEASUREMENTS=" + (place / "own.sqlite"), "IONLOOM_DEVICE=bench"}};
  std::string text = "{\"ionloom_measurements\":1}\n";
  const auto add = [&](double seconds, int times) {
    for (int i = 0; i < times; ++i) {
      text += Json({{"stage", "annotate"},
                    {"device", "bench native x1"},
                    {"dataset", std::to_string(i % 5)},
                    {"counts", {{"ions", 1000.0 * (1 + i)}}},
                    {"active_tasks", 1.0},
                    {"start_up_s", 0.0},
                    {"compute_s", seconds < 1e6 && seconds > 0 ? seconds * (1 + i) : seconds},
                    {"read", nullptr},
                    {"write", nullptr},
                    {"peak_memory_bytes", 0},
                    {"memory_bound_bytes", 0},
                    {"recorded_unix_s", 0}})
                  .dump() +
              "\n";
    }
  };
  add(0.01, 40);  // 10 us an ion
  for (const double seconds : {-1.0, 0.0, 1e9, 1e12}) add(seconds, 10);
  add(300, 6);  // outliers
  put(place / "poison.jsonl", text);
  ASSERT_EQ(run({"models", "import", place / "poison.jsonl"}, settings).exit_code, 0);
  const Finished shown = run({"models", "show", "--json"}, settings);
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  for (const Json& stage : Json::parse(shown.out)["stages"]) {
    if (stage["stage"] != "annotate") continue;
    EXPECT_GE(stage["refused"], 40);
  }
  const Finished done = run(plan(place, {"--json"}), settings);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_LT(Json::parse(done.out)["median_s"], 1) << "of 16 pixels and one formula";
}

TEST(Explain, tells_where_a_run_parted_from_its_plan) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate()).exit_code, 0);
  const Finished done = run({"explain", place / "out"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  for (const char* part : {"predicted", "measured", "annotate", "where they parted"}) {
    EXPECT_NE(done.out.find(part), std::string::npos) << done.out;
  }
}

TEST(Explain, blames_the_work_or_the_speed) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate()).exit_code, 0);
  Json record = Json::parse(content_of(place / "out/run.json"));
  for (Json& stage : record["stages"]) {
    stage["planned"].update({{"seconds", 1.0},
                             {"known_work_s", 1.0},
                             {"least_s", 0.9},
                             {"most_s", 1.1},
                             {"level", 0.9}});
    stage["seconds"] = 1.0;
  }
  record["stages"][4]["planned"]["known_work_s"] = 3.0;  // annotate: thrice the work
  record["stages"][4]["planned"]["work"]["ions"] = 1000;
  record["stages"][4]["planned"]["known_work"]["ions"] = 3000;
  record["stages"][4]["seconds"] = 3.0;
  record["stages"][1]["seconds"] = 2.0;  // ingest: half the speed
  put(place / "run.json", record.dump());
  const Finished done = run({"explain", place / "run.json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(
      done.out.find("3.00 times as long for the work that it was, 3,000 ions instead of 1,000"),
      std::string::npos)
      << done.out;
  EXPECT_NE(done.out.find("2.00 times as long for the machine's speed"), std::string::npos);
  EXPECT_LT(done.out.find("3,000 ions"), done.out.find("machine's speed")) << "largest first";
}

TEST(Explain, refuses_what_is_no_record) {
  const Workplace place(sample(glucose_pixels()));
  expect_error(run({"explain", place / "nowhere"}), 1, {"nowhere"});
  put(place / "run.json", "{}");
  expect_error(run({"explain", place / "run.json"}), 1, {"run.json", "not the record"});
  put(place / "old.json", R"({"program":"ionloom","outputs":[],"stages":[]})");
  expect_error(run({"explain", place / "old.json"}), 1, {"holds no plan"});
}

TEST(Planner, decides_tasks_but_no_results) {
#if IONLOOM_WITH_WASM
  const Workplace place(sample(glucose_pixels()));
  std::string first;
  for (const char* planner : {"exact", "metaspace", "note", "ditto", "fixed"}) {
    const Finished done =
        run(place.annotate({"--runtime", "wasm", "--planner", planner, "--force"}),
            {.environment = {"XDG_CACHE_HOME=" + (place / "cache")}});
    ASSERT_EQ(done.exit_code, 0) << planner << done.err;
    const std::string table = content_of(place / "out/annotations.csv");
    if (first.empty()) first = table;
    EXPECT_EQ(table, first) << planner;
    EXPECT_EQ(Json::parse(content_of(place / "out/run.json"))["planned"]["planner"], planner);
  }
#endif
}

}  // namespace
}  // namespace ionloom::app::testing
