#include <csignal>

#include <gtest/gtest.h>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;

TEST(Progress, is_plain_lines_where_there_is_no_terminal) {
  const Workplace place(sample(glucose_pixels()));
  const Finished done = run(place.annotate());
  EXPECT_EQ(done.exit_code, 0);
  for (const char* stage : {"ingest", "patterns", "annotate", "images"}) {
    EXPECT_NE(done.err.find(stage), std::string::npos) << stage;
  }
  EXPECT_EQ(done.err.find('\r'), std::string::npos);
  EXPECT_EQ(done.err.find('\033'), std::string::npos);
  EXPECT_EQ(done.out.find('\033'), std::string::npos);
}

TEST(Progress, is_one_line_drawn_over_itself_on_a_terminal) {
  const Workplace place(sample(glucose_pixels()));
  const Finished done = run(place.annotate(), {.environment = {"TERM=xterm"}, .terminal = true});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_NE(done.err.find("\r\033[K"), std::string::npos);
  EXPECT_NE(done.err.find("#"), std::string::npos);
}

TEST(Progress, knows_no_colours) {
  const Workplace place(sample(glucose_pixels()));
  const Finished done =
      run(place.annotate(), {.environment = {"TERM=xterm", "NO_COLOR=1"}, .terminal = true});
  EXPECT_EQ(done.exit_code, 0);
  for (std::size_t at = done.err.find('\033'); at != std::string::npos;
       at = done.err.find('\033', at + 1)) {
    EXPECT_EQ(done.err.substr(at, 3), "\033[K");
  }
}

TEST(Progress, gives_way_to_an_error_on_a_line_of_its_own) {
  const ScratchFolder folder;
  const auto dataset = simulated(folder);
  Program program(
      {"annotate", dataset.string(), "-m", IONLOOM_DEMO_MOLECULES, "-o", (folder / "out").string(),
       "--targeted", "no", "--decoys", "80", "--threads", "1"},
      {.environment = {"TERM=xterm"}, .terminal = true});
  program.wait_for("patterns");
  program.send(SIGINT);
  const Finished done = program.finish();
  expect_error(done, 130, {"stopped"});
  const std::size_t at = done.err.find("error: ");
  EXPECT_TRUE(done.err[at - 1] == '\n' || done.err.substr(at - 4, 4) == "\r\033[K") << done.err;
}

}  // namespace
}  // namespace ionloom::app::testing
