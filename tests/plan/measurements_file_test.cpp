#include "plan/measurements_file.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "plan/measurements_text.h"
#include "plan/sql_statement.h"

namespace ionloom::plan {
namespace {

class MeasurementsFileTest : public testing::Test {
 protected:
  MeasurementsFileTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("ionloom-measurements-") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    path_ = folder_ / "measurements.sqlite";
  }
  ~MeasurementsFileTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

std::vector<Measurement> two() {
  Measurement first{.stage = Stage::kAnnotate, .device = "laptop", .dataset = "brain"};
  first.counts[Count::kIons] = 1000;
  first.counts[Count::kWindowPeaks] = 12'345.5;
  first.active_tasks = 2;
  first.start_up_s = 0.01;
  first.compute_s = 1.0 / 3;
  first.read = {"disk", 3, 1e9, 0.25};
  first.write = {"memory", 1, 2e6, 0.001};
  first.peak_memory_bytes = std::uint64_t{5} << 30;
  first.memory_bound_bytes = std::uint64_t{6} << 30;
  first.recorded_unix_s = 1'795'000'000;
  Measurement second{.stage = Stage::kIngest, .device = "edge \"wasm\"", .dataset = "'; DROP"};
  second.compute_s = -std::numeric_limits<double>::infinity();
  return {first, second};
}

TEST_F(MeasurementsFileTest, what_was_added_is_there_after_opening_again_in_order) {
  {
    auto file = MeasurementsFile::open(path_);
    ASSERT_TRUE(file) << file.error().message();
    ASSERT_TRUE(file->add(two()));
    ASSERT_TRUE(file->add({}));
  }
  auto file = MeasurementsFile::open(path_);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->all().value(), two());
}

TEST_F(MeasurementsFileTest, two_may_have_it_open_and_add) {
  auto first = MeasurementsFile::open(path_);
  auto second = MeasurementsFile::open(path_);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(first->add(two()));
  ASSERT_TRUE(second->add(two()));
  EXPECT_EQ(first->all()->size(), 4U);
}

TEST_F(MeasurementsFileTest, a_device_is_forgotten_with_its_counts_and_others_stay) {
  auto file = MeasurementsFile::open(path_);
  ASSERT_TRUE(file->add(two()));
  EXPECT_EQ(file->forget("laptop").value(), 1U);
  EXPECT_EQ(file->all().value(), std::vector<Measurement>{two()[1]});
  EXPECT_EQ(file->forget("laptop").value(), 0U);
  EXPECT_EQ(file->forget("").value(), 1U);
  EXPECT_TRUE(file->all()->empty());
}

TEST_F(MeasurementsFileTest, times_that_are_no_numbers_are_kept_as_times_that_cannot_be) {
  auto odd = two();
  odd[0].compute_s = std::numeric_limits<double>::quiet_NaN();
  auto file = MeasurementsFile::open(path_);
  ASSERT_TRUE(file->add(odd));
  EXPECT_FALSE(is_usable(file->all().value()[0]));
}

TEST_F(MeasurementsFileTest, a_pace_is_kept_where_it_was_measured) {
  auto with_pace = two();
  with_pace[1].pace = 0.7;
  auto file = MeasurementsFile::open(path_);
  ASSERT_TRUE(file->add(with_pace));
  EXPECT_EQ(file->all().value(), with_pace);
  const auto read = parse_measurements(measurements_text(with_pace), "text").value();
  EXPECT_FALSE(read[0].pace);
  EXPECT_EQ(read[1].pace, 0.7);
}

TEST_F(MeasurementsFileTest, a_pace_that_is_none_is_refused_with_its_line) {
  auto with_pace = two();
  with_pace[1].pace = 0.5;
  std::string text = measurements_text(with_pace);
  text.replace(text.find("\"pace\":0.5"), 10, "\"pace\":1.5");
  const auto read = parse_measurements(text, "text");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(),
            "text: line 3: \"pace\" is missing or not above 0 and at most 1");
}

TEST_F(MeasurementsFileTest, a_file_of_the_first_layout_is_made_one_of_the_newest) {
  const auto rows = two();
  { ASSERT_TRUE(MeasurementsFile::open(path_)->add(rows)); }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  ASSERT_TRUE(run_sql(database, path_,
                      "ALTER TABLE measurement DROP COLUMN pace; PRAGMA user_version = 1"));
  sqlite3_close(database);
  auto file = MeasurementsFile::open(path_);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(file->all().value(), rows);
  auto with_pace = rows;
  with_pace[0].pace = 0.5;
  ASSERT_TRUE(file->add(with_pace));
  EXPECT_EQ(file->all().value()[rows.size()].pace, 0.5);
}

TEST_F(MeasurementsFileTest, a_newer_file_is_left_as_it_is) {
  { ASSERT_TRUE(MeasurementsFile::open(path_)->add(two())); }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  ASSERT_TRUE(run_sql(database, path_, "PRAGMA user_version = 3"));
  sqlite3_close(database);
  const std::string before = bytes();
  const auto file = MeasurementsFile::open(path_);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message(),
            path_.string() +
                ": was written by a newer ionloom (version 3 of the layout; this "
                "program knows 2); it was left as it is");
  EXPECT_EQ(bytes(), before);
}

TEST_F(MeasurementsFileTest, a_file_that_is_none_is_left_as_it_is) {
  for (const std::string& content :
       {std::string("not a database, but long enough to look at it; ") + std::string(2000, 'x'),
        std::string("{}")}) {
    { std::ofstream(path_) << content; }
    const auto file = MeasurementsFile::open(path_);
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message().find("is damaged or no file of measurements"),
              std::string::npos)
        << file.error().message();
    EXPECT_EQ(bytes(), content);
  }
}

TEST_F(MeasurementsFileTest, another_programs_database_is_left_as_it_is) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  ASSERT_TRUE(run_sql(database, path_, "CREATE TABLE other (x)"));
  sqlite3_close(database);
  const std::string before = bytes();
  const auto file = MeasurementsFile::open(path_);
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message().find("of another program"), std::string::npos);
  EXPECT_EQ(bytes(), before);
}

TEST_F(MeasurementsFileTest, damage_anywhere_gives_a_sentence_or_the_truth_never_a_crash) {
  {
    auto file = MeasurementsFile::open(path_);
    std::vector<Measurement> many;
    for (int i = 0; i < 100; ++i) many.push_back(two()[0]);
    ASSERT_TRUE(file->add(many));
  }
  const std::string whole = bytes();
  for (std::size_t place = 0; place < whole.size(); place += 1009) {
    std::string damaged = whole;
    damaged.replace(place, std::min<std::size_t>(64, whole.size() - place), 64, '\xA5');
    { std::ofstream(path_, std::ios::binary) << damaged; }
    auto file = MeasurementsFile::open(path_);
    if (!file) {
      EXPECT_FALSE(file.error().what.empty());
      continue;
    }
    const auto all = file->all();
    EXPECT_TRUE(all || !all.error().what.empty());
  }
}

TEST_F(MeasurementsFileTest, a_folder_that_does_not_exist_is_named) {
  const auto file = MeasurementsFile::open(folder_ / "nowhere" / "m.sqlite");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message().find("nowhere"), std::string::npos);
}

TEST(MeasurementsText, is_read_back_equal) {
  auto measurements = two();
  measurements[1].compute_s = 1e-300;
  const std::string text = measurements_text(measurements);
  EXPECT_EQ(parse_measurements(text, "m.jsonl").value(), measurements);
  EXPECT_EQ(parse_measurements(measurements_text({}), "m.jsonl").value(),
            std::vector<Measurement>{});
}

TEST(MeasurementsText, numbers_that_json_cannot_write_stay_unusable) {
  const auto read = parse_measurements(measurements_text(two()), "m.jsonl");
  ASSERT_TRUE(read);
  EXPECT_TRUE(std::isnan((*read)[1].compute_s));
}

TEST(MeasurementsText, what_is_wrong_is_named_with_its_line) {
  const std::string text = measurements_text(two());
  EXPECT_EQ(parse_measurements("", "m").error().message().substr(0, 9), "m: line 1");
  const auto complaint = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return parse_measurements(changed, "m").error().message();
  };
  EXPECT_EQ(complaint("\"annotate\"", "\"render\""),
            "m: line 2: \"stage\" is missing or not the name of a stage");
  EXPECT_EQ(complaint("\"peak_memory_bytes\":", "\"peak\":"),
            "m: line 2: \"peak_memory_bytes\" is missing or not a whole number");
  EXPECT_EQ(complaint("\"requests\":3.0", "\"requests\":\"3\""),
            "m: line 2: \"requests\" is missing or not a number");
  EXPECT_EQ(parse_measurements(text + "{", "m").error().message(),
            "m: line 4: is no JSON object; expected a measurement");
}

}  // namespace
}  // namespace ionloom::plan
