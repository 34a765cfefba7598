// `ionloom task run`: one task, on files, natively and in WebAssembly.

#include <fstream>
#include <regex>

#include <gtest/gtest.h>

#include "small_run.h"
#include "tasks/new_task.h"
#include "tasks/run_task.h"
#include "tasks/spectra_object.h"

namespace ionloom::app::testing {
namespace {

/// A folder with a spectra table of a 2 x 2 image and a task that indexes it.
class IndexTask {
 public:
  IndexTask() {
    tasks::SpectraTable spectra;
    for (std::uint32_t i = 0; i < 4; ++i) {
      spectra.x.push_back(i % 2 + 1);
      spectra.y.push_back(i / 2 + 1);
    }
    spectra.mz_offset = spectra.intensity_offset = spectra.length = {0, 0, 0, 0};
    spectra.mz_type = spectra.intensity_type = {0, 0, 0, 0};
    const std::vector<std::byte> bytes = tasks::encode_spectra(spectra);
    put(folder_ / "spectra", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    tasks::Task task = tasks::new_index_task("spectra", 4, "pixels");
    task.outputs.push_back({"summary", "pixels.summary"});
    task.memory_bytes = tasks::memory_bound_bytes(task).value();
    put(folder_ / "index.task", tasks::encode_task(task));
  }

  Words arguments(const Words& more) const {
    Words words = {"task", "run", (folder_ / "index.task").string(), "--store",
                   folder_.path().string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void expect_refused(const Words& more, int exit_code, const Words& parts) const {
    expect_error(run(arguments(more)), exit_code, parts);
    EXPECT_EQ(folder_.names(), (Words{"index.task", "spectra"}));
  }

  ScratchFolder folder_;
};

TEST(TaskRun, makes_the_outputs) {
  const IndexTask task;
  const Finished done = run(task.arguments({}));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(done.out.starts_with("pixels ")) << done.out;
  EXPECT_EQ(content_of(task.folder_ / "pixels.summary"),
            "spectra 4\npixels 4\nwidth 2\nheight 2\n");
}

TEST(TaskRun, gives_the_same_bytes_in_both_modules) {
  if (!IONLOOM_WITH_WASM) GTEST_SKIP() << "built without WebAssembly";
  const IndexTask native;
  ASSERT_EQ(run(native.arguments({})).exit_code, 0);
  for (const std::string module : {"stages.wasm", "stages-plain.wasm"}) {
    const IndexTask task;
    const Finished done = run(task.arguments(
        {"--runtime", "wasm", "--module", std::string(IONLOOM_MODULES) + "/" + module}));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    for (const char* name : {"pixels", "pixels.summary"}) {
      EXPECT_EQ(content_of(task.folder_ / name), content_of(native.folder_ / name)) << name;
    }
  }
}

TEST(TaskRun, leaves_nothing_of_a_task_that_fails) {
  const IndexTask task;
  // One more line, for which the bound grows.
  const std::string text = std::regex_replace(content_of(task.folder_ / "index.task"),
                                              std::regex("memory [0-9]+"), "memory 8000000");
  put(task.folder_ / "index.task", text + "expect pixels 5\n");
  task.expect_refused({}, 1, {"stage index", "pixels", "4", "5"});
  if (IONLOOM_WITH_WASM) {
    task.expect_refused({"--runtime", "wasm"}, 1, {"stage index", "pixels", "4", "5"});
  }
}

TEST(TaskRun, refuses_what_is_no_task_an_input_that_was_cut_and_one_that_is_absent) {
  const IndexTask task;
  const std::string good = content_of(task.folder_ / "index.task");
  put(task.folder_ / "index.task", "ionloom-task 2\n");
  task.expect_refused({}, 1, {"index.task", "line 1"});
  put(task.folder_ / "index.task", good);
  const std::string spectra = content_of(task.folder_ / "spectra");
  put(task.folder_ / "spectra", spectra.substr(0, 100));
  task.expect_refused({}, 1, {"input 0, x (spectra)", "has only 100"});
  std::filesystem::remove(task.folder_ / "spectra");
  expect_error(run(task.arguments({})), 1, {"spectra", "No such file"});
}

TEST(TaskRun, refuses_a_module_that_is_broken_or_another_one) {
  if (!IONLOOM_WITH_WASM) GTEST_SKIP() << "built without WebAssembly";
  const IndexTask task;
  task.expect_refused({"--runtime", "wasm", "--module", "none.wasm"}, 1, {"none.wasm"});
  task.expect_refused({"--runtime", "wasm", "--module", (task.folder_ / "spectra").string()}, 1,
                      {"spectra", "not a WebAssembly module"});
  task.expect_refused({"--runtime", "wasm", "--module-sha256", std::string(64, '0')}, 1,
                      {"stages.wasm", "SHA-256"});
}

TEST(TaskRun, without_webassembly_says_how_to_get_it) {
  if (IONLOOM_WITH_WASM) GTEST_SKIP() << "built with WebAssembly";
  const IndexTask task;
  task.expect_refused({"--runtime", "wasm"}, 2, {"make wasm"});
}

}  // namespace
}  // namespace ionloom::app::testing
