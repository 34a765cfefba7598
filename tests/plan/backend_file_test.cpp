#include "plan/backend_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

const std::filesystem::path kBackends =
    std::filesystem::path(IONLOOM_SOURCE_FOLDER) / "data" / "backends";

std::string lambda_text() {
  std::ifstream file(kBackends / "aws-lambda.json");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The file of Lambda with one text in place of another that it holds.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = lambda_text();
  const std::size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

std::string complaint(const std::string& text) {
  const auto backend = parse_backend(text, "b.json");
  return backend ? "none" : backend.error().message();
}

TEST(BackendFile, every_backend_that_ships_is_read_and_every_figure_has_a_source_and_a_date) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kBackends)) {
    const auto backend = read_backend(entry.path());
    ASSERT_TRUE(backend) << backend.error().message();
    EXPECT_EQ(backend->name, entry.path().stem());
    EXPECT_TRUE(backend->is_simulated());
    EXPECT_GE(backend->origins.size(), 20U);
    for (const FigureOrigin& origin : backend->origins) {
      EXPECT_FALSE(origin.title.empty() || origin.address.empty()) << origin.figure;
      EXPECT_TRUE(std::regex_match(origin.date, std::regex("20[0-9]{2}-[01][0-9]-[0-3][0-9]")))
          << origin.figure << ' ' << origin.date;
    }
    ++files;
  }
  EXPECT_EQ(files, 5);
}

TEST(BackendFile, lambda_costs_and_gives_what_its_documentation_says) {
  const auto lambda = read_backend(kBackends / "aws-lambda.json");
  ASSERT_TRUE(lambda) << lambda.error().message();
  EXPECT_EQ(lambda->kind, BackendKind::kFunctions);
  const auto full = std::ranges::find(lambda->classes, 1.0, &MemoryClass::cpus);
  ASSERT_NE(full, lambda->classes.end());
  EXPECT_EQ(full->memory_bytes, std::uint64_t{1769} << 20);  // one vCPU
  EXPECT_NEAR(full->price_s_usd, 1769.0 / 1024 * 1.667e-5, 1e-12);
  EXPECT_EQ(lambda->time_limit_s, 900);
  EXPECT_NEAR(lambda->classes.back().cpus, 10240.0 / 1769, 1e-4);
}

TEST(BackendFile, machines_cost_by_the_hour_and_null_is_no_limit) {
  const auto machines = read_backend(kBackends / "aws-ec2.json");
  ASSERT_TRUE(machines) << machines.error().message();
  EXPECT_NEAR(machines->classes.front().price_s_usd, 0.2538 / 3600, 1e-12);
  EXPECT_EQ(machines->concurrency, std::numeric_limits<double>::infinity());
}

TEST(BackendFile, what_is_wrong_is_named_with_what_was_expected) {
  EXPECT_EQ(complaint("{"), "b.json: is no JSON object; expected a backend of ionloom");
  EXPECT_EQ(complaint("[]"), "b.json: is no JSON object; expected a backend of ionloom");
  EXPECT_EQ(complaint("{}"), "b.json: has \"ionloom_backend\": null; this program reads version 1");
  EXPECT_EQ(complaint(changed("\"ionloom_backend\": 1", "\"ionloom_backend\": 2")),
            "b.json: has \"ionloom_backend\": 2; this program reads version 1");
  EXPECT_EQ(complaint(changed("\"functions\"", "\"clouds\"")),
            "b.json: kind: is not functions, machines or local");
  EXPECT_EQ(complaint(changed("\"value\": 900", "\"value\": -900")),
            "b.json: time_limit_s: is -900; expected a number that is not below 0, or null for no "
            "limit");
  EXPECT_EQ(
      complaint(changed("\"value\": 900, \"basis\": \"documented\"",
                        "\"value\": 900, \"basis\": \"rumour\"")),
      "b.json: time_limit_s.basis: is \"rumour\"; expected measured, documented, published or "
      "assumed");
  EXPECT_EQ(
      complaint(changed("\"value\": 0.03, \"basis\": \"published\", \"source\": \"s3-latency\"",
                        "\"value\": 0.03, \"basis\": \"published\", \"source\": \"hearsay\"")),
      "b.json: tiers.s3.read_latency_s.source: is \"hearsay\", which is not in sources");
  EXPECT_EQ(complaint(changed("[128, ", "[\"128\", ")),
            "b.json: classes: has [\"128\",0.0724,0]; expected [MiB, CPUs, dollars an hour]");
  EXPECT_EQ(complaint(changed("[128, ", "[300, ")),
            "b.json: classes: are not in the order of their memory");
}

TEST(BackendFile, every_prefix_and_every_lost_line_is_refused_not_crashed_on) {
  const std::string text = lambda_text();
  for (std::size_t length = 0; length + 3 < text.size(); length += 97) {
    EXPECT_FALSE(parse_backend(text.substr(0, length), "b.json"));
  }
  EXPECT_FALSE(parse_backend(changed("\"tiers\"", "\"layers\""), "b.json"));
  EXPECT_FALSE(parse_backend(changed("\"sources\"", "\"origins\""), "b.json"));
}

TEST(BackendFile, a_missing_file_is_named) {
  EXPECT_EQ(read_backend("/nowhere/b.json").error().message(),
            "/nowhere/b.json: cannot be opened; expected a backend's file");
}

}  // namespace
}  // namespace ionloom::plan
