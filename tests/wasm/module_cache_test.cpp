#include "wasm/module_cache.h"

#include <string>

#include <gtest/gtest.h>

#include "support/scratch_folder.h"
#include "wasm/stage_runner.h"
#include "wasm/support/memory_io.h"
#include "wasm/support/wat_module.h"

namespace ionloom::wasm::testing {
namespace {

using test_support::content_of;
using test_support::put;
using test_support::ScratchFolder;

/// Opens a module with a cache in the folder, and tries whether it works.
ModuleSource source_of(const ScratchFolder& folder, const StageRunnerSettings& more = {}) {
  StageRunnerSettings settings = more;
  settings.cache = ModuleCacheSettings{.folder = folder.path()};
  const auto runner = StageRunner::open(module_of(stages(kCopyFive)), "stages.wasm", settings);
  EXPECT_TRUE(runner) << runner.error().message();
  EXPECT_EQ((*runner)->cache_trouble(), "");
  MemoryIo io({"hello"});
  EXPECT_TRUE((*runner)->run("task", "here", io, {}));
  EXPECT_EQ(io.outputs()[0], "hello");
  return (*runner)->source();
}

TEST(ModuleCache, gives_a_module_that_was_compiled_before) {
  const ScratchFolder folder;
  EXPECT_EQ(source_of(folder), ModuleSource::kMissed);
  ASSERT_EQ(folder.names().size(), 1U);
  EXPECT_EQ(source_of(folder), ModuleSource::kCached);
  EXPECT_EQ(folder.names().size(), 1U);
}

TEST(ModuleCache, keeps_code_of_other_settings_apart) {
  const ScratchFolder folder;
  source_of(folder);
  EXPECT_EQ(source_of(folder, {.engine = {.fuel = true}}), ModuleSource::kMissed);
  EXPECT_EQ(folder.names().size(), 2U);
  EXPECT_EQ(source_of(folder, {.engine = {.fuel = true}}), ModuleSource::kCached);
  EXPECT_EQ(source_of(folder), ModuleSource::kCached);
}

TEST(ModuleCache, keeps_components_too_and_takes_none_for_a_module) {
  const ScratchFolder folder;
  const std::optional cache = ModuleCacheSettings{.folder = folder.path()};
  const auto engine = Engine::create({.instances = 4}).value();
  const auto load = [&](const std::vector<std::byte>& bytes) {
    return load_component(*engine, bytes, "a.wasm", cache);
  };
  const std::vector<std::byte> component =
      module_of("(component (core module $m (func (export \"run\"))))");
  for (const ModuleSource expected : {ModuleSource::kMissed, ModuleSource::kCached}) {
    const auto loaded = load(component);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->source, expected);
    EXPECT_EQ(loaded->cache_trouble, "");
  }
  EXPECT_EQ(folder.names().size(), 1U);
  EXPECT_FALSE(load_module(*engine, component, "a.wasm", cache));
  EXPECT_FALSE(load(module_of(stages(kDone))));
  EXPECT_EQ(folder.names().size(), 1U);
}

TEST(ModuleCache, mends_a_damaged_entry) {
  const ScratchFolder folder;
  source_of(folder);
  const auto entry = folder / folder.names()[0];
  const std::string good = content_of(entry);
  for (const std::size_t at :
       {std::size_t{0}, good.size() / 2, good.size() - 57, good.size() - 50, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    put(entry, bad);
    EXPECT_EQ(source_of(folder), ModuleSource::kDamaged) << "byte " << at;
    EXPECT_EQ(source_of(folder), ModuleSource::kCached);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, good.size() - 1}) {
    put(entry, good.substr(0, size));
    EXPECT_EQ(source_of(folder), ModuleSource::kDamaged) << size << " bytes";
  }
}

TEST(ModuleCache, that_cannot_be_written_to_is_said_and_does_no_harm) {
  const ScratchFolder folder;
  put(folder / "file", "in the way");
  StageRunnerSettings settings;
  settings.cache = ModuleCacheSettings{.folder = folder / "file"};
  const auto runner = StageRunner::open(module_of(stages(kDone)), "stages.wasm", settings);
  ASSERT_TRUE(runner);
  EXPECT_NE((*runner)->cache_trouble().find((folder / "file").string()), std::string::npos);
}

TEST(ModuleCache, holds_no_more_than_its_limit) {
  const ScratchFolder folder;
  StageRunnerSettings settings;
  settings.cache = ModuleCacheSettings{.folder = folder.path(), .limit_bytes = 1000};
  ASSERT_TRUE(StageRunner::open(module_of(stages(kDone)), "stages.wasm", settings));
  EXPECT_TRUE(folder.names().empty());
}

}  // namespace
}  // namespace ionloom::wasm::testing
