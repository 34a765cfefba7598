#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/known_models.h"
#include "plan/measurements_file.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;
using Json = nlohmann::json;

ProgramSettings measuring(const Workplace& place) {
  return {
      .environment = {"IONLOOM_MEASUREMENTS=" + (place / "own.sqlite"), "IONLOOM_DEVICE=bench"}};
}

/// Measurements as export prints them, without the first line.
std::vector<Json> exported(const ProgramSettings& settings) {
  const Finished done = run({"models", "export", "-"}, settings);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  std::istringstream lines(done.out);
  std::vector<Json> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(Json::parse(line));
  EXPECT_EQ(rows.at(0), Json({{"ionloom_measurements", 1}}));
  rows.erase(rows.begin());
  return rows;
}

TEST(Models, every_run_adds_its_stages) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  ASSERT_EQ(run(place.annotate({"--threads", "2"}), settings).exit_code, 0);
  const std::vector<Json> rows = exported(settings);
  std::set<std::string> stages;
  for (const Json& row : rows) {
    stages.insert(row["stage"]);
    EXPECT_EQ(row["device"], "bench native x2");
    EXPECT_GT(row["compute_s"], 0);
    EXPECT_FALSE(row["counts"].empty());
    EXPECT_GT(row["memory_bound_bytes"], 0);
  }
  EXPECT_EQ(stages, (std::set<std::string>{"index", "ingest", "ions", "patterns", "annotate",
                                           "rank", "images"}));
  ASSERT_EQ(run(place.annotate({"--force", "--no-measurements"}), settings).exit_code, 0);
  EXPECT_EQ(exported(settings).size(), rows.size()) << "--no-measurements adds none";
}

TEST(Models, run_json_holds_predicted_beside_measured) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate()).exit_code, 0);
  const Json record = Json::parse(content_of(place / "out/run.json"));
  EXPECT_EQ(record["planned"]["planner"], "exact");
  EXPECT_GT(record["planned"]["seconds"], 0);
  ASSERT_EQ(record["stages"].size(), 7U);
  EXPECT_EQ(record["stages"][0]["name"], "index");
  for (const Json& stage : record["stages"]) {
    const Json& planned = stage["planned"];
    EXPECT_GT(planned["seconds"], 0) << stage;
    EXPECT_LE(planned["least_s"], planned["seconds"]);
    EXPECT_GE(planned["most_s"], planned["seconds"]);
    EXPECT_FALSE(planned["basis"].get<std::string>().empty());
  }
  // The ions are counted when they are known: 3 targets and 60 decoys of one formula, less repeats.
  EXPECT_EQ(record["stages"][4]["planned"]["known_work"]["ions"], record["counts"]["ions"]);
}

TEST(Models, are_exported_imported_and_forgotten) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  ASSERT_EQ(run(place.annotate(), settings).exit_code, 0);
  const std::size_t rows = exported(settings).size();
  ASSERT_EQ(run({"models", "export", place / "shared.jsonl"}, settings).exit_code, 0);
  const Finished imported = run({"models", "import", place / "shared.jsonl"}, settings);
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(exported(settings).size(), 2 * rows);
  const Finished shown = run({"models", "show"}, settings);
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("own.sqlite"), std::string::npos);
  EXPECT_NE(shown.out.find("\"bench\""), std::string::npos) << shown.out;
  expect_error(run({"models", "forget"}, settings), 2, {"--device", "--all"});
  EXPECT_NE(run({"models", "forget", "--device", "toaster"}, settings).out.find("Removed 0"),
            std::string::npos);
  EXPECT_EQ(exported(settings).size(), 2 * rows);
  EXPECT_EQ(run({"models", "forget", "--device", "bench"}, settings).exit_code, 0);
  EXPECT_TRUE(exported(settings).empty());
}

TEST(Models, a_file_that_is_no_file_of_ours_costs_no_run_and_is_left_as_it_is) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  put(place / "own.sqlite", "these are not the measurements you are looking for");
  const Finished done = run(place.annotate(), settings);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.err.find("own.sqlite"), std::string::npos) << done.err;
  EXPECT_TRUE(std::filesystem::exists(place / "out/run.json"));
  expect_error(run({"models", "show"}, settings), 1, {"own.sqlite"});
  EXPECT_EQ(content_of(place / "own.sqlite"), "these are not the measurements you are looking for");
}

TEST(Models, kept_models_of_a_newer_version_are_named_and_left_as_they_are) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  const std::string newer = R"({"ionloom_models":99,"measurements":0,"stages":[]})";
  put(place / "own.models.json", newer);
  const Finished done = run(place.annotate(), settings);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.err.find("newer ionloom"), std::string::npos) << done.err;
  EXPECT_EQ(content_of(place / "own.models.json"), newer);
  EXPECT_FALSE(exported(settings).empty()) << "the run's times are kept all the same";
}

TEST(Models, kept_models_of_an_older_version_are_learned_anew) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  ASSERT_EQ(run(place.annotate(), settings).exit_code, 0);
  put(place / "own.models.json", R"({"ionloom_models":1,"measurements":0,"stages":[]})");
  const Finished done = run({"plan", place / "brain.imzML", "-m", place / "list.tsv"}, settings);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.err.find("ionloom_models"), std::string::npos) << done.err;
  EXPECT_NE(content_of(place / "own.models.json").find(R"("ionloom_models": 2)"),
            std::string::npos);
}

TEST(Models, import_of_damaged_text_adds_nothing_and_names_the_line) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  put(place / "bad.jsonl", "{\"ionloom_measurements\":1}\n{\"stage\":\"soup\"}\n");
  expect_error(run({"models", "import", place / "bad.jsonl"}, settings), 1, {"line 2", "stage"});
  EXPECT_TRUE(exported(settings).empty());
}

/// Whether the reference machine was measured with the same work, run in the same way.
bool was_shipped(const plan::Measurement& one) {
  return std::ranges::any_of(shipped_measurements(), [&](const plan::Measurement& shipped) {
    return shipped.device == "reference native-disk x1" && shipped.stage == one.stage &&
           shipped.dataset == one.dataset && shipped.counts == one.counts;
  });
}

TEST(Calibrate, measures_every_stage_on_one_thread_and_on_all_and_a_store) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  const Finished done =
      run({"calibrate", "--device", "shelf", "--store", "file:" + (place / "store")}, settings);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("Measured \"shelf\""), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("disk write"), std::string::npos) << done.out;
  std::set<std::string> stages;
  std::set<double> active;
  for (const Json& row : exported(settings)) {
    if (row["counts"].empty()) {
      active.insert(row["active_tasks"].get<double>());
      EXPECT_EQ(row["read"]["tier"], "disk");
    } else if (row["device"] == "shelf native x1") {
      stages.insert(row["stage"]);
    }
  }
  EXPECT_EQ(stages.size(), 7U);
  EXPECT_TRUE(active.contains(1)) << done.out;
  // Else kappas are compared with what models say: bench/reference_tasks.py makes what ships anew.
  const auto own = plan::MeasurementsFile::open(place / "own.sqlite")->all();
  ASSERT_TRUE(own);
  int compared = 0;
  for (const plan::Measurement& one : *own) {
    if (one.device != "shelf native-disk x1" || one.stage != plan::Stage::kAnnotate) continue;
    EXPECT_TRUE(was_shipped(one)) << "the self-test's work is not the reference machine's";
    ++compared;
  }
  EXPECT_GT(compared, 0);
  std::error_code none;
  for (std::filesystem::recursive_directory_iterator at(place / "store/ionloom-calibrate", none),
       end;
       at != end; ++at) {
    EXPECT_FALSE(at->is_regular_file()) << at->path() << " was left behind";
  }
}

TEST(Models, a_run_tells_the_pace_of_its_processor_when_it_is_asked_to) {
  const ScratchFolder folder;
  const std::filesystem::path dataset = simulated(folder);
  ProgramSettings settings{
      .environment = {"IONLOOM_MEASUREMENTS=" + (folder / "own.sqlite").string()}};
  const auto paces = [&](const char* threads) {
    const Finished done =
        run({"annotate", dataset.string(), "-m", IONLOOM_DEMO_MOLECULES, "-o",
             (folder / "out").string(), "--targeted", "no", "--force", "--threads", threads},
            settings);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    std::size_t count = 0;
    const Json record = Json::parse(content_of(folder / "out/run.json"));
    for (const Json& stage : record["stages"]) {
      if (!stage.contains("pace")) continue;
      EXPECT_GT(stage["pace"], 0);
      EXPECT_LE(stage["pace"], 1);
      ++count;
    }
    return count;
  };
  EXPECT_EQ(paces("1"), 0U);
  settings.environment.emplace_back("IONLOOM_PACE=1");
  EXPECT_GT(paces("1"), 0U);
  const auto rows = exported(settings);
  EXPECT_TRUE(std::ranges::any_of(rows, [](const Json& row) { return row.contains("pace"); }));
  EXPECT_EQ(paces("2"), 0U) << "threads move between processors";
}

/// Folders in which self-tests lie while they run.
std::set<std::filesystem::path> self_test_folders() {
  std::set<std::filesystem::path> found;
  for (const std::filesystem::path& parent :
       {std::filesystem::path("/dev/shm"), std::filesystem::temp_directory_path()}) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(parent, none)) {
      if (entry.path().filename().string().starts_with("ionloom-calibrate-")) {
        found.insert(entry.path());
      }
    }
  }
  return found;
}

/// Those that were not there before.
std::set<std::filesystem::path> new_folders(const std::set<std::filesystem::path>& before) {
  std::set<std::filesystem::path> found = self_test_folders();
  for (const auto& folder : before) found.erase(folder);
  return found;
}

/// Another test's may be there as well, for as long as it runs.
bool are_soon_gone(const std::set<std::filesystem::path>& folders) {
  const auto is_gone = [](const auto& folder) { return !std::filesystem::exists(folder); };
  for (int i = 0; i < 200 && !std::ranges::all_of(folders, is_gone); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  return std::ranges::all_of(folders, is_gone);
}

TEST(Calibrate, stopped_in_a_thorough_test_keeps_what_was_known_and_leaves_nothing) {
  const Workplace place(sample(glucose_pixels()));
  const ProgramSettings settings = measuring(place);
  ASSERT_EQ(run(place.annotate(), settings).exit_code, 0);
  const std::size_t known = exported(settings).size();
  const auto before = self_test_folders();
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program({"calibrate", "--thorough", "--device", "shelf", "--runtime", "native"},
                    settings);
    program.wait_for("self-test");
    program.send(signal);
    expect_error(program.finish(), 130, {"stopped on request"});
    EXPECT_EQ(exported(settings).size(), known);
    EXPECT_TRUE(are_soon_gone(new_folders(before)));
  }
}

TEST(Calibrate, removes_what_a_killed_self_test_left) {
  const Workplace place(sample(glucose_pixels()));
  ProgramSettings settings = measuring(place);
  settings.own_group = true;
  const auto before = self_test_folders();
  Program killed({"calibrate", "--device", "shelf", "--runtime", "native"}, settings);
  killed.wait_for("self-test");
  const auto left = new_folders(before);
  ASSERT_FALSE(left.empty());
  killed.send_to_group(SIGKILL);
  EXPECT_EQ(killed.finish().exit_code, -SIGKILL);
  const auto now = std::filesystem::file_time_type::clock::now();
  std::error_code gone;  // another test's
  for (const auto& folder : left) {
    std::filesystem::last_write_time(folder, now - std::chrono::hours{2}, gone);
  }
  ASSERT_EQ(run({"calibrate", "--device", "shelf", "--runtime", "native"}, settings).exit_code, 0);
  EXPECT_TRUE(are_soon_gone(left));
}

TEST(Calibrate, says_only_once_that_it_was_stopped_when_its_runs_were_as_well) {
  const Workplace place(sample(glucose_pixels()));
  ProgramSettings settings = measuring(place);
  settings.own_group = true;
  Program program({"calibrate", "--device", "shelf", "--runtime", "native"}, settings);
  program.wait_for("self-test");
  program.send_to_group(SIGINT);
  expect_error(program.finish(), 130, {"error: stopped on request"});
}

TEST(Calibrate, names_a_file_of_measurements_that_is_none_and_leaves_it_alone) {
  const Workplace place(sample(glucose_pixels()));
  put(place / "own.sqlite", "no database");
  expect_error(run({"calibrate", "--runtime", "native"}, measuring(place)), 1,
               {place / "own.sqlite"});
  EXPECT_EQ(content_of(place / "own.sqlite"), "no database");
}

TEST(Calibrate, refuses_what_is_no_store_before_anything_runs) {
  const Workplace place(sample(glucose_pixels()));
  expect_error(run({"calibrate", "--store", "cupboard"}, measuring(place)), 2,
               {"cupboard", "file:", "s3:"});
}

}  // namespace
}  // namespace ionloom::app::testing
