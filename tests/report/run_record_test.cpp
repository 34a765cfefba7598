#include "report/run_record.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scratch_folder.h"

namespace ionloom::report {
namespace {

using test_support::put;
using test_support::ScratchFolder;

RunRecord sample_record() {
  RunRecord record;
  record.program_version = "1.2.3";
  record.command_line = {"ionloom", "annotate", "brain.imzML"};
  record.parameters = {{"ppm", 3.0, "default"},
                       {"adducts", std::vector<std::string>{"+H", "+Na"}, "option"},
                       {"threads", std::int64_t{4}, "default", false}};
  record.inputs = {{"imzml", "brain.imzML", 1234, "sha256:00ff"}, {"ibd", "brain.ibd", 5678, ""}};
  record.counts.spectra = 12;
  record.counts.lists = {{.list = "hmdb", .formulas = 3, .annotations_fdr_10 = 2}};
  record.pattern_source = "cache";
  record.stages = {{.name = "ingest", .seconds = 0.5, .peak_memory_bytes = 1'000'000}};
  record.warnings = {{"pixel size not stated", 1}};
  record.outputs = {"annotations.csv", "images/"};
  return record;
}

TEST(RunRecord, says_everything_in_a_fixed_order) {
  const auto json = nlohmann::ordered_json::parse(run_record_json(sample_record()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  EXPECT_EQ(keys, (std::vector<std::string>{
                      "program", "schema", "version", "status", "command_line", "parameters_hash",
                      "parameters", "inputs", "counts", "patterns", "seconds", "memory_bound_bytes",
                      "peak_memory_bytes", "store", "planned", "stages", "warnings", "outputs"}));
  EXPECT_EQ(json["program"], "ionloom");
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["status"], "FINISHED");
  EXPECT_EQ(json["command_line"].size(), 3U);
  EXPECT_EQ(json["parameters"]["ppm"]["value"], 3.0);
  EXPECT_EQ(json["parameters"]["adducts"]["value"], (std::vector<std::string>{"+H", "+Na"}));
  EXPECT_EQ(json["parameters"]["adducts"]["origin"], "option");
  EXPECT_EQ(json["parameters"]["threads"]["value"], 4);
  EXPECT_EQ(json["inputs"][0]["size_bytes"], 1234);
  EXPECT_EQ(json["inputs"][0]["checksum"], "sha256:00ff");
  EXPECT_TRUE(json["inputs"][1]["checksum"].is_null());
  EXPECT_EQ(json["counts"]["spectra"], 12);
  EXPECT_EQ(json["counts"]["lists"][0]["annotations"]["fdr_10"], 2);
  EXPECT_EQ(json["patterns"], "cache");
  EXPECT_EQ(json["stages"][0]["name"], "ingest");
  EXPECT_TRUE(json["memory_bound_bytes"].is_null());
  EXPECT_EQ(json["warnings"][0]["count"], 1);
}

TEST(RunRecord, one_entry_sections_are_still_lists_of_objects) {
  RunRecord record = sample_record();
  record.inputs.resize(1);
  const auto json = nlohmann::json::parse(run_record_json(record));
  EXPECT_TRUE(json["inputs"].is_array());
  EXPECT_TRUE(json["inputs"][0].is_object());
  EXPECT_TRUE(json["stages"][0].is_object());
  EXPECT_TRUE(json["warnings"][0].is_object());
}

TEST(RunRecord, tells_of_the_store_and_its_traffic_only_where_there_is_one) {
  RunRecord record = sample_record();
  record.stages[0].store_put_bytes = 11;
  record.stages[0].store_got_bytes = 22;
  auto json = nlohmann::json::parse(run_record_json(record));
  EXPECT_TRUE(json["store"].is_null());
  EXPECT_FALSE(json["stages"][0].contains("store_put_bytes"));
  record.store = StoreRecord{.url = "file:/data", .objects_kept = true, .tasks_found = 3};
  json = nlohmann::json::parse(run_record_json(record));
  EXPECT_EQ(json["store"],
            (nlohmann::json{{"url", "file:/data"}, {"objects", "kept"}, {"tasks_found", 3}}));
  EXPECT_EQ(json["stages"][0]["store_put_bytes"], 11);
  EXPECT_EQ(json["stages"][0]["store_got_bytes"], 22);
}

TEST(RunRecord, a_plan_stands_beside_what_was_measured) {
  RunRecord record = sample_record();
  auto json = nlohmann::json::parse(run_record_json(record));
  EXPECT_TRUE(json["planned"].is_null());
  EXPECT_TRUE(json["stages"][0]["planned"].is_null());
  record.planned.emplace();
  record.planned->machine = "laptop";
  record.stages[0].planned.emplace();
  record.stages[0].planned->seconds = 0.4;
  record.stages[0].planned->work = {{"peaks", 100}};
  json = nlohmann::json::parse(run_record_json(record));
  EXPECT_EQ(json["planned"]["planner"], "exact");
  EXPECT_EQ(json["planned"]["machine"], "laptop");
  EXPECT_EQ(json["stages"][0]["seconds"], 0.5);
  EXPECT_EQ(json["stages"][0]["planned"]["seconds"], 0.4);
  EXPECT_EQ(json["stages"][0]["planned"]["work"]["peaks"], 100);
}

TEST(RunRecord, text_that_is_no_utf8_does_not_break_it) {
  RunRecord record = sample_record();
  record.inputs[0].path = "br\xE4in.imzML";
  EXPECT_TRUE(nlohmann::json::accept(run_record_json(record)));
}

TEST(ParametersHash, depends_on_values_that_affect_results_and_on_nothing_else) {
  const auto original = sample_record().parameters;
  auto changed = original;
  std::swap(changed[0], changed[1]);
  changed[0].origin = "file";
  changed[2].value = std::int64_t{8};
  EXPECT_EQ(parameters_json(original), R"({"adducts":["+H","+Na"],"ppm":3.0})");
  EXPECT_EQ(parameters_hash(changed), parameters_hash(original));
  changed[1].value = 4.0;
  EXPECT_NE(parameters_hash(changed), parameters_hash(original));
}

TEST(ParametersHash, is_fnv_1a) {
  // Of the two bytes "{}"; constants of draft-eastlake-fnv-17.
  std::uint64_t hash = 0xCBF29CE484222325U;
  hash = (hash ^ '{') * 0x100000001B3U;
  hash = (hash ^ '}') * 0x100000001B3U;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  EXPECT_EQ(parameters_hash({}), text);
}

TEST(RunRecord, names_its_outputs_when_read_back) {
  ScratchFolder folder;
  ASSERT_TRUE(write_run_record(folder.path(), sample_record()));
  const auto outputs = read_recorded_outputs(folder / "run.json");
  ASSERT_TRUE(outputs) << outputs.error().message();
  EXPECT_EQ(*outputs, (std::vector<std::string>{"annotations.csv", "images/"}));
}

TEST(RunRecord, another_programs_json_is_not_taken_for_one) {
  ScratchFolder folder;
  for (const char* text : {"", "[]", "null", "{", R"({"program":"other","outputs":[]})",
                           R"({"program":"ionloom"})", R"({"program":"ionloom","outputs":[1]})"}) {
    put(folder / "run.json", text);
    EXPECT_FALSE(read_recorded_outputs(folder / "run.json")) << text;
  }
  EXPECT_FALSE(read_recorded_outputs(folder / "none.json"));
}

}  // namespace
}  // namespace ionloom::report
