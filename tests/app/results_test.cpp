#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;
using Json = nlohmann::json;

Json run_record(const Workplace& place) {
  return Json::parse(content_of(place / "out/run.json"));
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(Results, glucose_is_found_with_its_images) {
  const Workplace place(sample(glucose_pixels()));
  const Finished done = run(place.annotate({"--targeted", "no", "--decoys", "1"}));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("memory  at most"), std::string::npos);
  EXPECT_NE(done.out.find("annotations at FDR"), std::string::npos);
  EXPECT_NE(done.out.find("Glucose"), std::string::npos) << done.out;
  const std::string csv = content_of(place / "out/annotations.csv");
  EXPECT_TRUE(csv.starts_with("# ")) << csv;
  EXPECT_NE(csv.find("\"C6H12O6+Na+\""), std::string::npos) << csv;
  EXPECT_EQ(files_in(place / "out/images"), 2U);  // the isotope peaks that the sample has
  EXPECT_EQ(run_record(place)["status"], "FINISHED");
}

TEST(Results, several_lists_are_ranked_each_by_itself_and_share_images) {
  const Workplace place(sample(glucose_pixels()));
  put(place / "other.csv", "id,name,formula\nM1,Mannose,C6H12O6\nA1,Alanine,C3H7NO2\n");
  const Finished done = run(place.annotate(
      {"--molecules", place / "other.csv", "--targeted", "no,yes", "--decoys", "1"}));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string csv = content_of(place / "out/annotations.csv");
  EXPECT_NE(csv.find("Glucose"), std::string::npos) << csv;
  EXPECT_NE(csv.find("Mannose"), std::string::npos) << csv;
  const Json lists = run_record(place)["counts"]["lists"];
  ASSERT_EQ(lists.size(), 2U);
  EXPECT_EQ(lists[0]["targeted"], false);
  EXPECT_EQ(lists[1]["targeted"], true);
}

TEST(Results, that_are_equal_but_for_their_list_come_in_the_order_of_lists) {
  const Workplace place(sample(glucose_pixels()));
  put(place / "also.tsv", kGlucoseList);
  ASSERT_EQ(run(place.annotate({"--molecules", place / "also.tsv", "--decoys", "1"})).exit_code, 0);
  const std::string csv = content_of(place / "out/annotations.csv");
  const std::size_t first = csv.find(",\"also\"\n");
  const std::size_t second = csv.find(",\"list\"\n");
  ASSERT_NE(second, std::string::npos) << csv;
  EXPECT_LT(first, second) << csv;
}

TEST(Results, lists_of_one_name_are_told_apart) {
  const Workplace place(sample(glucose_pixels()));
  std::filesystem::create_directory(place / "copy");
  put(place / "copy/list.tsv", kGlucoseList);
  ASSERT_EQ(run(place.annotate({"--molecules", place / "copy/list.tsv"})).exit_code, 0);
  const Json lists = run_record(place)["counts"]["lists"];
  EXPECT_NE(lists[0]["list"], lists[1]["list"]);
}

TEST(Results, are_the_same_bytes_for_any_number_of_threads) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate({"--threads", "1"})).exit_code, 0);
  const std::string csv = content_of(place / "out/annotations.csv");
  const std::string parquet = content_of(place / "out/annotations.parquet");
  ASSERT_EQ(run(place.annotate({"--threads", "3", "--force"})).exit_code, 0);
  EXPECT_EQ(content_of(place / "out/annotations.csv"), csv);
  EXPECT_EQ(content_of(place / "out/annotations.parquet"), parquet);
}

TEST(NothingFound, tells_how_far_the_best_ion_was_and_the_mass_bias) {
  auto pixels = glucose_pixels();
  for (SamplePixel& pixel : pixels) {
    for (double& mz : pixel.mz) mz *= 1 + 12e-6;  // 12 ppm off
  }
  const Workplace place(sample(pixels));
  const Finished done = run(place.annotate({"--targeted", "no"}));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("No annotation at 50 % FDR"), std::string::npos) << done.out;
  const std::string bias = "Measured mass bias: ";
  const std::size_t at = done.out.find(bias);
  ASSERT_NE(at, std::string::npos) << done.out;
  EXPECT_NEAR(std::stod(done.out.substr(at + bias.size())), 12, 0.2);
}

TEST(Info, describes_a_good_dataset) {
  const Workplace place(sample(glucose_pixels()));
  const Finished told = run({"info", place / "brain.imzML"});
  EXPECT_EQ(told.exit_code, 0);
  EXPECT_EQ(told.err, "");
  EXPECT_NE(told.out.find("4 x 4"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("positive"), std::string::npos);
}

TEST(Results, name_options_that_were_typed_even_with_their_default) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate({"--decoys", "20"})).exit_code, 0);
  const Json record = run_record(place);
  EXPECT_EQ(record["parameters"]["decoys"]["origin"], "option");
  EXPECT_EQ(record["parameters"]["ppm"]["origin"], "default");
}

/// Runs the command in a shell, with what stands behind it there.
int run_in_shell(const Workplace& place, const std::string& redirected) {
  std::string line = IONLOOM_PROGRAM;
  for (const std::string& word : place.annotate({"--no-pattern-cache"})) line += " '" + word + "'";
  return std::system((line + " " + redirected).c_str());
}

TEST(Results, are_whole_and_the_same_when_nobody_can_hear_of_them) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run_in_shell(place, ">/dev/null 2>/dev/null"), 0);
  const std::string csv = content_of(place / "out/annotations.csv");
  for (const char* gone : {">&- 2>&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full"}) {
    std::filesystem::remove_all(place / "out");
    EXPECT_EQ(run_in_shell(place, gone), 0) << gone;
    EXPECT_EQ(content_of(place / "out/annotations.csv"), csv) << gone;
    EXPECT_EQ(run_record(place)["status"], "FINISHED") << gone;
  }
}

TEST(Results, of_files_whose_names_are_not_utf8_are_text_all_the_same) {
  const Workplace place(sample(glucose_pixels()));
  for (const char* end : {".imzML", ".ibd"}) {
    std::filesystem::copy(place / (std::string("brain") + end),
                          place / (std::string("\xFC") + end));
  }
  const Finished done = run({"annotate", place / "\xFC.imzML", "--molecules", place / "list.tsv",
                             "--output", place / "out"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(content_of(place / "out/annotations.csv").find("# Run: \xC3\xBC "), std::string::npos);
}

}  // namespace
}  // namespace ionloom::app::testing
