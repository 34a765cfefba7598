#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;

std::string pattern_source(const Workplace& place) {
  return nlohmann::json::parse(content_of(place / "out/run.json"))["patterns"];
}

TEST(PatternCache, leaves_the_results_as_they_are_without_it) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings cached{.environment = {"XDG_CACHE_HOME=" + (place / "cache")}};
  const Words results = {"annotations.csv", "annotations.parquet", "ion_metrics.parquet"};
  Words first;
  for (const Words& more : {Words{"--no-pattern-cache"}, Words{}, Words{}}) {
    Words arguments = {"--all-ions", "--force", "--targeted", "no"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished done = run(place.annotate(arguments), cached);
    ASSERT_EQ(done.exit_code, 0) << done.err;
    Words bytes;
    for (const std::string& name : results) bytes.push_back(content_of(place / ("out/" + name)));
    if (first.empty()) {
      first = bytes;
      EXPECT_EQ(pattern_source(place), "computed");
      EXPECT_FALSE(std::filesystem::exists(place / "cache"));
    }
    EXPECT_EQ(bytes, first);
  }
  EXPECT_EQ(pattern_source(place), "cache");
}

TEST(PatternCache, is_shown_and_cleared) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings cached{.environment = {"XDG_CACHE_HOME=" + (place / "cache")}};
  ASSERT_EQ(run(place.annotate(), cached).exit_code, 0);
  const Finished shown = run({"cache"}, cached);
  EXPECT_TRUE(shown.out.starts_with(place / "cache/ionloom/patterns\n1 entry, ")) << shown.out;
  EXPECT_EQ(run({"cache", "clear"}, cached).exit_code, 0);
  EXPECT_NE(run({"cache"}, cached).out.find("0 entries, 0 bytes"), std::string::npos);
}

TEST(PatternCache, is_none_where_no_home_is_known) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate()).exit_code, 0);
  EXPECT_EQ(pattern_source(place), "computed");
  expect_error(run({"cache"}), 2, {"XDG_CACHE_HOME", "HOME"});
}

}  // namespace
}  // namespace ionloom::app::testing
