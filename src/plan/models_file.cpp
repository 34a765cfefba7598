#include "plan/models_file.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace ionloom::plan {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 2;

Json stage_json(const StageModel& model) {
  Json terms = Json::array();
  for (const Term& term : model.form) terms.push_back(term_name(term));
  Json devices = Json::array();
  for (const DeviceModel& device : model.devices) {
    Json line = {{"device", device.device}, {"measurements", device.measurements}};
    if (device.coefficients.empty()) {
      line["like"] = device.like;
      line["kappa"] = device.kappa;
    } else {
      line["seconds"] = device.coefficients;
    }
    devices.push_back(std::move(line));
  }
  const auto scores = model.scores.values();
  return {{"stage", stage_name(model.stage)},
          {"terms", std::move(terms)},
          {"devices", std::move(devices)},
          {"spread_log", model.spread_log},
          {"scores_log", std::vector<double>(scores.begin(), scores.end())},
          {"measurements", model.measurements},
          {"refused", model.refused}};
}

bool is_amount(const Json& value) {
  return value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() >= 0;
}

/// A member that is a number >= 0, else nothing.
std::optional<double> amount(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !is_amount(*found)) return std::nullopt;
  return found->get<double>();
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A member that is a list; an empty one when it is none.
const Json& list_of(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kNone;
}

/// What is wrong with the scores of `name`, or nothing.
std::optional<std::string> read_scores(const Json& json, const std::string& name,
                                       ConformalScores& scores) {
  std::vector<double> values;
  for (const Json& score : list_of(json, "scores_log")) {
    if (!is_amount(score)) return fmt::format("{}: {} is no score", name, score.dump());
    values.push_back(score.get<double>());
  }
  scores = ConformalScores(std::move(values));
  return std::nullopt;
}

/// What is wrong with the scores of a kind of run, or nothing.
std::optional<std::string> read_run(const Json& json, RunScores& run) {
  if (!json.is_object()) return "runs: one is no object";
  run.runtime = text_of(json, "runtime");
  const auto threads = amount(json, "threads");
  if (run.runtime.empty() || !threads || *threads < 1 || *threads > UINT32_MAX) {
    return fmt::format("runs: {} has no runtime or no threads", json.dump());
  }
  run.threads = static_cast<std::uint32_t>(*threads);
  return read_scores(json, "runs", run.scores);
}

/// What is wrong with a device of a stage's model, or nothing.
std::optional<std::string> read_device(const Json& json, const std::string& name,
                                       StageModel& model) {
  const auto count = json.is_object() ? amount(json, "measurements") : std::nullopt;
  if (!count || text_of(json, "device").empty()) {
    return fmt::format("{}: {} is no device with its measurements", name, json.dump());
  }
  DeviceModel device{.device = text_of(json, "device"),
                     .measurements = static_cast<std::size_t>(*count)};
  if (json.contains("seconds")) {
    for (const Json& seconds : list_of(json, "seconds")) {
      if (is_amount(seconds)) device.coefficients.push_back(seconds.get<double>());
    }
    if (device.coefficients.size() != list_of(json, "seconds").size() ||
        device.coefficients.size() != model.form.size()) {
      return fmt::format("{}: {} has no seconds for each of {} terms", name, json.dump(),
                         model.form.size());
    }
  } else {
    const auto kappa = amount(json, "kappa");
    device.like = text_of(json, "like");
    const DeviceModel* like = model.device(device.like);
    if (!kappa || like == nullptr || like->coefficients.empty()) {
      return fmt::format("{}: {} has no seconds, nor a kappa to a device before it that has", name,
                         json.dump());
    }
    device.kappa = *kappa;
  }
  model.devices.push_back(std::move(device));
  return std::nullopt;
}

/// What is wrong with a stage's model, or nothing.
std::optional<std::string> read_stage(const Json& json, StageModel& model) {
  if (!json.is_object()) return "a stage is no object";
  const std::string name = text_of(json, "stage");
  const auto stage = stage_from_name(name);
  if (!stage) return fmt::format("\"{}\" is no stage", name);
  model.stage = *stage;
  for (const Json& one : list_of(json, "terms")) {
    const auto term = one.is_string() ? term_from_name(one.get<std::string>()) : std::nullopt;
    if (!term) return fmt::format("{}: {} is no term", name, one.dump());
    model.form.push_back(*term);
  }
  for (const Json& line : list_of(json, "devices")) {
    if (auto trouble = read_device(line, name, model)) return trouble;
  }
  if (model.form.empty() || model.devices.empty()) return name + ": has no terms or no devices";
  if (auto trouble = read_scores(json, name, model.scores)) return trouble;
  const auto spread = amount(json, "spread_log");
  const auto measurements = amount(json, "measurements");
  const auto refused = amount(json, "refused");
  if (!spread || !measurements || !refused) {
    return name + ": spread_log, measurements or refused is no number from 0 on";
  }
  model.spread_log = *spread;
  model.measurements = static_cast<std::size_t>(*measurements);
  model.refused = static_cast<std::size_t>(*refused);
  return std::nullopt;
}

}  // namespace

std::string models_text(const LearnedModels& models) {
  Json stages = Json::array();
  for (const StageModel& model : models.stages) stages.push_back(stage_json(model));
  Json runs = Json::array();
  for (const RunScores& run : models.runs) {
    const auto scores = run.scores.values();
    runs.push_back({{"runtime", run.runtime},
                    {"threads", run.threads},
                    {"scores_log", std::vector<double>(scores.begin(), scores.end())}});
  }
  const Json json = {{"ionloom_models", kVersion},
                     {"measurements", models.measurements},
                     {"stages", std::move(stages)},
                     {"runs", std::move(runs)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool is_of_older_layout(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  const auto version = json.find("ionloom_models");
  return version != json.end() && version->is_number_integer() && *version < kVersion;
}

Result<LearnedModels> parse_models(std::string_view text, std::string_view where) {
  const std::string place(where);
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    return data_error(place, "is no JSON object; expected models of ionloom");
  }
  const auto version = json.find("ionloom_models");
  if (version == json.end() || !version->is_number_integer()) {
    return data_error(place, "has no \"ionloom_models\"; expected models of ionloom");
  }
  if (*version != kVersion) {
    return data_error(
        place, fmt::format("has version {} of its layout; this program knows {}{}", version->dump(),
                           kVersion, *version > kVersion ? ": a newer ionloom wrote it" : ""));
  }
  LearnedModels models;
  const auto measurements = amount(json, "measurements");
  if (!measurements) return data_error(place, "\"measurements\" is no number from 0 on");
  models.measurements = static_cast<std::uint64_t>(*measurements);
  for (const Json& line : list_of(json, "stages")) {
    StageModel model;
    if (const auto trouble = read_stage(line, model)) return data_error(place, *trouble);
    if (models.of(model.stage) != nullptr) {
      return data_error(place, fmt::format("has {} twice", stage_name(model.stage)));
    }
    models.stages.push_back(std::move(model));
  }
  for (const Json& line : list_of(json, "runs")) {
    RunScores run;
    if (const auto trouble = read_run(line, run)) return data_error(place, *trouble);
    models.runs.push_back(std::move(run));
  }
  return models;
}

}  // namespace ionloom::plan
