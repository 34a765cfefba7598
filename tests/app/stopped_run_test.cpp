#include <csignal>

#include <gtest/gtest.h>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;

/// A run of some seconds in a folder of its own.
class StoppedRun : public ::testing::Test {
 protected:
  Words arguments() const {
    return {"annotate",    dataset_.string(),
            "--molecules", IONLOOM_DEMO_MOLECULES,
            "--targeted",  "no",
            "--decoys",    "80",
            "--images",    "none",
            "--threads",   "1",
            "--output",    (folder_ / "out").string()};
  }

  ScratchFolder folder_;
  std::filesystem::path dataset_ = simulated(folder_);
  Words before_ = folder_.names();
};

TEST_F(StoppedRun, ctrl_c_and_sigterm_leave_nothing) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Program program(arguments());
    program.wait_for("ingest");
    program.send(signal);
    expect_error(program.finish(), 130, {"stopped on request"});
    EXPECT_EQ(folder_.names(), before_);
  }
}

TEST_F(StoppedRun, a_killed_run_leaves_a_hidden_folder_that_the_next_run_removes) {
  {
    Program program(arguments());
    program.wait_for("ingest");
    program.send(SIGKILL);
    EXPECT_EQ(program.finish().exit_code, -SIGKILL);
  }
  Words left = folder_.names();
  ASSERT_EQ(left.size(), before_.size() + 1);
  EXPECT_TRUE(left.front().starts_with(".out.partial-")) << left.front();
  Words quick = arguments();
  quick.insert(quick.end(), {"--force", "--decoys=1"});
  std::erase(quick, "80");
  std::erase(quick, "--decoys");
  const Finished done = run(quick);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  Words expected = before_;
  expected.insert(expected.begin(), "out");
  EXPECT_EQ(folder_.names(), expected);
}

TEST_F(StoppedRun, a_run_beside_one_that_lives_leaves_its_hidden_folder_alone) {
  Program living(arguments());
  living.wait_for("ingest");
  const Words with_living = folder_.names();
  Words other = arguments();
  other.insert(other.end(), {"--polarity", "positive", "--adducts", "+Qq"});
  expect_error(run(other), 2, {"+Qq"});
  EXPECT_EQ(folder_.names(), with_living);
}

TEST(FullDisk, the_error_names_the_file_in_the_folder_that_was_given_and_nothing_is_left) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(3, {place / "out/annotations.parquet", "cannot be written"},
                       {"--images", "none"}, {.file_size_limit_bytes = 2000});
}

TEST(FullDisk, a_folder_that_may_not_be_written_to_is_named) {
  const Workplace place(sample(glucose_pixels()));
  put(place / "file", "");
  const Words before = place.folder().names();
  expect_error(
      run({"annotate", place / "brain.imzML", "-m", place / "list.tsv", "-o", place / "file/out"}),
      1, {place / "file"});
  EXPECT_EQ(place.folder().names(), before);
}

TEST(TooLittleMemory, is_refused_before_the_work_with_what_is_needed_and_what_there_is) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(3, {"MB of memory at least", "32 MB"}, {"--memory", "32MB"});
  // Address space: the program and its libraries take 130 MiB of it before main() is called.
  place.expect_refused(3, {"memory"}, {}, {.memory_limit_bytes = 144ULL << 20});
}

}  // namespace
}  // namespace ionloom::app::testing
