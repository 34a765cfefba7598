// The comparing tool that came with the reference results, on what the built command writes. It is
// Python; where that is absent these tests are skipped as without ../shared.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "oracle/support/run_table.h"
#include "oracle/support/shared_folder.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using nlohmann::json;
using oracle::kNoSharedFolder;
using oracle::RunName;
using oracle::shared_path;

std::string joined(const json& texts) {
  std::string line;
  for (const json& text : texts) line += (line.empty() ? "" : ",") + text.get<std::string>();
  return line;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Options that repeat the reference's configuration.
Words options_of(const json& config) {
  const json& ions = config["isotope_generation"];
  const json& images = config["image_generation"];
  Words words = {"--adducts",
                 joined(ions["adducts"]),
                 "--polarity",
                 ions["charge"] == 1 ? "positive" : "negative",
                 "--analyzer",
                 lower_case(ions["instrument"]),
                 "--isocalc-sigma",
                 fmt::format("{}", ions["isocalc_sigma"].get<double>()),
                 "--isotope-peaks",
                 ions["n_peaks"].dump(),
                 "--ppm",
                 fmt::format("{}", images["ppm"].get<double>()),
                 "--min-px",
                 images["min_px"].dump(),
                 "--analysis-version",
                 config["analysis_version"].dump(),
                 "--decoys",
                 config["fdr"]["decoy_sample_size"].dump(),
                 "--targeted",
                 "no",
                 "--images",
                 "none"};
  for (const auto& [option, texts] : {std::pair{"--neutral-losses", ions["neutral_losses"]},
                                      std::pair{"--chem-mods", ions["chem_mods"]}}) {
    if (!texts.empty()) words.insert(words.end(), {option, joined(texts)});
  }
  if (images["compute_unused_metrics"].get<bool>()) words.emplace_back("--all-metrics");
  return words;
}

class OracleTool : public ::testing::TestWithParam<RunName> {};

TEST_P(OracleTool, finds_the_written_annotations_equal) {
  const auto root = shared_path("oracle");
  if (!root) GTEST_SKIP() << kNoSharedFolder;
  if (std::system("python3 -c '' 2>/dev/null") != 0) GTEST_SKIP() << "python3 is absent";
  const auto shared = root->parent_path();
  const auto reference = *root / GetParam().dataset / GetParam().run;
  const json summary = json::parse(content_of(reference / "summary.json"));
  const ScratchFolder folder;
  Words words = {"annotate",    shared / GetParam().imzml,
                 "--molecules", reference.parent_path() / GetParam().lists[0],
                 "--output",    folder / "out"};
  const Words options = options_of(summary["config"]);
  words.insert(words.end(), options.begin(), options.end());
  if (summary.value("model", json()).is_string()) {
    words.insert(words.end(),
                 {"--scoring-model", shared / "models/metaspace-ml-animal-v2.2023-12-14.cbm"});
  }
  const Finished done = run(words);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string verdict = (folder / "verdict").string();
  const int status = std::system(fmt::format("python3 '{}' '{}' '{}' > '{}' 2>&1",
                                             (shared / "tools/compare_with_oracle.py").string(),
                                             (folder / "out").string(), reference.string(), verdict)
                                     .c_str());
  EXPECT_EQ(status, 0) << content_of(verdict);
}

/// The tool compares one list.
std::vector<RunName> runs_with_one_list() {
  std::vector<RunName> runs;
  std::ranges::copy_if(oracle::kRuns, std::back_inserter(runs), &RunName::has_one_list);
  return runs;
}

INSTANTIATE_TEST_SUITE_P(All, OracleTool, ::testing::ValuesIn(runs_with_one_list()),
                         [](const auto& run) { return run.param.test_name(); });

}  // namespace
}  // namespace ionloom::app::testing
