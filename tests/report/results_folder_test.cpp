#include "report/results_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "report/run_record.h"
#include "support/scratch_folder.h"

namespace ionloom::report {
namespace {

namespace fs = std::filesystem;

using test_support::content_of;
using test_support::put;
using test_support::ScratchFolder;
using Names = std::vector<std::string>;

/// A finished results folder with annotations.csv = `content`.
void put_results(const fs::path& folder, const std::string& content, bool force = false) {
  auto results = ResultsFolder::create(folder, force);
  ASSERT_TRUE(results) << results.error().message();
  put(results->partial_path() / "annotations.csv", content);
  const auto images = results->add_folder("images");
  ASSERT_TRUE(images);
  put(*images / "a.png", content);
  RunRecord record;
  record.outputs = {"annotations.csv", "images/"};
  ASSERT_TRUE(write_run_record(results->partial_path(), record));
  const auto committed = results->commit();
  ASSERT_TRUE(committed) << committed.error().message();
}

TEST(ResultsFolder, appears_whole_when_committed) {
  ScratchFolder scratch;
  auto results = ResultsFolder::create(scratch / "out", false);
  ASSERT_TRUE(results);
  put(results->partial_path() / "annotations.csv", "x");
  EXPECT_FALSE(fs::exists(scratch / "out"));
  ASSERT_TRUE(results->commit());
  EXPECT_EQ(content_of(scratch / "out/annotations.csv"), "x");
  EXPECT_EQ(scratch.names(), Names{"out"});
}

TEST(ResultsFolder, leaves_nothing_when_not_committed) {
  ScratchFolder scratch;
  {
    auto results = ResultsFolder::create(scratch / "new/parent/out/", false);
    ASSERT_TRUE(results);
    EXPECT_EQ(results->final_path().filename(), "out");
    put(results->partial_path() / "annotations.csv", "x");
  }
  EXPECT_TRUE(scratch.names().empty());
}

TEST(ResultsFolder, errors_name_the_folder_as_it_was_given) {
  ScratchFolder scratch;
  const auto results = ResultsFolder::create(scratch.path() / "." / "out", false);
  ASSERT_TRUE(results);
  const std::string hidden = (results->partial_path() / "images/a.png").string();
  const Error told = results->with_given_path({ErrorCode::kResource, hidden, hidden + " is full"});
  const std::string given = (scratch.path() / "." / "out/images/a.png").string();
  EXPECT_EQ(told.where, given);
  EXPECT_EQ(told.what, given + " is full");
  EXPECT_EQ(told.code, ErrorCode::kResource);
}

TEST(ResultsFolder, makes_missing_parents) {
  ScratchFolder scratch;
  put_results(scratch / "new/parent/out", "x");
  EXPECT_TRUE(fs::exists(scratch / "new/parent/out/images/a.png"));
}

TEST(ResultsFolder, takes_the_place_of_an_empty_folder) {
  ScratchFolder scratch;
  fs::create_directory(scratch / "out");
  put_results(scratch / "out", "x");
  EXPECT_EQ(content_of(scratch / "out/annotations.csv"), "x");
  EXPECT_EQ(scratch.names(), Names{"out"});
}

TEST(ResultsFolder, follows_a_link_to_the_folder) {
  ScratchFolder scratch;
  fs::create_directory(scratch / "real");
  fs::create_directory_symlink(scratch / "real", scratch / "out");
  put_results(scratch / "out", "x");
  EXPECT_TRUE(fs::is_symlink(scratch / "out"));
  EXPECT_EQ(content_of(scratch / "real/annotations.csv"), "x");
}

TEST(ResultsFolder, refuses_a_folder_with_content_and_says_what_is_inside) {
  ScratchFolder scratch;
  fs::create_directory(scratch / "out");
  for (const char* name : {"b", "a", "d", "c", "e"}) {
    put(scratch / "out" / name, "");
  }
  const auto results = ResultsFolder::create(scratch / "out", false);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::kUsage);
  EXPECT_EQ(results.error().what,
            "is not empty (a, b, c and 2 more). Choose another output folder, or give --force to "
            "replace it.");
}

TEST(ResultsFolder, refuses_results_of_another_run_without_force) {
  ScratchFolder scratch;
  put_results(scratch / "out", "old");
  const auto results = ResultsFolder::create(scratch / "out", false);
  ASSERT_FALSE(results);
  EXPECT_TRUE(results.error().what.starts_with("holds the results of another run"));
  EXPECT_EQ(content_of(scratch / "out/annotations.csv"), "old");
}

TEST(ResultsFolder, with_force_the_old_results_go_only_when_the_new_are_complete) {
  ScratchFolder scratch;
  put_results(scratch / "out", "old");
  {
    auto abandoned = ResultsFolder::create(scratch / "out", true);
    ASSERT_TRUE(abandoned) << abandoned.error().message();
    put(abandoned->partial_path() / "annotations.csv", "half");
    EXPECT_EQ(content_of(scratch / "out/annotations.csv"), "old");
  }
  EXPECT_EQ(content_of(scratch / "out/annotations.csv"), "old");
  put_results(scratch / "out", "new", true);
  EXPECT_EQ(content_of(scratch / "out/annotations.csv"), "new");
  EXPECT_EQ(scratch.names(), Names{"out"});
}

void expect_force_refused(const fs::path& folder, const std::string& reason) {
  const auto results = ResultsFolder::create(folder, true);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::kUsage);
  EXPECT_NE(results.error().what.find(reason), std::string::npos) << results.error().what;
}

TEST(ResultsFolder, force_never_replaces_what_is_no_result) {
  ScratchFolder scratch;
  fs::create_directory(scratch / "thesis");
  put(scratch / "thesis/chapter1.tex", "precious");
  expect_force_refused(scratch / "thesis", "has no run.json (it holds chapter1.tex)");
  put(scratch / "thesis/run.json", "{}");
  expect_force_refused(scratch / "thesis", "is not the record of an ionloom run");
  EXPECT_EQ(content_of(scratch / "thesis/chapter1.tex"), "precious");
}

TEST(ResultsFolder, force_never_removes_files_that_were_added_to_results) {
  ScratchFolder scratch;
  put_results(scratch / "out", "old");
  put(scratch / "out/images/notes.txt", "mine");
  expect_force_refused(scratch / "out", "also holds images/notes.txt");
  fs::remove(scratch / "out/images/notes.txt");
  fs::create_directory(scratch / "out/figures");
  expect_force_refused(scratch / "out", "also holds figures/");
}

TEST(ResultsFolder, what_came_into_the_folder_during_the_run_is_kept) {
  ScratchFolder scratch;
  auto results = ResultsFolder::create(scratch / "out", false);
  ASSERT_TRUE(results);
  fs::create_directory(scratch / "out");
  put(scratch / "out/mine.txt", "precious");
  EXPECT_FALSE(results->commit());
  EXPECT_EQ(content_of(scratch / "out/mine.txt"), "precious");
}

TEST(ResultsFolder, refuses_files_and_the_current_folder) {
  ScratchFolder scratch;
  put(scratch / "file", "");
  EXPECT_EQ(ResultsFolder::create(scratch / "file", true).error().code, ErrorCode::kUsage);
  EXPECT_EQ(ResultsFolder::create(".", true).error().code, ErrorCode::kUsage);
  EXPECT_EQ(ResultsFolder::create("", false).error().code, ErrorCode::kUsage);
}

TEST(ResultsFolder, a_file_in_place_of_a_parent_is_an_error_with_a_sentence) {
  ScratchFolder scratch;
  put(scratch / "file", "");
  const auto results = ResultsFolder::create(scratch / "file/out", false);
  ASSERT_FALSE(results);
  EXPECT_FALSE(results.error().what.empty());
}

TEST(ResultsFolder, an_unwritable_parent_is_a_data_error) {
  if (::geteuid() == 0 && !fs::exists("/proc/self")) {
    GTEST_SKIP() << "root may write anywhere, and there is no /proc to refuse it";
  }
  const auto results = ResultsFolder::create("/proc/ionloom-out", false);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::kData);
}

TEST(ResultsFolder, may_have_a_name_as_long_as_the_file_system_allows) {
  ScratchFolder scratch;
  const std::string name(255, 'a');
  put_results(scratch / name, "x");
  EXPECT_EQ(content_of(scratch / name / "annotations.csv"), "x");
  EXPECT_EQ(scratch.names(), Names{name});
}

TEST(ResultsFolder, old_results_that_a_killed_run_was_removing_go_once_new_ones_are_there) {
  ScratchFolder scratch;
  put_results(scratch / ".out.replaced-1", "old");
  { ASSERT_TRUE(ResultsFolder::create(scratch / "out", false)); }
  EXPECT_EQ(scratch.names(), Names{".out.replaced-1"}) << "the only results that there are";
  put_results(scratch / "out", "new");
  { ASSERT_TRUE(ResultsFolder::create(scratch / "out", true)); }
  EXPECT_EQ(scratch.names(), Names{"out"});
}

}  // namespace
}  // namespace ionloom::report
