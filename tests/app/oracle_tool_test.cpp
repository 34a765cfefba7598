// The comparing tool that came with the reference results, on what the built command writes. It is
// Python; where that is absent these tests are skipped as without ../shared.

#include <cstdlib>
#include <filesystem>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "oracle/support/shared_folder.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using nlohmann::json;
using oracle::kNoSharedFolder;
using oracle::shared_path;

/// A run of the reference with one list, below ../shared/oracle; the dataset below ../shared.
struct ReferenceRun {
  const char* folder;
  const char* imzml;
  const char* list;
};

void PrintTo(const ReferenceRun& run, std::ostream* out) {
  *out << run.folder;
}

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

class OracleTool : public ::testing::TestWithParam<ReferenceRun> {};

TEST_P(OracleTool, finds_the_written_annotations_equal) {
  const auto root = shared_path("oracle");
  if (!root) GTEST_SKIP() << kNoSharedFolder;
  if (std::system("python3 -c '' 2>/dev/null") != 0) GTEST_SKIP() << "python3 is absent";
  const auto shared = root->parent_path();
  const auto reference = *root / GetParam().folder;
  const json summary = json::parse(content_of(reference / "summary.json"));
  const ScratchFolder folder;
  Words words = {"annotate",    shared / GetParam().imzml,
                 "--molecules", *root / GetParam().list,
                 "--output",    folder / "out"};
  const Words options = options_of(summary["config"]);
  words.insert(words.end(), options.begin(), options.end());
  if (summary["model"].is_string()) {
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

constexpr const char* kSynA = "oracle/syn_a/syn_a.imzML";
constexpr const char* kSynC = "oracle/syn_c/syn_c.imzML";
constexpr const char* kContinuous = "oracle/continuous/continuous.imzML";
constexpr const char* kExample = "data/ms_imaging_example/Example_Continuous.imzML";
constexpr const char* kTiny = "data/untreated_tiny/Untreated_3_434_tiny.imzML";

INSTANTIATE_TEST_SUITE_P(
    All, OracleTool,
    ::testing::Values(
        ReferenceRun{"syn_a/v1", kSynA, "syn_a/db.csv"},
        ReferenceRun{"syn_a/v3", kSynA, "syn_a/db.csv"},
        ReferenceRun{"syn_a/v3_neutral_losses", kSynA, "syn_a/db.csv"},
        ReferenceRun{"syn_a/v3_catboost", kSynA, "syn_a/db.csv"},
        ReferenceRun{"syn_c/v1", kSynC, "syn_c/db.csv"},
        ReferenceRun{"syn_c/v3", kSynC, "syn_c/db.csv"},
        ReferenceRun{"syn_c/v3_catboost", kSynC, "syn_c/db.csv"},
        ReferenceRun{"syn_d/v3", "oracle/syn_d/syn_d.imzML", "syn_d/db.csv"},
        ReferenceRun{"edge/v3_losses", "oracle/edge/edge.imzML", "edge/db1.tsv"},
        ReferenceRun{"continuous/v1", kContinuous, "continuous/db.tsv"},
        ReferenceRun{"continuous/v3", kContinuous, "continuous/db.tsv"},
        ReferenceRun{"real_example_continuous/v1", kExample, "real_example_continuous/db.tsv"},
        ReferenceRun{"real_example_continuous/v3", kExample, "real_example_continuous/db.tsv"},
        ReferenceRun{"real_example_processed/v3", "data/ms_imaging_example/Example_Processed.imzML",
                     "real_example_processed/db.tsv"},
        ReferenceRun{"real_untreated_tiny/v1", kTiny, "real_untreated_tiny/db.tsv"},
        ReferenceRun{"real_untreated_tiny/v3", kTiny, "real_untreated_tiny/db.tsv"}),
    [](const auto& reference) {
      std::string name = reference.param.folder;
      std::ranges::replace(name, '/', '_');
      return name;
    });

}  // namespace
}  // namespace ionloom::app::testing
