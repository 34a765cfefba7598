#include "report/run_record.h"

#include <fstream>
#include <type_traits>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "files/output_file.h"

namespace ionloom::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProgram = "ionloom";

template <class AnyJson>
AnyJson value_json(const ParameterValue& value) {
  return std::visit(
      [](const auto& v) -> AnyJson {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>) {
          return nullptr;
        } else {
          return v;
        }
      },
      value);
}

Json parameters_section(const std::vector<Parameter>& parameters) {
  Json section = Json::object();
  for (const Parameter& parameter : parameters) {
    section[parameter.name] = {{"value", value_json<Json>(parameter.value)},
                               {"origin", parameter.origin}};
  }
  return section;
}

Json inputs_section(const std::vector<InputFile>& inputs) {
  Json section = Json::array();
  for (const InputFile& input : inputs) {
    section.push_back({{"role", input.role},
                       {"path", input.path},
                       {"size_bytes", input.size_bytes},
                       {"checksum", input.checksum.empty() ? Json() : Json(input.checksum)}});
  }
  return section;
}

Json counts_section(const RunCounts& counts) {
  Json lists = Json::array();
  for (const ListCounts& list : counts.lists) {
    lists.push_back({{"list", list.list},
                     {"targeted", list.targeted},
                     {"molecules", list.molecules},
                     {"formulas", list.formulas},
                     {"targets", list.targets},
                     {"decoys", list.decoys},
                     {"annotations",
                      {{"fdr_5", list.annotations_fdr_5},
                       {"fdr_10", list.annotations_fdr_10},
                       {"fdr_20", list.annotations_fdr_20},
                       {"fdr_50", list.annotations_fdr_50}}}});
  }
  return {{"spectra", counts.spectra},
          {"pixels", counts.pixels},
          {"width", counts.width},
          {"height", counts.height},
          {"peaks", counts.peaks},
          {"formulas", counts.formulas},
          {"ions", counts.ions},
          {"target_ions", counts.target_ions},
          {"ions_in_range", counts.ions_in_range},
          {"ions_with_metrics", counts.ions_with_metrics},
          {"annotations_written", counts.annotations_written},
          {"lists", std::move(lists)}};
}

Json store_section(const std::optional<StoreRecord>& store) {
  if (!store) return nullptr;
  return {{"url", store->url},
          {"objects", store->objects_kept ? "kept" : "removed"},
          {"tasks_found", store->tasks_found}};
}

Json amounts_section(const std::vector<Amount>& amounts) {
  Json section = Json::object();
  for (const Amount& amount : amounts) section[amount.name] = amount.value;
  return section;
}

Json planned_section(const std::optional<PlannedStage>& planned) {
  if (!planned) return nullptr;
  return {{"seconds", planned->seconds},
          {"least_s", planned->least_s},
          {"most_s", planned->most_s},
          {"level", planned->level},
          {"basis", planned->basis},
          {"known_work_s", planned->known_work_s},
          {"replanned_s", planned->replanned_s},
          {"passed_over", planned->was_passed_over},
          {"work", amounts_section(planned->work)},
          {"known_work", amounts_section(planned->known_work)}};
}

Json planned_section(const std::optional<PlannedRun>& planned) {
  if (!planned) return nullptr;
  return {{"planner", planned->planner}, {"machine", planned->machine},
          {"seconds", planned->seconds}, {"least_s", planned->least_s},
          {"most_s", planned->most_s},   {"level", planned->level}};
}

Json stages_section(const std::vector<StageRecord>& stages, bool with_store) {
  Json section = Json::array();
  for (const StageRecord& stage : stages) {
    section.push_back({{"name", stage.name},
                       {"seconds", stage.seconds},
                       {"peak_memory_bytes", stage.peak_memory_bytes},
                       {"planned", planned_section(stage.planned)}});
    if (stage.pace) section.back()["pace"] = *stage.pace;
    if (!with_store) continue;
    section.back()["store_put_bytes"] = stage.store_put_bytes;
    section.back()["store_got_bytes"] = stage.store_got_bytes;
  }
  return section;
}

Json warnings_section(const std::vector<Warning>& warnings) {
  Json section = Json::array();
  for (const Warning& warning : warnings) {
    section.push_back({{"text", warning.text}, {"count", warning.count}});
  }
  return section;
}

/// Text as JSON; bytes that are no UTF-8 (a path may hold any) become U+FFFD instead of an error.
template <class AnyJson>
std::string dump(const AnyJson& json, int indent) {
  return json.dump(indent, ' ', false, AnyJson::error_handler_t::replace);
}

}  // namespace

std::string parameters_json(std::span<const Parameter> parameters) {
  nlohmann::json sorted = nlohmann::json::object();
  for (const Parameter& parameter : parameters) {
    if (parameter.affects_results) {
      sorted[parameter.name] = value_json<nlohmann::json>(parameter.value);
    }
  }
  return dump(sorted, -1);
}

std::string parameters_hash(std::span<const Parameter> parameters) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // offset basis and prime of 64-bit FNV-1a
  for (const char c : parameters_json(parameters)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return fmt::format("{:016x}", hash);
}

std::string run_record_json(const RunRecord& record) {
  const Json json = {
      {"program", kProgram},
      {"schema", kRunRecordSchema},
      {"version", record.program_version},
      {"status", record.status},
      {"command_line", record.command_line},
      {"parameters_hash", parameters_hash(record.parameters)},
      {"parameters", parameters_section(record.parameters)},
      {"inputs", inputs_section(record.inputs)},
      {"counts", counts_section(record.counts)},
      {"patterns", record.pattern_source},
      {"seconds", record.seconds},
      {"memory_bound_bytes",
       record.memory_bound_bytes == 0 ? Json() : Json(record.memory_bound_bytes)},
      {"peak_memory_bytes", record.peak_memory_bytes},
      {"store", store_section(record.store)},
      {"planned", planned_section(record.planned)},
      {"stages", stages_section(record.stages, record.store.has_value())},
      {"warnings", warnings_section(record.warnings)},
      {"outputs", record.outputs},
  };
  return dump(json, 2) + "\n";
}

Result<void> write_run_record(const std::filesystem::path& folder, const RunRecord& record) {
  return files::write_file(folder / kRunRecordFile, run_record_json(record));
}

Result<std::vector<std::string>> read_recorded_outputs(const std::filesystem::path& run_json) {
  std::ifstream file(run_json, std::ios::binary);
  if (!file) {
    return data_error(run_json.string(), "cannot be read.");
  }
  const Json json = Json::parse(file, nullptr, false);
  const auto is = [&](const char* key, auto matches) {
    return json.is_object() && json.contains(key) && matches(json[key]);
  };
  if (!is("program", [](const Json& j) { return j == kProgram; }) ||
      !is("outputs", [](const Json& j) { return j.is_array(); })) {
    return data_error(run_json.string(), "is not the record of an ionloom run.");
  }
  std::vector<std::string> outputs;
  for (const Json& output : json["outputs"]) {
    if (!output.is_string()) {
      return data_error(run_json.string(), "names an output that is not text.");
    }
    outputs.push_back(output.get<std::string>());
  }
  return outputs;
}

}  // namespace ionloom::report
