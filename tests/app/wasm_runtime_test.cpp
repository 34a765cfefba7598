// `annotate --runtime wasm` writes the bytes of `--runtime native`: tables, images and all.

#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "oracle/support/shared_folder.h"
#include "results_snapshot.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

constexpr const char* kModules[] = {"stages.wasm", "stages-plain.wasm"};

ResultsSnapshot results(const Words& dataset_and_lists, const ScratchFolder& folder,
                        const Words& more) {
  const std::string output = (folder / "out").string();
  Words arguments = {"annotate"};
  arguments.insert(arguments.end(), dataset_and_lists.begin(), dataset_and_lists.end());
  arguments.insert(arguments.end(), {"--all-ions", "--force", "--output", output});
  arguments.insert(arguments.end(), more.begin(), more.end());
  // Compiled modules are kept from run to run of one test.
  const Finished done =
      run(arguments, {.environment = {"XDG_CACHE_HOME=" + (folder / "cache").string()}});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return results_in(output);
}

Words in_module(const std::string& module, int threads) {
  return {"--runtime", "wasm",
          "--threads", std::to_string(threads),
          "--module",  std::string(IONLOOM_MODULES) + "/" + module};
}

/// Compares a run in each module, on one thread, two and three: a dataset is cut by their number.
void expect_native_bytes(const Words& dataset_and_lists, const Words& more = {}) {
  const ScratchFolder folder;
  const auto with = [&](Words words) {
    words.insert(words.end(), more.begin(), more.end());
    words.emplace_back("--no-pattern-cache");
    return results(dataset_and_lists, folder, words);
  };
  const ResultsSnapshot native = with({"--threads", "2"});
  EXPECT_GT(native.size(), 5U);
  int threads = 3;
  for (const std::string module : kModules) {
    expect_same_results(native, with(in_module(module, threads)));
    threads = 1;
  }
  expect_same_results(native, with(in_module("stages.wasm", 2)));
}

class WasmRuntime : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!IONLOOM_WITH_WASM) GTEST_SKIP() << "built without WebAssembly";
  }
};

TEST_F(WasmRuntime, gives_the_bytes_of_native_on_simulated_data) {
  const ScratchFolder folder;
  const std::string dataset = simulated(folder).string();
  expect_native_bytes({dataset, "--molecules", IONLOOM_DEMO_MOLECULES}, {"--decoys", "5"});
  expect_native_bytes({dataset, "--molecules", IONLOOM_DEMO_MOLECULES, "--analysis-version", "1"},
                      {"--decoys", "2", "--images", "npy", "--fixes"});
}

TEST_F(WasmRuntime, gives_the_bytes_of_native_when_it_is_interpreted) {
  const ScratchFolder folder;
  const Words job = {simulated(folder).string(), "--molecules", IONLOOM_DEMO_MOLECULES};
  const auto with = [&](const char* runtime) {
    return results(job, folder,
                   {"--decoys", "1", "--threads", "2", "--no-pattern-cache", "--runtime", runtime});
  };
  const ResultsSnapshot native = with("native");
  EXPECT_GT(native.size(), 5U);
  expect_same_results(native, with("wasm"));
  expect_same_results(native, with("interpreted"));
  // The interpreter's code is kept under a name of its own.
  std::size_t kept = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder / "cache" / "ionloom" / "modules")) {
    if (entry.path().extension() == ".cwasm") ++kept;
  }
  EXPECT_EQ(kept, 2U);
}

TEST_F(WasmRuntime, gives_the_bytes_of_native_on_compressed_data) {
  const ScratchFolder folder;
  const auto dataset = written(folder, imzml::testing::sample(glucose_pixels(), {.zlib = true}));
  put(folder / "list.tsv", kGlucoseList);
  expect_native_bytes({dataset.string(), "--molecules", (folder / "list.tsv").string()},
                      {"--decoys", "3", "--fdr", "1"});
}

TEST_F(WasmRuntime, gives_the_bytes_of_native_on_reference_data) {
  const auto shared = oracle::shared_path("oracle");
  if (!shared) GTEST_SKIP() << oracle::kNoSharedFolder;
  for (const std::string name : {"syn_a", "syn_c"}) {
    const auto folder = *shared / name;
    expect_native_bytes(
        {(folder / (name + ".imzML")).string(), "--molecules", (folder / "db.csv").string()},
        {"--decoys", "5", "--polarity", "positive"});
  }
}

TEST_F(WasmRuntime, gives_the_bytes_of_native_with_a_scoring_model_and_two_kinds_of_lists) {
  const auto oracle = oracle::shared_path("oracle");
  const auto model = oracle::shared_path("models/metaspace-ml-animal-v2.2023-12-14.cbm");
  if (!oracle || !model) GTEST_SKIP() << oracle::kNoSharedFolder;
  const auto edge = *oracle / "edge";
  expect_native_bytes({edge / "edge.imzML", "--molecules", edge / "db1.tsv", "--molecules",
                       edge / "db2.tsv", "--targeted", "no", "--targeted", "yes"},
                      {"--scoring-model", *model, "--polarity", "positive", "--neutral-losses",
                       "-H2O", "--all-metrics"});
}

TEST_F(WasmRuntime, gives_the_bytes_of_native_on_a_real_tissue) {
  const auto data = oracle::shared_path("data");
  if (!data) GTEST_SKIP() << oracle::kNoSharedFolder;
  expect_native_bytes({(*data / "cardinal_galaxy/Combat_40pixel.imzML").string(), "--molecules",
                       (*data / "moldb/core_metabolome_v3.tsv").string()},
                      {"--decoys", "2", "--polarity", "positive"});
}

/// With the cache of patterns, which are those of the tissue above.
TEST_F(WasmRuntime, gives_the_bytes_of_native_on_every_real_dataset) {
  const auto data = oracle::shared_path("data");
  if (!data) GTEST_SKIP() << oracle::kNoSharedFolder;
  const ScratchFolder folder;
  const Words list = {"--molecules", *data / "moldb/core_metabolome_v3.tsv"};
  const auto run_with = [&](const char* dataset, Words more) {
    more.insert(more.end(), {"--decoys", "2", "--polarity", "positive"});
    return results({*data / dataset, list[0], list[1]}, folder, more);
  };
  run_with("cardinal_galaxy/out5.imzml", {});  // puts the patterns into the cache
  int threads = 1;
  for (const char* dataset :
       {"cardinal_galaxy/112_auto_combined.imzml", "cardinal_galaxy/out5.imzml",
        "cardinal_galaxy/picked.imzml", "cardinal_galaxy/preprocessing_results1.imzml",
        "cardinal_galaxy/spatial_DGMM_input.imzML", "maldiquant_galaxy/outfile2.imzml",
        "maldiquant_galaxy/peak_detection2.imzml", "maldiquant_galaxy/peak_detection4.imzml",
        "ms_imaging_example/Example_Continuous.imzML", "ms_imaging_example/Example_Processed.imzML",
        "pym2aia_tof/test.imzML", "thyra_minimal/test_continuous.imzML",
        "thyra_minimal/test_processed.imzML", "untreated_tiny/Untreated_3_434_tiny.imzML"}) {
    const ResultsSnapshot native = run_with(dataset, {});
    expect_same_results(native, run_with(dataset, in_module(kModules[threads % 2], threads)));
    threads = threads % 3 + 1;
  }
}

TEST_F(WasmRuntime, warns_when_the_compiled_module_cannot_be_kept) {
  const Workplace place(imzml::testing::sample(glucose_pixels()));
  put(place / "file", "");
  const Finished done = run(place.annotate({"--runtime", "wasm", "--no-pattern-cache"}),
                            {.environment = {"XDG_CACHE_HOME=" + place / "file"}});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string warning = "the compiled module could not be kept for later runs: ";
  EXPECT_NE(done.err.find("warning: " + warning), std::string::npos) << done.err;
  EXPECT_NE(content_of(place / "out/run.json").find(warning + place / "file"), std::string::npos);
}

TEST_F(WasmRuntime, takes_more_than_it_may_only_by_saying_so) {
  const Workplace place(imzml::testing::sample(glucose_pixels()));
  place.expect_refused(3, {"annotating needs", "only 60 MB may be used"},
                       {"--runtime", "wasm", "--memory", "60M"});
}

}  // namespace
}  // namespace ionloom::app::testing
