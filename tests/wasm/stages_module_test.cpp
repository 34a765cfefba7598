// The stages' own module, in both builds: what it asks of a host, and that any build of the same
// sources is the same.

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <wasmtime/engine.hh>
#include <wasmtime/module.hh>

#include "support/scratch_folder.h"

namespace ionloom::wasm::testing {
namespace {

using Names = std::set<std::string>;

constexpr const char* kModules[] = {"stages.wasm", "stages-plain.wasm"};
constexpr std::size_t kMostBytes = 2'000'000;

std::filesystem::path built(const std::string& module) {
  return std::filesystem::path(IONLOOM_MODULES) / module;
}

/// Compiles a built module for a runtime with or without vectors.
wasmtime::Result<wasmtime::Module> compiled(const std::string& module, bool with_vectors) {
  wasmtime::Config config;
  config.wasm_relaxed_simd(false);
  config.wasm_simd(with_vectors);
  wasmtime::Engine engine(std::move(config));
  std::string bytes = test_support::content_of(built(module));
  return wasmtime::Module::compile(engine,
                                   {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(StagesModule, imports_reading_writing_and_logging_and_nothing_else) {
  for (const char* name : kModules) {
    const wasmtime::Module module = compiled(name, true).unwrap();
    Names imports;
    for (const auto& import : module.imports()) {
      imports.insert(std::string(import.module()) + "." + std::string(import.name()));
    }
    EXPECT_EQ(imports, (Names{"ionloom.log", "ionloom.read", "ionloom.write"})) << name;
  }
}

TEST(StagesModule, exports_what_the_contract_says) {
  for (const char* name : kModules) {
    const wasmtime::Module module = compiled(name, true).unwrap();
    Names exports;
    for (const auto& exported : module.exports()) exports.insert(std::string(exported.name()));
    EXPECT_EQ(exports, (Names{"_initialize", "ionloom_run", "ionloom_stage_abi",
                              "ionloom_task_buffer", "memory"}))
        << name;
  }
}

TEST(StagesModule, is_small) {
  for (const char* name : kModules) {
    EXPECT_LT(std::filesystem::file_size(built(name)), kMostBytes) << name;
  }
}

TEST(StagesModule, needs_vectors_in_one_build_and_not_in_the_other) {
  EXPECT_TRUE(compiled("stages-plain.wasm", false));
  EXPECT_FALSE(compiled("stages.wasm", false));
}

/// The sources are reached by another path, and compiled anew.
TEST(StagesModule, is_the_same_bytes_from_another_folder) {
  const test_support::ScratchFolder folder;
  std::filesystem::create_directory_symlink(IONLOOM_SOURCES, folder / "sources");
  const std::string command = (folder / "sources/scripts/wasm-module").string() + " " +
                              (folder / "modules").string() + " stages-plain.wasm";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  EXPECT_TRUE(test_support::content_of(folder / "modules/stages-plain.wasm") ==
              test_support::content_of(built("stages-plain.wasm")));
}

}  // namespace
}  // namespace ionloom::wasm::testing
