#include "plan/measurements_text.h"

#include <cmath>
#include <limits>
#include <optional>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace ionloom::plan {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFirstLine = R"({"ionloom_measurements":1})";

Json exchange_json(const Exchange& exchange) {
  if (exchange.tier.empty()) return nullptr;
  return {{"tier", exchange.tier},
          {"requests", exchange.requests},
          {"bytes", exchange.bytes},
          {"seconds", exchange.seconds}};
}

Json measurement_json(const Measurement& measurement) {
  Json counts = Json::object();
  for (const Count count : kCounts) {
    if (measurement.counts[count] != 0) {
      counts[std::string(count_name(count))] = measurement.counts[count];
    }
  }
  Json json = {{"stage", stage_name(measurement.stage)},
               {"device", measurement.device},
               {"dataset", measurement.dataset},
               {"counts", std::move(counts)},
               {"active_tasks", measurement.active_tasks},
               {"start_up_s", measurement.start_up_s},
               {"compute_s", measurement.compute_s},
               {"read", exchange_json(measurement.read)},
               {"write", exchange_json(measurement.write)},
               {"peak_memory_bytes", measurement.peak_memory_bytes},
               {"memory_bound_bytes", measurement.memory_bound_bytes},
               {"recorded_unix_s", measurement.recorded_unix_s}};
  if (measurement.pace) json["pace"] = *measurement.pace;
  return json;
}

/// Reads the keys of one line; notes the first that is wrong.
class LineReader {
 public:
  explicit LineReader(const Json& line) : line_(line) {}

  std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) return found->get<std::string>();
    complain(key, "a text");
    return {};
  }

  /// null is a number that JSON has no way to write.
  double number(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_number()) return found->get<double>();
    if (found != object.end() && found->is_null()) return std::numeric_limits<double>::quiet_NaN();
    complain(key, "a number");
    return 0;
  }

  template <class Integer>
  Integer integer(const char* key) {
    const auto found = line_.find(key);
    if (found != line_.end() && found->is_number_integer()) return found->get<Integer>();
    complain(key, "a whole number");
    return 0;
  }

  Exchange exchange(const char* key) {
    const auto found = line_.find(key);
    if (found == line_.end() || !(found->is_object() || found->is_null())) {
      complain(key, "an object or null");
      return {};
    }
    if (found->is_null()) return {};
    return {.tier = text(*found, "tier"),
            .requests = number(*found, "requests"),
            .bytes = number(*found, "bytes"),
            .seconds = number(*found, "seconds")};
  }

  WorkCounts counts() {
    WorkCounts counts;
    const auto found = line_.find("counts");
    if (found == line_.end() || !found->is_object()) {
      complain("counts", "an object");
      return counts;
    }
    for (const auto& [name, value] : found->items()) {
      const auto count = count_from_name(name);
      if (count) counts[*count] = number(*found, name.c_str());
    }
    return counts;
  }

  std::optional<double> pace() {
    const auto found = line_.find("pace");
    if (found == line_.end() || found->is_null()) return std::nullopt;
    const double pace = number(line_, "pace");
    if (pace > 0 && pace <= 1) return pace;
    complain("pace", "above 0 and at most 1");
    return std::nullopt;
  }

  Stage stage() {
    const auto stage = stage_from_name(text(line_, "stage"));
    if (!stage) complain("stage", "the name of a stage");
    return stage.value_or(Stage::kIndex);
  }

  void complain(std::string_view key, std::string_view expected) {
    if (!trouble) trouble = fmt::format("\"{}\" is missing or not {}", key, expected);
  }

  std::optional<std::string> trouble;

 private:
  const Json& line_;
};

Result<Measurement> parse_line(std::string_view text, const std::string& where) {
  const Json line = Json::parse(text, nullptr, false);
  if (line.is_discarded() || !line.is_object()) {
    return data_error(where, "is no JSON object; expected a measurement");
  }
  LineReader reader(line);
  Measurement measurement{.stage = reader.stage(),
                          .device = reader.text(line, "device"),
                          .dataset = reader.text(line, "dataset"),
                          .counts = reader.counts(),
                          .active_tasks = reader.number(line, "active_tasks"),
                          .start_up_s = reader.number(line, "start_up_s"),
                          .compute_s = reader.number(line, "compute_s"),
                          .read = reader.exchange("read"),
                          .write = reader.exchange("write")};
  measurement.peak_memory_bytes = reader.integer<std::uint64_t>("peak_memory_bytes");
  measurement.memory_bound_bytes = reader.integer<std::uint64_t>("memory_bound_bytes");
  measurement.recorded_unix_s = reader.integer<std::int64_t>("recorded_unix_s");
  measurement.pace = reader.pace();
  if (reader.trouble) return data_error(where, *reader.trouble);
  return measurement;
}

}  // namespace

std::string measurements_text(std::span<const Measurement> measurements) {
  std::string text = fmt::format("{}\n", kFirstLine);
  for (const Measurement& measurement : measurements) {
    text += measurement_json(measurement).dump(-1, ' ', false, Json::error_handler_t::replace);
    text += '\n';
  }
  return text;
}

Result<std::vector<Measurement>> parse_measurements(std::string_view text, std::string_view where) {
  std::vector<Measurement> measurements;
  for (std::uint64_t number = 1; !text.empty() || number == 1; ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (number == 1) {
      if (line == kFirstLine) continue;
      return data_error(fmt::format("{}: line 1", where),
                        fmt::format("is not {}; expected measurements that this program, or one "
                                    "that is no newer, exported",
                                    kFirstLine));
    }
    auto measurement = parse_line(line, fmt::format("{}: line {}", where, number));
    if (!measurement) return std::unexpected(measurement.error());
    measurements.push_back(std::move(*measurement));
  }
  return measurements;
}

}  // namespace ionloom::plan
