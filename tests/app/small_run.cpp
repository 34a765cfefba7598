#include "small_run.h"

#include <gtest/gtest.h>

namespace ionloom::app::testing {

std::vector<SamplePixel> glucose_pixels() {
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < 16; ++i) {
    const double strength = i < 8 ? 1000.0 + 100 * i : 1;
    pixels.push_back({.x = i % 4 + 1,
                      .y = i / 4 + 1,
                      .z = 1,
                      .mz = {150.5, 203.05261, 204.05597},
                      .intensity = {10, strength, 0.068 * strength}});
  }
  return pixels;
}

Workplace::Workplace(const SampleText& text, const std::string& list) {
  imzml::testing::written(folder_, text);
  put(folder_ / "list.tsv", list);
}

Words Workplace::annotate(const Words& more) const {
  Words words = {"annotate", *this / "brain.imzML", "--molecules", *this / "list.tsv",
                 "--output", *this / "out"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

void Workplace::expect_refused(int exit_code, const Words& parts, const Words& more,
                               const ProgramSettings& settings) const {
  const Words before = folder_.names();
  expect_error(run(annotate(more), settings), exit_code, parts);
  EXPECT_EQ(folder_.names(), before) << "something was left behind";
}

std::filesystem::path simulated(const ScratchFolder& folder) {
  const Finished done = run({"simulate", "--molecules", IONLOOM_DEMO_MOLECULES, "--output",
                             (folder / "tissue").string(), "--width", "24", "--height", "16",
                             "--peaks-per-pixel", "200", "--seed", "3"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return folder / "tissue.imzML";
}

}  // namespace ionloom::app::testing
