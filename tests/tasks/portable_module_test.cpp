// The stages' module in another runtime, Node.js, through the host in tests/module/run_task.mjs:
// one task after the other gives the bytes that they give natively, in the memory that they say.

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

#include "chem/isotopologue_bound.h"
#include "support/hostile_formulas.h"
#include "tasks/ion_set_object.h"
#include "tasks/support/study.h"

namespace ionloom::tasks {
namespace {

using testing::Bytes;
using testing::Cuts;
using testing::ObjectShelf;
using testing::Study;
using testing::TaskRun;

constexpr std::uint64_t kPageBytes = 65'536;

void put(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), std::ssize(text));
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// What a command prints; the test fails when the command does.
std::string printed_by(const std::string& command) {
  std::string text;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr) text += line;
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

/// Tasks that were run natively, and what they read at first, as files.
class TaskFolder {
 public:
  explicit TaskFolder(const TaskRun& run)
      : TaskFolder(run.shelf, run.tasks, {"ibd", "spectra", "formulas"}) {}

  TaskFolder(const ObjectShelf& shelf, std::span<const Task> tasks,
             std::initializer_list<const char*> first)
      : shelf_(shelf), tasks_(tasks) {
    for (const char* name : first) put(folder_ / name, shelf.text(name));
    for (const Task& task : tasks) put(folder_ / (task.name + ".task"), encode_task(task));
  }

  /// Runs tasks in one instance. @return the largest size of its memory after any of them
  std::uint64_t memory_of(const std::string& module, std::span<const Task> tasks) const {
    std::string command = std::string("node ") + IONLOOM_RUN_TASK + " " + IONLOOM_MODULES + "/" +
                          module + " " + folder_.path().string();
    for (const Task& task : tasks) command += " " + task.name + ".task";
    std::istringstream lines(printed_by(command));
    std::string name;
    std::uint64_t size_bytes = 0;
    double seconds = 0;
    std::size_t done = 0;
    for (; lines >> name >> size_bytes >> seconds; ++done) {
    }
    EXPECT_EQ(done, tasks.size());
    return size_bytes;
  }

  void expect_native_bytes() const {
    for (const Task& task : tasks_) {
      for (const TaskOutput& output : task.outputs) {
        EXPECT_TRUE(content_of(folder_ / output.object) == shelf_.text(output.object))
            << output.object << " differs";
      }
    }
  }

 private:
  const ObjectShelf& shelf_;
  std::span<const Task> tasks_;
  imzml::testing::ScratchFolder folder_;
};

TEST(PortableModule, gives_the_native_bytes_in_one_instance_of_either_build) {
  if (!IONLOOM_WITH_WASM) GTEST_SKIP() << "built without WebAssembly";
  const Study study;
  const TaskRun run(study, {2, 1, 2});
  for (const char* module : {"stages.wasm", "stages-plain.wasm"}) {
    const TaskFolder folder(run);
    (void)folder.memory_of(module, run.tasks);
    folder.expect_native_bytes();
  }
}

/// What is asked of tasks that are not small.
double least_use(const Task& task) {
  constexpr std::uint64_t kSmallBytes = 2 << 20;
  return task.memory_bytes < kSmallBytes ? 0 : 0.7;
}

/// How much of its bound each task of a study uses; never more.
void expect_memory_of(const Study& study, const Cuts& cuts) {
  const TaskRun run(study, cuts);
  const TaskFolder folder(run);
  for (const Task& task : run.tasks) {
    const std::uint64_t used = folder.memory_of("stages.wasm", {&task, 1});
    EXPECT_LE(used, (task.memory_bytes + kPageBytes - 1) / kPageBytes * kPageBytes) << task.name;
    const double use = static_cast<double>(used) / static_cast<double>(task.memory_bytes);
    std::printf("%s: %.3f of its bound of %llu\n", task.name.c_str(), use,
                static_cast<unsigned long long>(task.memory_bytes));
    EXPECT_GE(use, least_use(task)) << task.name;
  }
}

TEST(PortableModule, uses_most_of_what_a_task_says_and_no_more) {
  if (!IONLOOM_WITH_WASM) GTEST_SKIP() << "built without WebAssembly";
  expect_memory_of(Study(), {1, 1, 1});
  Study larger(
      {.width = 60, .height = 40, .noise_peaks = 300, .highest_noise_mz = 1200, .formulas = 1500});
  larger.settings.all_metrics = true;
  expect_memory_of(larger, {3, 2, 2});
}

TEST(PortableModule, computes_patterns_that_no_list_should_ask_for_in_the_memory_of_their_task) {
  if (!IONLOOM_WITH_WASM) GTEST_SKIP() << "built without WebAssembly";
  const std::vector<std::string> ions = test_support::hostile_formulas();
  stages::IonSet all;
  all.ions = ions;
  all.is_target.assign(ions.size(), 1);
  all.is_targeted = all.is_target;
  all.isotopologue_levels.assign(ions.size(), chem::kHighestIsotopologueLevel);
  const IonSetColumns columns = IonSetColumns::of(all);
  const StoredIonSet set{"ions", columns.begins, columns.flags};
  for (const auto version : {chem::AnalysisVersion::kV1, chem::AnalysisVersion::kV3}) {
    ObjectShelf shelf;
    shelf.put("ions", columns.encode());
    chem::PatternSettings settings;
    settings.shape = {.version = version, .analyzer = {}, .sigma_mz = 0.001238};
    const Task task = new_patterns_task(settings, set, 0, columns.size(), "patterns");
    shelf.expect_runs(task);
    for (const char* module : {"stages.wasm", "stages-plain.wasm"}) {
      const TaskFolder folder(shelf, {&task, 1}, {"ions"});
      const std::uint64_t used = folder.memory_of(module, {&task, 1});
      EXPECT_LE(used, (task.memory_bytes + kPageBytes - 1) / kPageBytes * kPageBytes);
      const double use = static_cast<double>(used) / static_cast<double>(task.memory_bytes);
      std::printf("hostile patterns: %.3f of the bound of %llu\n", use,
                  static_cast<unsigned long long>(task.memory_bytes));
      EXPECT_GE(use, 0.7);
      folder.expect_native_bytes();
    }
  }
}

}  // namespace
}  // namespace ionloom::tasks
