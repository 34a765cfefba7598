// `annotate --hand-out` and `task work`: a run whose tasks other processes do, on a store.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results_snapshot.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

namespace fs = std::filesystem;

using nlohmann::json;

/// A dataset of some thousand ions, whose tasks are handed out.
class HandedOutRun : public ::testing::Test {
 protected:
  Words arguments(const Words& more) const {
    Words words = {"annotate",    dataset_.string(),
                   "--molecules", IONLOOM_DEMO_MOLECULES,
                   "--targeted",  "no",
                   "--decoys",    "2",
                   "--threads",   "2",
                   "--output",    (folder_ / "out").string(),
                   "--force",     "--no-pattern-cache"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// One step: what is handed out, null when there are results.
  json step(const Words& more = {}) const {
    Words words = {"--store", url_, "--hand-out", (folder_ / "tasks.json").string()};
    words.insert(words.end(), more.begin(), more.end());
    const Finished done = run(arguments(words));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    if (!fs::exists(folder_ / "tasks.json")) return nullptr;
    EXPECT_FALSE(fs::exists(folder_ / "out"));
    json tasks = json::parse(content_of(folder_ / "tasks.json"));
    fs::remove(folder_ / "tasks.json");
    return tasks;
  }

  /// Does tasks in a process, and gives its lines.
  std::vector<json> work(const std::string& texts, int exit_code = 0,
                         const Words& more = {}) const {
    put(folder_ / "work", texts);
    Words words = {"task",
                   "work",
                   (folder_ / "work").string(),
                   "--store",
                   url_,
                   "--ibd",
                   fs::path(dataset_).replace_extension(".ibd").string()};
    words.insert(words.end(), more.begin(), more.end());
    const Finished done = run(words);
    EXPECT_EQ(done.exit_code, exit_code) << done.err;
    std::vector<json> lines;
    for (std::size_t at = 0; at < done.out.size();) {
      const std::size_t end = done.out.find('\n', at);
      lines.push_back(json::parse(done.out.substr(at, end - at)));
      at = end + 1;
    }
    return lines;
  }

  static std::string texts_of(const json& tasks) {
    std::string texts;
    for (const json& task : tasks["tasks"]) texts += task["text"].get<std::string>();
    return texts;
  }

  ScratchFolder folder_;
  fs::path dataset_ = simulated(folder_);
  std::string url_ = "file:" + (folder_ / "store").string();
};

TEST_F(HandedOutRun, gives_the_results_of_one_that_did_its_tasks_itself) {
  ASSERT_EQ(run(arguments({})).exit_code, 0);
  const ResultsSnapshot plain = results_in(folder_ / "out");
  fs::remove_all(folder_ / "out");
  std::vector<std::set<std::string>> stages;
  for (json tasks = step(); !tasks.is_null(); tasks = step()) {
    ASSERT_LT(stages.size(), 3U);
    stages.emplace_back();
    for (const json& task : tasks["tasks"]) stages.back().insert(task["stage"]);
    for (const json& line : work(texts_of(tasks))) {
      EXPECT_EQ(line["done"], true) << line;
      EXPECT_EQ(line["was_there"], false) << line;
      EXPECT_GT(line["put_bytes"], 0) << line;
    }
    // Whoever does them again finds them done.
    for (const json& line : work(texts_of(tasks))) EXPECT_EQ(line["was_there"], true) << line;
  }
  EXPECT_EQ(stages, (std::vector<std::set<std::string>>{{"ingest", "patterns"}, {"annotate"}}));
  expect_same_results(plain, results_in(folder_ / "out"));
}

TEST_F(HandedOutRun, is_cut_into_as_many_pieces_as_asked_for_with_the_same_results) {
  ASSERT_EQ(run(arguments({})).exit_code, 0);
  const ResultsSnapshot plain = results_in(folder_ / "out");
  fs::remove_all(folder_ / "out");
  const Words pieces = {"--pieces", "7,5,9"};
  std::map<std::string, std::size_t> counts;
  for (json tasks = step(pieces); !tasks.is_null(); tasks = step(pieces)) {
    for (const json& task : tasks["tasks"]) ++counts[task["stage"].get<std::string>()];
    work(texts_of(tasks));
  }
  // Whole spectra and ions: a piece more where they do not come out even.
  EXPECT_GE(counts["ingest"], 7U);
  EXPECT_LE(counts["ingest"], 8U);
  EXPECT_EQ(counts["patterns"], 5U);
  EXPECT_EQ(counts["annotate"], 9U);
  expect_same_results(plain, results_in(folder_ / "out"));
  expect_error(run(arguments({"--pieces", "1,2,3"})), 2, {"--hand-out"});
}

TEST_F(HandedOutRun, with_packed_runs_reads_less_and_has_the_same_results) {
  ASSERT_EQ(run(arguments({})).exit_code, 0);
  const ResultsSnapshot plain = results_in(folder_ / "out");
  fs::remove_all(folder_ / "out");
  std::uint64_t whole = 0;
  std::uint64_t packed = 0;
  json tasks = step();
  work(texts_of(tasks), 0, {"--packed"});
  tasks = step();
  // Once each way, from the same runs.
  for (const json& line : work(texts_of(tasks), 0, {"--packed"})) {
    packed += line["got_bytes"].get<std::uint64_t>();
  }
  ASSERT_TRUE(step().is_null());
  expect_same_results(plain, results_in(folder_ / "out"));
  fs::remove_all(folder_ / "out");
  std::vector<fs::path> metrics;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store")) {
    if (entry.path().filename() == "metrics") metrics.push_back(entry.path());
  }
  ASSERT_FALSE(metrics.empty());
  for (const fs::path& object : metrics) fs::remove(object);
  for (const json& line : work(texts_of(tasks))) whole += line["got_bytes"].get<std::uint64_t>();
  EXPECT_LT(packed, whole);
}

TEST_F(HandedOutRun, tells_of_every_task_that_failed_and_does_the_others) {
  json tasks = step();
  ASSERT_GT(tasks["tasks"].size(), 3U);
  std::string texts = texts_of(tasks);
  // Two tasks want a file that ends before what they read of it.
  fs::resize_file(fs::path(dataset_).replace_extension(".ibd"), 100);
  std::size_t failed = 0;
  for (const json& line : work(texts, 1)) {
    EXPECT_EQ(line["done"], line["stage"] != "ingest") << line;
    if (line["done"] == true) continue;
    ++failed;
    EXPECT_EQ(line["exit_code"], 1);
    EXPECT_NE(line["error"].get<std::string>().find("has only 100"), std::string::npos) << line;
  }
  EXPECT_GE(failed, 2U);
}

TEST_F(HandedOutRun, makes_what_got_lost_between_two_steps_anew) {
  const json first = step();
  work(texts_of(first));
  const json second = step();
  std::size_t lost = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store")) {
    if (entry.path().filename() != "run" || lost > 0) continue;
    fs::remove(entry.path());
    ++lost;
  }
  ASSERT_EQ(lost, 1U);
  const std::vector<json> lines = work(texts_of(second), 1);
  EXPECT_NE(lines.front()["error"].get<std::string>().find("was there and is no more"),
            std::string::npos)
      << lines.front();
  const json again = step();
  ASSERT_EQ(again["tasks"].size(), 1U);
  EXPECT_EQ(again["tasks"][0]["stage"], "ingest");
}

TEST_F(HandedOutRun, needs_the_whole_ibd_once) {
  const auto inputs = [&] {
    return json::parse(content_of(folder_ / "out" / "run.json"))["inputs"];
  };
  ASSERT_EQ(run(arguments({})).exit_code, 0);
  const ResultsSnapshot plain = results_in(folder_ / "out");
  const json plain_inputs = inputs();
  fs::remove_all(folder_ / "out");
  const fs::path file = folder_ / "ibd.json";
  const Words record = {"--ibd-record", file.string()};
  work(texts_of(step(record)));
  const fs::path ibd = fs::path(dataset_).replace_extension(".ibd");
  const std::string whole = content_of(ibd);
  std::string parts(whole.size(), '\0');
  std::uint64_t kept_bytes = 0;
  const json known = json::parse(content_of(file));
  for (const json& part : known["parts"]) {
    parts.replace(part[0], part[1], whole, part[0], part[1]);
    kept_bytes += part[1].get<std::uint64_t>();
  }
  EXPECT_LT(kept_bytes, whole.size());
  put(ibd, parts);
  const json tasks = step(record);
  ASSERT_EQ(tasks["tasks"][0]["stage"], "annotate");
  EXPECT_GT(tasks["memory_bytes"], 0);
  work(texts_of(tasks));
  ASSERT_TRUE(step(record).is_null());
  expect_same_results(plain, results_in(folder_ / "out"));
  EXPECT_EQ(inputs(), plain_inputs);

  const auto with = [&](const Words& more) {
    Words words = {"--store", url_, "--hand-out", (folder_ / "tasks.json").string()};
    words.insert(words.end(), record.begin(), record.end());
    words.insert(words.end(), more.begin(), more.end());
    return run(arguments(words));
  };
  expect_error(with({"--pieces", "9,1,1"}), 1, {"the same options"});
  json other = known;
  other["size_bytes"] = whole.size() + 1;
  put(file, other.dump());
  expect_error(with({}), 1, {"ibd.json", std::to_string(whole.size() + 1)});
  for (const char* damaged : {"", "[]", R"({"ionloom_ibd": 2})", R"({"ionloom_ibd": 1})",
                              R"({"ionloom_ibd": 1, "sha256": "", "stated": "", "size_bytes": 1,
                                  "hashes": [[1]]})"}) {
    put(file, damaged);
    expect_error(with({}), 1, {"ibd.json", "no record"});
  }
}

TEST_F(HandedOutRun, is_refused_without_a_store_that_keeps_objects) {
  const std::string file = (folder_ / "tasks.json").string();
  EXPECT_EQ(run(arguments({"--hand-out", file})).exit_code, 2);
  EXPECT_EQ(run(arguments({"--hand-out", file, "--store", url_, "--remove-objects"})).exit_code, 2);
  expect_error(run(arguments({"--hand-out", file, "--store", "memory:"})), 2, {"keeps", "memory:"});
}

}  // namespace
}  // namespace ionloom::app::testing
