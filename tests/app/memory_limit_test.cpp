// A run keeps the memory it was allowed: seen in its resident set, and enforced by the kernel where
// a control group can be made.

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kAllowedBytes = 180'000'000;

/// A control group (version 1) with a limit on memory, page cache included. Empty path when the
/// system lets us make none.
class MemoryGroup {
 public:
  explicit MemoryGroup(std::uint64_t limit_bytes) {
    const fs::path parent = "/sys/fs/cgroup/memory";
    std::error_code error;
    if (!fs::exists(parent / "memory.limit_in_bytes", error)) return;
    const fs::path group = parent / ("ionloom-test-" + std::to_string(::getpid()));
    if (!fs::create_directory(group, error)) return;
    path_ = group;
    std::ofstream(group / "memory.limit_in_bytes") << limit_bytes;
    std::uint64_t limit = 0;
    std::ifstream(group / "memory.limit_in_bytes") >> limit;
    if (limit == 0 || limit > limit_bytes) {
      fs::remove(group, error);
      path_.clear();
    }
  }
  ~MemoryGroup() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Seven million peaks: 112 MB as a table, 190 MB with all that a run needs beside it.
class MemoryLimit : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new ScratchFolder;
    const Finished made = run({"simulate", "--preset", "small", "--width", "60", "--height", "60",
                               "--coverage", "1", "--peaks-per-pixel", "2000", "--molecules",
                               IONLOOM_DEMO_MOLECULES, "--output", (*folder_ / "large").string()});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  static void TearDownTestSuite() { delete folder_; }

  static Finished annotate(const Words& more, const ProgramSettings& settings = {}) {
    Words words = {"annotate",    (*folder_ / "large.imzML").string(),
                   "--molecules", IONLOOM_DEMO_MOLECULES,
                   "--targeted",  "no",
                   "--images",    "none",
                   "--threads",   "2",
                   "--output",    (*folder_ / "out").string(),
                   "--force"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words, settings);
  }

  static nlohmann::json run_record() {
    return nlohmann::json::parse(content_of(*folder_ / "out" / "run.json"));
  }

  static ScratchFolder* folder_;
};
ScratchFolder* MemoryLimit::folder_ = nullptr;

TEST_F(MemoryLimit, is_kept_and_changes_no_byte_of_the_results) {
  const Finished whole = annotate({});
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_EQ(whole.out.find("of disk for peaks"), std::string::npos) << whole.out;
  EXPECT_GT(run_record()["memory_bound_bytes"], kAllowedBytes) << "the test shows nothing";
  const std::string csv = content_of(*folder_ / "out" / "annotations.csv");
  const std::string parquet = content_of(*folder_ / "out" / "annotations.parquet");

  const Finished limited = annotate({"--memory", std::to_string(kAllowedBytes)});
  ASSERT_EQ(limited.exit_code, 0) << limited.err;
  EXPECT_NE(limited.out.find("of disk for peaks"), std::string::npos) << limited.out;
  EXPECT_LE(run_record()["memory_bound_bytes"], kAllowedBytes);
  EXPECT_LE(run_record()["peak_memory_bytes"], run_record()["memory_bound_bytes"]);
  EXPECT_EQ(content_of(*folder_ / "out" / "annotations.csv"), csv);
  EXPECT_EQ(content_of(*folder_ / "out" / "annotations.parquet"), parquet);
}

TEST_F(MemoryLimit, is_kept_with_a_store_in_memory_or_on_disk) {
  ASSERT_EQ(annotate({}).exit_code, 0);
  const std::string csv = content_of(*folder_ / "out" / "annotations.csv");
  for (const std::string& url : {std::string("memory:"), "file:" + (*folder_ / "store").string()}) {
    const Finished stored = annotate({"--store", url});
    ASSERT_EQ(stored.exit_code, 0) << stored.err;
    EXPECT_EQ(content_of(*folder_ / "out" / "annotations.csv"), csv) << url;
    const nlohmann::json record = run_record();
    EXPECT_LE(record["peak_memory_bytes"], record["memory_bound_bytes"]) << url;
    const std::uint64_t bound = record["memory_bound_bytes"];
    EXPECT_EQ(annotate({"--store", url, "--memory", std::to_string(bound)}).exit_code, 0) << url;
  }
}

TEST_F(MemoryLimit, is_enough_when_the_kernel_enforces_it) {
  const MemoryGroup group(kAllowedBytes);
  if (group.path().empty()) GTEST_SKIP() << "no memory control group can be made here";
  ProgramSettings settings;
  settings.control_group = group.path() / "cgroup.procs";
  const Finished limited = annotate({"--memory", std::to_string(kAllowedBytes)}, settings);
  EXPECT_EQ(limited.exit_code, 0) << limited.err;
}

}  // namespace
}  // namespace ionloom::app::testing
