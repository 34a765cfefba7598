#include "simulate/simulate.h"

#include <csignal>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "simulate/approximate_pattern.h"
#include "simulate/parsed_imzml.h"
#include "support/scratch_folder.h"

namespace ionloom::simulate {
namespace {

using test_support::content_of;
using test_support::ScratchFolder;

SimulateOptions tiny(const ScratchFolder& folder, const std::string& name) {
  SimulateOptions options;
  options.output_stem = folder / name;
  options.molecules = IONLOOM_DATA_DIR "/demo_molecules.tsv";
  options.width = 20;
  options.height = 16;
  options.ions = 120;
  options.threads = 1;
  return options;
}

/// All four files as one text, the stem's name left out.
std::string all_bytes(const std::filesystem::path& stem) {
  std::string bytes;
  for (const char* suffix : {".imzML", ".ibd", ".truth.csv", ".truth.json"}) {
    bytes += content_of(stem.string() + suffix);
  }
  return bytes;
}

TEST(Simulate, the_same_seed_gives_the_same_bytes_whatever_the_number_of_threads) {
  const ScratchFolder folder;
  SimulateOptions options = tiny(folder, "a");
  ASSERT_TRUE(simulate_dataset(options, approximate_pattern));
  for (const unsigned threads : {1U, 2U, 5U}) {
    options.output_stem = folder / ("b" + std::to_string(threads));
    options.threads = threads;
    ASSERT_TRUE(simulate_dataset(options, approximate_pattern));
    EXPECT_EQ(all_bytes(folder / "a"), all_bytes(options.output_stem)) << threads << " threads";
  }
}

TEST(Simulate, the_bytes_of_a_seed_change_only_with_the_generator_version) {
  // A recorded value: when it changes on purpose, raise kGeneratorVersion and record it anew.
  const ScratchFolder folder;
  ASSERT_TRUE(simulate_dataset(tiny(folder, "a"), approximate_pattern));
  EXPECT_EQ(kGeneratorVersion, 1);
  EXPECT_EQ(sha1_of(content_of(folder / "a.ibd")), "5216788219b1c2460ccaca174785b237bf119c50");
}

TEST(Simulate, another_seed_gives_other_bytes) {
  const ScratchFolder folder;
  SimulateOptions options = tiny(folder, "a");
  ASSERT_TRUE(simulate_dataset(options, approximate_pattern));
  options.output_stem = folder / "b";
  options.seed = 2;
  ASSERT_TRUE(simulate_dataset(options, approximate_pattern));
  EXPECT_NE(content_of(folder / "a.ibd"), content_of(folder / "b.ibd"));
  EXPECT_NE(parse_imzml(folder / "a.imzML").terms["IMS:1000080"],
            parse_imzml(folder / "b.imzML").terms["IMS:1000080"]);
}

TEST(Simulate, a_uuid_stands_for_one_dataset) {
  const ScratchFolder folder;
  std::set<std::string> uuids;
  const auto simulate = [&](const std::string& name, auto change) {
    SimulateOptions options = tiny(folder, name);
    change(options);
    ASSERT_TRUE(simulate_dataset(options, approximate_pattern));
    uuids.insert(parse_imzml(folder / (name + ".imzML")).terms["IMS:1000080"]);
  };
  simulate("a", [](SimulateOptions&) {});
  simulate("again", [](SimulateOptions&) {});
  simulate("seed", [](SimulateOptions& o) { o.seed = 2; });
  simulate("analyzer", [](SimulateOptions& o) { o.analyzer = Analyzer::kTof; });
  simulate("polarity", [](SimulateOptions& o) { o.polarity = Polarity::kNegative; });
  simulate("adducts", [](SimulateOptions& o) { o.adducts = {"+K", "+Na", "+H"}; });
  simulate("f32", [](SimulateOptions& o) { o.mz_as_f32 = true; });
  EXPECT_EQ(uuids.size(), 6U);
}

TEST(Simulate, writes_a_dataset_whose_parts_agree) {
  const ScratchFolder folder;
  const Result<SimulateSummary> summary = simulate_dataset(tiny(folder, "a"), approximate_pattern);
  ASSERT_TRUE(summary);
  EXPECT_EQ(folder.names(),
            (std::vector<std::string>{"a.ibd", "a.imzML", "a.truth.csv", "a.truth.json"}));
  ParsedImzml parsed = parse_imzml(folder / "a.imzML");
  const std::string ibd = content_of(folder / "a.ibd");
  EXPECT_EQ(parsed.error, "");
  EXPECT_EQ(parsed.spectra.size(), 240U);  // 75 % of 20 x 16
  EXPECT_EQ(summary->spectra, 240U);
  EXPECT_EQ(parsed.declared_spectra, 240U);
  EXPECT_EQ(parsed.terms["IMS:1000091"], sha1_of(ibd));
  std::uint64_t next_offset = 16;
  std::uint64_t peaks = 0;
  for (const ParsedImzml::Spectrum& spectrum : parsed.spectra) {
    EXPECT_EQ(spectrum.mz.offset, next_offset);
    EXPECT_EQ(spectrum.intensity.offset, next_offset + spectrum.mz.length * 8);
    EXPECT_EQ(spectrum.intensity.length, spectrum.mz.length);
    next_offset += spectrum.mz.length * 12;
    peaks += spectrum.mz.length;
    ASSERT_GE(spectrum.x, 1U);
    ASSERT_LE(spectrum.x, 20U);
    ASSERT_LE(spectrum.y, 16U);
    double first_mz = 0;
    std::memcpy(&first_mz, ibd.data() + spectrum.mz.offset, 8);
    EXPECT_NEAR(first_mz, spectrum.lowest_mz, 1e-6);
  }
  EXPECT_EQ(next_offset, ibd.size());
  EXPECT_EQ(summary->peaks, peaks);
  EXPECT_EQ(summary->ibd_bytes, ibd.size());
  EXPECT_EQ(summary->imzml_bytes, content_of(folder / "a.imzML").size());
}

TEST(Simulate, the_truth_lists_each_planted_ion_once_with_what_was_written) {
  const ScratchFolder folder;
  ASSERT_TRUE(simulate_dataset(tiny(folder, "a"), approximate_pattern));
  std::istringstream csv(content_of(folder / "a.truth.csv"));
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line, "formula,adduct,mz,abundance,map,pixels,isotope_peaks");
  int rows = 0;
  std::array<int, 5> with_peaks{};
  while (std::getline(csv, line)) {
    ++rows;
    std::istringstream cells(line);
    std::vector<std::string> cell;
    for (std::string c; std::getline(cells, c, ',');) cell.push_back(c);
    ASSERT_EQ(cell.size(), 7U);
    EXPECT_NEAR(std::stod(cell[2]), approximate_pattern(cell[0], cell[1])[0].first, 1e-8);
    EXPECT_LE(std::stoul(cell[5]), 240U);
    ++with_peaks.at(std::stoul(cell[6]));
  }
  EXPECT_EQ(rows, 120);
  EXPECT_GT(with_peaks[4], 20);
  EXPECT_GT(with_peaks[2], 20);
  const auto json = nlohmann::json::parse(content_of(folder / "a.truth.json"));
  EXPECT_EQ(json["planted"]["ions"], 120);
  EXPECT_EQ(json["seed"], 1);
  EXPECT_EQ(json["files"]["ibd_sha1"], sha1_of(content_of(folder / "a.ibd")));
  EXPECT_EQ(json["tissue"]["spectra"], 240);
}

TEST(Simulate, cancelling_leaves_nothing) {
  const ScratchFolder folder;
  int asked = 0;
  const SimulateCallbacks callbacks{.progress = {}, .cancelled = [&] { return ++asked > 100; }};
  for (const unsigned threads : {1U, 2U}) {
    asked = 0;
    SimulateOptions options = tiny(folder, "a");
    options.threads = threads;
    const Result<SimulateSummary> summary =
        simulate_dataset(options, approximate_pattern, callbacks);
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, ErrorCode::kInterrupted);
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(Simulate, progress_rises_to_the_number_of_spectra) {
  const ScratchFolder folder;
  std::uint64_t last = 0;
  const SimulateCallbacks callbacks{.progress =
                                        [&](std::uint64_t done, std::uint64_t total) {
                                          EXPECT_GT(done, last);
                                          EXPECT_EQ(total, 240U);
                                          last = done;
                                        },
                                    .cancelled = {}};
  ASSERT_TRUE(simulate_dataset(tiny(folder, "a"), approximate_pattern, callbacks));
  EXPECT_EQ(last, 240U);
}

TEST(Simulate, a_disk_that_fills_up_while_writing_leaves_nothing) {
  const ScratchFolder folder;
  // A file size limit fails a write the same way, halfway through the .ibd.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limited = before;
  limited.rlim_cur = 2000000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  const Result<SimulateSummary> summary = simulate_dataset(tiny(folder, "a"), approximate_pattern);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::kResource);
  EXPECT_NE(summary.error().message().find("a.ibd"), std::string::npos);
  EXPECT_TRUE(folder.names().empty());
}

TEST(Simulate, a_dataset_that_the_disk_cannot_hold_is_refused_before_it_is_begun) {
  const ScratchFolder folder;
  SimulateOptions options = tiny(folder, "a");
  options.width = 65535;
  options.height = 65535;  // about 50 TB
  const Result<SimulateSummary> summary = simulate_dataset(options, approximate_pattern);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::kResource);
  EXPECT_NE(summary.error().message().find("MB of disk"), std::string::npos);
  EXPECT_TRUE(folder.names().empty());
}

TEST(Simulate, the_disk_need_is_an_upper_estimate_that_is_not_far_off) {
  const ScratchFolder folder;
  for (const bool f32 : {false, true}) {
    SimulateOptions options = tiny(folder, f32 ? "a" : "b");
    options.mz_as_f32 = f32;
    const Result<SimulateSummary> summary = simulate_dataset(options, approximate_pattern);
    ASSERT_TRUE(summary);
    const std::uint64_t used = summary->ibd_bytes + summary->imzml_bytes;
    const std::uint64_t need =
        disk_need_bytes(summary->spectra, kMedianPeaks, summary->planted_ions, f32);
    EXPECT_GE(need, used);
    EXPECT_LE(need, used * 3 / 2);
  }
}

TEST(Simulate, existing_files_are_replaced_only_when_allowed) {
  const ScratchFolder folder;
  SimulateOptions options = tiny(folder, "a");
  std::ofstream(folder / "a.ibd") << "precious";
  const Result<SimulateSummary> refused = simulate_dataset(options, approximate_pattern);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_EQ(content_of(folder / "a.ibd"), "precious");
  options.overwrite = true;
  EXPECT_TRUE(simulate_dataset(options, approximate_pattern));
}

TEST(Simulate, options_out_of_range_are_refused_with_their_value) {
  const ScratchFolder folder;
  const auto refused = [&](auto change, const std::string& part) {
    SimulateOptions options = tiny(folder, "a");
    change(options);
    const Result<SimulateSummary> summary = simulate_dataset(options, approximate_pattern);
    ASSERT_FALSE(summary) << part;
    EXPECT_NE(summary.error().message().find(part), std::string::npos) << summary.error().message();
    EXPECT_TRUE(folder.names().empty());
  };
  refused([](SimulateOptions& o) { o.width = 3; }, "3 x 16");
  refused([](SimulateOptions& o) { o.coverage = 0.1; }, "0.1");
  refused([](SimulateOptions& o) { o.median_peaks = 50; }, "50 peaks a pixel");
  refused([](SimulateOptions& o) { o.planted_fraction = 1.5; }, "1.5");
  refused([](SimulateOptions& o) { o.ions = 0; }, "at least one ion");
  refused([](SimulateOptions& o) { o.ions = 100000; }, "100000");
  refused([](SimulateOptions& o) { o.resolving_power_at_200 = 5; }, "5");
  refused([](SimulateOptions& o) { o.molecules = "no such list.tsv"; }, "no such list.tsv");
  refused([](SimulateOptions& o) { o.output_stem = "no such folder/a"; }, "no such folder");
}

TEST(Simulate, presets_are_the_demo_and_the_50th_and_94th_percentile_of_real_datasets) {
  SimulateOptions options;
  ASSERT_TRUE(apply_preset("p50", options));
  EXPECT_EQ(options.width * options.height * *options.coverage, 12000);
  ASSERT_TRUE(apply_preset("p94", options));
  EXPECT_EQ(options.width * options.height * *options.coverage, 160000);
  ASSERT_TRUE(apply_preset("small", options));
  EXPECT_EQ(options.width, 64U);
  EXPECT_FALSE(apply_preset("huge", options));
}

}  // namespace
}  // namespace ionloom::simulate
