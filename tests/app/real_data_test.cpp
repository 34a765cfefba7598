// Files and lists that others wrote (../shared/data, each folder's README tells its oddities)
// through the built command: they annotate with a real list, or are refused in words.

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "oracle/support/shared_folder.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

namespace fs = std::filesystem;
using oracle::kNoSharedFolder;
using oracle::shared_path;

/// A dataset of ../shared/data. Peaks above 0 and pixels as tests/imzml/real_files_test.cpp has
/// them from an independent reading.
struct RealDataset {
  const char* name;  // of the test
  const char* imzml;
  bool states_polarity;
  std::uint32_t pixels;
  std::uint64_t peaks;
};

void PrintTo(const RealDataset& dataset, std::ostream* out) {
  *out << dataset.imzml;
}

class RealData : public ::testing::TestWithParam<RealDataset> {
 protected:
  void SetUp() override {
    const auto data = shared_path("data");
    if (!data) GTEST_SKIP() << kNoSharedFolder;
    words_ = {"annotate",    *data / GetParam().imzml,
              "--molecules", *data / "moldb/core_metabolome_v3.tsv",
              "--output",    output()};
    if (GetParam().states_polarity) return;
    expect_error(run(words_), 2, {GetParam().imzml, "polarity", "--polarity positive"});
    EXPECT_FALSE(fs::exists(output()));
    words_.insert(words_.end(), {"--polarity", "positive"});
  }

  std::string output() const { return (folder_ / "out").string(); }

  ScratchFolder folder_;
  Words words_;
};

class AnnotatableData : public RealData {};

TEST_P(AnnotatableData, annotates_with_a_whole_real_list) {
  const Finished done = run(words_);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto record = nlohmann::json::parse(content_of(output() + "/run.json"));
  EXPECT_EQ(record["status"], "FINISHED");
  const auto& counts = record["counts"];
  EXPECT_EQ(counts["pixels"], GetParam().pixels);
  EXPECT_EQ(counts["peaks"], GetParam().peaks);
  EXPECT_EQ(counts["formulas"], 2386);  // its README
  EXPECT_GT(counts["ions_in_range"], 0);
  EXPECT_TRUE(content_of(output() + "/annotations.csv").starts_with("# "));
}

INSTANTIATE_TEST_SUITE_P(
    All, AnnotatableData,
    ::testing::Values(
        RealDataset{"combined", "cardinal_galaxy/112_auto_combined.imzml", false, 15, 38'578},
        RealDataset{"sparse_grid", "cardinal_galaxy/Combat_40pixel.imzML", false, 40, 14'773},
        RealDataset{"tiny_intensities", "cardinal_galaxy/out5.imzml", false, 6, 16},
        RealDataset{"zeros_in_centroids", "cardinal_galaxy/picked.imzml", false, 18, 1'024},
        RealDataset{"nine_mz", "cardinal_galaxy/preprocessing_results1.imzml", false, 9, 30},
        RealDataset{"much_xml", "cardinal_galaxy/spatial_DGMM_input.imzML", false, 400, 3'170},
        RealDataset{"two_pixels", "maldiquant_galaxy/outfile2.imzml", false, 2, 5'241},
        RealDataset{"few_peaks", "maldiquant_galaxy/peak_detection2.imzml", false, 9, 19},
        RealDataset{"peaks_in_f64", "maldiquant_galaxy/peak_detection4.imzml", false, 9, 1'082},
        RealDataset{"continuous", "ms_imaging_example/Example_Continuous.imzML", true, 9, 23'370},
        RealDataset{"processed", "ms_imaging_example/Example_Processed.imzML", true, 9, 23'370},
        RealDataset{"no_encoded_length", "pym2aia_tof/test.imzML", false, 20, 209'260},
        RealDataset{"mostly_zero", "thyra_minimal/test_continuous.imzML", false, 364, 90},
        RealDataset{"mz_of_zero", "thyra_minimal/test_processed.imzML", false, 364, 90},
        RealDataset{"spheroid", "untreated_tiny/Untreated_3_434_tiny.imzML", false, 8, 8'199}),
    [](const auto& dataset) { return std::string(dataset.param.name); });

class DataOutOfRange : public RealData {};

TEST_P(DataOutOfRange, is_refused_with_both_ranges) {
  const auto before = folder_.names();
  expect_error(run(words_), 1, {GetParam().imzml, "none of", "m/z 1.0", "m/z 81.0"});
  EXPECT_EQ(folder_.names(), before);
}

// Their m/z run from 1 to 10 at most.
INSTANTIATE_TEST_SUITE_P(
    All, DataOutOfRange,
    ::testing::Values(
        RealDataset{"imzy", "imzy_simple/simple_imzml.imzML", true, 5, 16},
        RealDataset{"tiny_continuous", "maldiquantforeign_tiny/tiny_continuous.imzML", true, 2, 10},
        RealDataset{"tiny_processed", "maldiquantforeign_tiny/tiny_processed.imzML", true, 2, 10}),
    [](const auto& dataset) { return std::string(dataset.param.name); });

TEST(ForeignFormat, analyze_is_refused_by_its_name) {
  const auto folder = shared_path("data/analyze75");
  if (!folder) GTEST_SKIP() << kNoSharedFolder;
  const Workplace place(imzml::testing::sample(glucose_pixels()));
  for (const char* name : {"Analyze75.hdr", "Analyze75.img", "Analyze75.t2m"}) {
    const Words refusal = {name, "Analyze 7.5", "imzML"};
    Words words = place.annotate();
    words[1] = *folder / name;
    expect_error(run(words), 1, refusal);
    expect_error(run({"info", *folder / name}), 1, refusal);
    EXPECT_FALSE(fs::exists(place / "out"));
  }
}

/// Annotates the spheroid with one of METASPACE's own lists for testing refusals.
void expect_list_refused(const std::string& list, const Words& parts) {
  const auto data = shared_path("data");
  if (!data) GTEST_SKIP() << kNoSharedFolder;
  const Workplace place(imzml::testing::sample(glucose_pixels()));
  Words words = place.annotate();
  words[3] = *data / "moldb_faulty" / list;
  expect_error(run(words), 1, parts);
  EXPECT_FALSE(fs::exists(place / "out"));
}

TEST(FaultyList, with_empty_cells_is_refused_with_every_such_line) {
  expect_list_refused("db-empty-values.csv", {"db-empty-values.csv", "2 of 3", "line 2", "\"id\"",
                                              "line 4", "\"name\"", "empty"});
}

TEST(FaultyList, without_formulas_is_refused_with_the_columns_it_has) {
  expect_list_refused("db-missing-columns.csv",
                      {"db-missing-columns.csv", "line 1", "formula", "id, name, inchi"});
}

TEST(FaultyList, with_bad_formulas_is_refused_with_every_such_line) {
  expect_list_refused("db-wrong-formulas.csv", {"db-wrong-formulas.csv", "2 of 3", "line 2",
                                                "C54H102O6XYZ", "line 3", "C83H146O17.P2", "dot"});
}

// METASPACE refuses commas; ionloom reads them, so that the same list gives the same results.
TEST(FaultyList, with_commas_gives_what_it_gives_with_tabs) {
  const auto data = shared_path("data");
  if (!data) GTEST_SKIP() << kNoSharedFolder;
  const ScratchFolder folder;
  const auto annotations = [&](const std::string& list) {
    const Finished done = run({"annotate", *data / "untreated_tiny/Untreated_3_434_tiny.imzML",
                               "--molecules", *data / "moldb_faulty" / list, "--output",
                               folder / list, "--polarity", "positive", "--images", "none"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    const std::string csv = content_of(folder / list / "annotations.csv");
    return csv.substr(csv.find("\n\"group\""));  // after the lines that name the run
  };
  const std::string with_tabs = annotations("moldb.csv");
  EXPECT_NE(with_tabs.find("\"C61H108O6+H+\""), std::string::npos) << with_tabs;
  EXPECT_EQ(with_tabs, annotations("db-wrong-sep.csv"));
}

}  // namespace
}  // namespace ionloom::app::testing
