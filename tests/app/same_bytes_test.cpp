// The same input gives the same bytes: whole results folders, for repeats, any number of threads,
// and peaks that lie in memory or on disk.

#include <cstdint>
#include <string>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "oracle/support/shared_folder.h"
#include "results_snapshot.h"
#include "small_run.h"

namespace ionloom::app::testing {
namespace {

/// The demo list's first molecules: few ions, so that peaks take most of the memory and time.
std::string few_molecules() {
  std::string list = content_of(IONLOOM_DEMO_MOLECULES);
  std::size_t end = 0;
  for (int line = 0; line < 40; ++line) end = list.find('\n', end) + 1;
  list.resize(end);
  return list;
}

/// The sizes that the refusal of an impossible --memory names.
struct MemoryNeeds {
  std::uint64_t least_mb;      ///< with peaks on disk
  std::uint64_t in_memory_mb;  ///< with all peaks in memory
};

MemoryNeeds memory_needs(const Finished& refused) {
  EXPECT_EQ(refused.exit_code, 3) << refused.err;
  const auto number_after = [&](const std::string& text) {
    const std::size_t at = refused.err.find(text);
    EXPECT_NE(at, std::string::npos) << refused.err;
    return std::stoull(refused.err.substr(at + text.size()));
  };
  return {number_after("annotating needs "), number_after("at least (")};
}

class RunsOf {
 public:
  RunsOf(Words dataset_and_lists, const ScratchFolder& folder)
      : arguments_(std::move(dataset_and_lists)), output_((folder / "out").string()) {
    arguments_.insert(arguments_.begin(), "annotate");
    arguments_.insert(arguments_.end(), {"--all-ions", "--force", "--output", output_});
  }

  Finished finished(const Words& more) const {
    Words words = arguments_;
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }

  ResultsSnapshot results(const Words& more) const {
    const Finished done = finished(more);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return results_in(output_);
  }

  std::uint64_t memory_bound_bytes() const {
    return nlohmann::json::parse(content_of(output_ + "/run.json"))["memory_bound_bytes"];
  }

 private:
  Words arguments_;
  std::string output_;
};

void expect_whole(const ResultsSnapshot& results) {
  for (const char* name : {"annotations.csv", "annotations.parquet", "ion_metrics.parquet",
                           "ion_rankings.parquet", "run.json"}) {
    EXPECT_TRUE(results.contains(name)) << name;
  }
  EXPECT_GT(results.size(), 20U) << "few images";
}

TEST(SameBytes, whether_peaks_lie_in_memory_or_on_disk) {
  const ScratchFolder folder;
  put(folder / "few.tsv", few_molecules());
  const std::string list = (folder / "few.tsv").string();
  // More peaks than the least number that the program sorts in memory, 2^22.
  const Finished made =
      run({"simulate", "--molecules", list, "--output", (folder / "tissue").string(), "--width",
           "64", "--height", "48", "--peaks-per-pixel", "3200", "--ions", "30"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const RunsOf runs({(folder / "tissue.imzML").string(), "--molecules", list, "--decoys", "3"},
                    folder);
  const ResultsSnapshot in_memory = runs.results({"--threads", "2"});
  expect_whole(in_memory);
  for (const char* threads : {"1", "2"}) {
    const MemoryNeeds needs = memory_needs(runs.finished({"--threads", threads, "--memory", "1M"}));
    ASSERT_LT(needs.least_mb + 5, needs.in_memory_mb) << "too few peaks for runs on disk";
    const std::string memory = fmt::format("{}M", needs.least_mb);
    expect_same_results(in_memory, runs.results({"--threads", threads, "--memory", memory}));
    EXPECT_LE(runs.memory_bound_bytes(), needs.least_mb * 1'000'000);
  }
}

TEST(SameBytes, for_repeats_and_any_number_of_threads) {
  const ScratchFolder folder;
  put(folder / "few.tsv", few_molecules());
  const RunsOf runs({simulated(folder).string(), "--molecules", (folder / "few.tsv").string()},
                    folder);
  for (const char* version : {"1", "3"}) {
    const auto with_threads = [&](const char* threads) {
      return runs.results({"--analysis-version", version, "--decoys", "5", "--images", "npy",
                           "--threads", threads});
    };
    const ResultsSnapshot first = with_threads("1");
    expect_whole(first);
    for (const char* threads : {"1", "2", "3"}) expect_same_results(first, with_threads(threads));
  }
}

TEST(SameBytes, of_awkward_data_with_several_lists_and_modifiers) {
  const auto edge = oracle::shared_path("oracle/edge");
  if (!edge) GTEST_SKIP() << oracle::kNoSharedFolder;
  const ScratchFolder folder;
  const RunsOf runs({*edge / "edge.imzML", "--molecules", *edge / "db1.tsv", "--molecules",
                     *edge / "db2.tsv", "--targeted", "no,yes", "--polarity", "positive",
                     "--neutral-losses", "-H2O", "--chem-mods", "+C2H2O", "--decoys", "5"},
                    folder);
  const ResultsSnapshot first = runs.results({"--threads", "1"});
  expect_whole(first);
  for (const char* threads : {"1", "2", "3"}) {
    expect_same_results(first, runs.results({"--threads", threads}));
  }
}

}  // namespace
}  // namespace ionloom::app::testing
