#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include <gtest/gtest.h>

#include "imzml/dataset.h"
#include "imzml/ibd_check.h"
#include "imzml/peak_survey.h"
#include "imzml/pixel_survey.h"
#include "sample_dataset.h"

// Files that real software wrote, with their oddities (../shared/data/*/README.md), and the inputs
// of the reference results. They are not part of the repository: they lie in the folder that
// IONLOOM_SHARED names, else in shared/ beside the repository.

namespace ionloom::imzml {
namespace {

using testing::expect_parts;
using testing::read_all;
using testing::ReadDataset;
using testing::warned;

std::filesystem::path shared_folder() {
  const char* const named = std::getenv("IONLOOM_SHARED");
  return named != nullptr ? named : IONLOOM_SHARED_FOLDER;
}

class RealFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(shared_folder() / "data")) {
      GTEST_SKIP() << "the real files are absent: no shared/data beside the repository, "
                      "IONLOOM_SHARED not set";
    }
  }
};

/// What an independent reading gives. Sums run over kept peaks, one spectrum after another, in
/// double precision; ranges are of kept peaks.
/// Source: Python's xml.etree for the XML and numpy.frombuffer for the .ibd, neither of which
/// shares code with this reader; offsets, lengths and types taken by hand from the cvParams.
struct Expected {
  const char* file;
  std::size_t spectra;
  std::uint64_t declared;
  std::uint64_t kept;
  double sum_mz;
  double sum_intensity;
  std::uint32_t first_x, first_y, last_x, last_y;
  double lowest_mz, highest_mz;
  double lowest_intensity, highest_intensity;
};

constexpr Expected kExpected[] = {
    {"data/cardinal_galaxy/112_auto_combined.imzml", 15, 125985, 38578, 16803889.62334442,
     2414.7044450518256, 1, 1, 15, 3, 100.58333587646484, 799.9166870117188, 1.1759672890539971e-38,
     9.244604110717773},
    {"data/cardinal_galaxy/Combat_40pixel.imzML", 40, 15520, 14773, 27826541.391540527,
     3246.7542053879906, 23, 7, 34, 43, 602.3187255859375, 3181.62646484375, 7.047960025374778e-06,
     8.139466285705566},
    {"data/cardinal_galaxy/out5.imzml", 6, 78, 16, 5234.416778564453, 1.2069191149370918e-22, 1, 2,
     3, 3, 319.0833435058594, 350.0, 2.0078659188909217e-38, 7.91633656639555e-23},
    {"data/cardinal_galaxy/picked.imzml", 18, 9873, 1024, 501430.3482513428, 492.0546509240313, 1,
     1, 17, 3, 101.08333587646484, 799.6666870117188, 1.9627686310627883e-38, 3.8307321071624756},
    {"data/cardinal_galaxy/preprocessing_results1.imzml", 9, 81, 30, 10009.458465576172,
     132.5879077911377, 1, 1, 3, 3, 304.66668701171875, 346.88604736328125, 2.3084359169006348,
     10.792423248291016},
    {"data/cardinal_galaxy/spatial_DGMM_input.imzML", 400, 4000, 3170, 3597976.4928894043,
     6742.432323755267, 1, 1, 20, 20, 473.9205627441406, 1858.8985595703125, 4.481920041143894e-05,
     10.310086250305176},
    {"data/imzy_simple/simple_imzml.imzML", 5, 16, 16, 35.0, 5767937.953125, 1, 1, 2, 3, 1.0, 4.0,
     76640.0078125, 997969.3125},
    {"data/maldiquant_galaxy/outfile2.imzml", 2, 16798, 5241, 2285701.994234712, 328.8099721877222,
     1, 2, 1, 3, 100.83333587646484, 799.65, 1.184110374560035e-38, 4.597296237945557},
    {"data/maldiquant_galaxy/peak_detection2.imzml", 9, 19, 19, 6643.510375576929,
     7.710073306763508, 1, 1, 3, 3, 308.266668701172, 394.791679382324, 1.05953142589779e-21,
     2.47849035263062},
    {"data/maldiquant_galaxy/peak_detection4.imzml", 9, 1082, 1082, 466617.01288604736,
     597.697630494833, 1, 1, 3, 3, 100.97916603088379, 799.6666870117188, 0.1654430627822876,
     9.244604110717773},
    {"data/maldiquantforeign_tiny/tiny_continuous.imzML", 2, 10, 10, 30.0, 80.0, 1, 1, 2, 1, 1.0,
     5.0, 6.0, 10.0},
    {"data/maldiquantforeign_tiny/tiny_processed.imzML", 2, 10, 10, 55.0, 80.0, 1, 1, 2, 1, 1.0,
     10.0, 6.0, 10.0},
    {"data/ms_imaging_example/Example_Continuous.imzML", 9, 75591, 23370, 10171407.6095047,
     1450.2994112298272, 1, 1, 3, 3, 100.58333587646484, 799.9166870117188, 1.1759672890539971e-38,
     9.244604110717773},
    {"data/ms_imaging_example/Example_Processed.imzML", 9, 75591, 23370, 10171407.6095047,
     1450.2994112298272, 1, 1, 3, 3, 100.58333587646484, 799.9166870117188, 1.1759672890539971e-38,
     9.244604110717773},
    {"data/pym2aia_tof/test.imzML", 20, 209260, 209260, 1147875050.9875054, 4442010650.0, 1, 4, 5,
     1, 1997.498859223459, 10004.361192702254, 9775.0, 95750.0},
    {"data/thyra_minimal/test_continuous.imzML", 364, 1456, 90, 19200.0, 5630.0, 1, 1, 26, 14,
     100.0, 400.0, 50.0, 90.0},
    {"data/thyra_minimal/test_processed.imzML", 364, 364, 90, 19200.0, 5630.0, 1, 1, 26, 14, 100.0,
     400.0, 50.0, 90.0},
    {"data/untreated_tiny/Untreated_3_434_tiny.imzML", 8, 8199, 8199, 5509705.6106414795,
     54743048049.375, 1, 1, 2, 4, 156.5192413330078, 2637.547119140625, 525699.4375, 641840768.0},
    {"oracle/syn_a/syn_a.imzML", 2880, 2009106, 2009106, 1256938981.6390061, 4494831141.269451, 1,
     1, 60, 48, 100.00092685454148, 1399.997900905058, 24.307575225830078, 177204.96875},
    {"oracle/edge/edge.imzML", 617, 132799, 131590, 75524388.99453735, 841507527.4573708, 14, 39,
     28, 38, 60.005001068115234, 1549.9814453125, 16.5, 269973.0},
    {"oracle/continuous/continuous.imzML", 238, 374850, 27901, 17562405.527476337,
     39023322.45063114, 1, 1, 17, 14, 60.005, 1548.982, 0.8355535268783569, 31560.0},
};

double sum(const auto& values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double total, auto value) { return total + double{value}; });
}

TEST_F(RealFiles, every_file_gives_the_peaks_of_an_independent_reading) {
  for (const Expected& expected : kExpected) {
    SCOPED_TRACE(expected.file);
    const ReadDataset read = read_all(shared_folder() / expected.file);
    ASSERT_EQ(read.mz.size(), expected.spectra);
    EXPECT_EQ(read.dataset.declared_peaks(), expected.declared);
    std::uint64_t kept = 0;
    double sum_mz = 0;
    double sum_intensity = 0;
    for (std::size_t i = 0; i < read.mz.size(); ++i) {
      kept += read.mz[i].size();
      sum_mz += sum(read.mz[i]);
      sum_intensity += sum(read.intensity[i]);
    }
    EXPECT_EQ(kept, expected.kept);
    EXPECT_EQ(sum_mz, expected.sum_mz);
    EXPECT_EQ(sum_intensity, expected.sum_intensity);
    EXPECT_EQ(read.dataset.spectra.front().x, expected.first_x);
    EXPECT_EQ(read.dataset.spectra.front().y, expected.first_y);
    EXPECT_EQ(read.dataset.spectra.back().x, expected.last_x);
    EXPECT_EQ(read.dataset.spectra.back().y, expected.last_y);

    const auto survey = survey_peaks(read.dataset);
    ASSERT_TRUE(survey) << survey.error().message();
    EXPECT_EQ(survey->peaks, expected.kept);
    EXPECT_EQ(survey->lowest_mz, expected.lowest_mz);
    EXPECT_EQ(survey->highest_mz, expected.highest_mz);
    EXPECT_EQ(survey->lowest_intensity, static_cast<float>(expected.lowest_intensity));
    EXPECT_EQ(survey->highest_intensity, static_cast<float>(expected.highest_intensity));
    EXPECT_TRUE(survey->faults.empty());
  }
}

TEST_F(RealFiles, uuids_and_checksums_agree_but_for_the_one_that_is_known_to_be_wrong) {
  for (const Expected& expected : kExpected) {
    SCOPED_TRACE(expected.file);
    auto dataset = open_dataset(shared_folder() / expected.file);
    ASSERT_TRUE(dataset) << dataset.error().message();
    EXPECT_EQ(compare_uuid(*dataset), Agreement::kAgrees);
    const std::size_t before = dataset->warnings.list().size();
    EXPECT_EQ(verify_checksum(*dataset, false).value(), Agreement::kAgrees);
    const bool combat = std::string_view(expected.file).find("Combat") != std::string_view::npos;
    EXPECT_EQ(dataset->warnings.list().size(), before + (combat ? 1 : 0));
    if (combat) {
      EXPECT_EQ(warned(dataset->warnings, {"its MD5 is 2539ffec942752c2860e3b3c7d4b0375",
                                           "states b2a6101afcf57f106141fe8d6fa5876c"}),
                1U);
    }
  }
}

TEST_F(RealFiles, the_imzml_authors_example_is_described_as_its_header_says) {
  const auto dataset =
      open_dataset(shared_folder() / "data/ms_imaging_example/Example_Continuous.imzML");
  ASSERT_TRUE(dataset) << dataset.error().message();
  EXPECT_EQ(dataset->polarity, Polarity::kNegative);
  EXPECT_EQ(dataset->kind, SpectrumKind::kProfile);
  EXPECT_EQ(dataset->layout, Layout::kContinuous);
  EXPECT_EQ(dataset->instrument, "LTQ FT Ultra");
  EXPECT_EQ(dataset->writer, "Xcalibur 2.2");
  EXPECT_EQ(dataset->pixel_size_x_um, 100.0);
}

TEST_F(RealFiles, continuous_and_processed_examples_hold_the_same_peaks) {
  const auto folder = shared_folder() / "data/ms_imaging_example";
  const ReadDataset continuous = read_all(folder / "Example_Continuous.imzML");
  const ReadDataset processed = read_all(folder / "Example_Processed.imzML");
  EXPECT_EQ(continuous.mz, processed.mz);
  EXPECT_EQ(continuous.intensity, processed.intensity);
}

TEST_F(RealFiles, m2aia_calls_centroids_profile_and_states_no_encoded_length) {
  const auto dataset = open_dataset(shared_folder() / "data/pym2aia_tof/test.imzML");
  ASSERT_TRUE(dataset) << dataset.error().message();
  EXPECT_EQ(dataset->kind, SpectrumKind::kCentroid);
  EXPECT_EQ(
      warned(dataset->warnings, {"test.imzML, line 19", "MS:1000127", "\"profile spectrum\""}), 1U);
  EXPECT_EQ(dataset->spectra[0].mz.encoded_bytes, 10463U * 8);
}

TEST_F(RealFiles, sparse_and_awkward_grids_are_measured) {
  const auto measured = [](const char* file) {
    const auto dataset = open_dataset(shared_folder() / file);
    EXPECT_TRUE(dataset);
    return dataset ? survey_pixels(dataset->spectra) : PixelSurvey{};
  };
  const PixelSurvey combat = measured("data/cardinal_galaxy/Combat_40pixel.imzML");
  EXPECT_EQ(combat.left, 2U);
  EXPECT_EQ(combat.top, 3U);
  EXPECT_EQ(combat.width, 73U);
  EXPECT_EQ(combat.height, 54U);
  EXPECT_EQ(combat.occupied, 40U);
  const PixelSurvey edge = measured("oracle/edge/edge.imzML");  // its README: 25 second spectra
  EXPECT_EQ(edge.occupied, 592U);
  EXPECT_EQ(edge.repeated, 25U);
  EXPECT_EQ(edge.z_planes, 2U);
}

TEST_F(RealFiles, analyze_files_are_refused_by_name) {
  for (const char* name : {"Analyze75.hdr", "Analyze75.img", "Analyze75.t2m"}) {
    const auto dataset = open_dataset(shared_folder() / "data/analyze75" / name);
    ASSERT_FALSE(dataset);
    expect_parts(dataset.error().message(), {name, "Analyze 7.5", "expected imzML"});
  }
}

}  // namespace
}  // namespace ionloom::imzml
