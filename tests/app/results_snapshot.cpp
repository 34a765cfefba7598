#include "results_snapshot.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scratch_folder.h"

namespace ionloom::app::testing {
namespace {

std::string without_circumstances(const std::string& text) {
  nlohmann::json record = nlohmann::json::parse(text);
  for (const char* key : {"command_line", "seconds", "store", "planned", "stages",
                          "memory_bound_bytes", "peak_memory_bytes"}) {
    EXPECT_EQ(record.erase(key), 1U) << key;
  }
  for (const char* key : {"threads", "runtime", "planner"}) {
    EXPECT_EQ(record["parameters"].erase(key), 1U) << key;
  }
  return record.dump(1);
}

}  // namespace

ResultsSnapshot results_in(const std::filesystem::path& folder) {
  ResultsSnapshot snapshot;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().lexically_relative(folder).string();
    const std::string bytes = test_support::content_of(entry.path());
    snapshot[name] = name == "run.json" ? without_circumstances(bytes) : bytes;
  }
  return snapshot;
}

void expect_same_results(const ResultsSnapshot& one, const ResultsSnapshot& other) {
  EXPECT_EQ(one.size(), other.size());
  for (const auto& [name, bytes] : one) {
    const auto found = other.find(name);
    if (found == other.end()) {
      ADD_FAILURE() << name << " is in one of them only";
    } else if (name == "run.json") {
      EXPECT_EQ(bytes, found->second);
    } else {
      EXPECT_TRUE(bytes == found->second) << name << " differs";
    }
  }
}

}  // namespace ionloom::app::testing
