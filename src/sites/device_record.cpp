#include "sites/device_record.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace ionloom::sites {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr double kLeastPace = 0.01;
constexpr std::array<std::pair<Runtime, std::string_view>, 4> kRuntimes = {{
    {Runtime::kNative, "native"},
    {Runtime::kPrecompiled, "precompiled"},
    {Runtime::kJit, "jit"},
    {Runtime::kInterpreted, "interpreted"},
}};

Json values_json(const RecentValues& values) {
  return std::vector<double>(values.values().begin(), values.values().end());
}

/// Reads members one by one; after the first that is wrong, the others read as nothing.
class MemberReader {
 public:
  MemberReader(const Json& root, std::string_view where) : root_(root), where_(where) {}

  std::string text(const char* key) {
    const auto found = root_.find(key);
    if (found != root_.end() && found->is_string() && !found->get<std::string>().empty()) {
      return found->get<std::string>();
    }
    complain(key, "is missing or no text");
    return {};
  }

  /// A number from `least` to `most`; 0 when it is missing and may be.
  double number(const char* key, double least, double most, bool may_be_missing = false) {
    const auto found = root_.find(key);
    if (found == root_.end() && may_be_missing) return 0;
    if (found != root_.end() && found->is_number()) {
      const double value = found->get<double>();
      if (value >= least && value <= most) return value;
    }
    complain(key, found == root_.end() ? "is missing"
                                       : fmt::format("is {}; expected a number from {:g} to {:g}",
                                                     found->dump(), least, most));
    return least;
  }

  RecentValues values(const char* group, const char* key) {
    const auto found = root_.find(group);
    if (found == root_.end()) return {};
    const auto list = found->find(key);
    if (list == found->end()) return {};
    std::vector<double> numbers;
    if (list->is_array()) {
      for (const Json& value : *list) {
        if (value.is_number() && value.get<double>() > 0) numbers.push_back(value.get<double>());
      }
    }
    if (!list->is_array() || numbers.size() != list->size()) {
      complain(fmt::format("{}.{}", group, key), "is no list of numbers above 0");
    }
    return RecentValues(numbers);
  }

  Kappas kappas() {
    Kappas kappas;
    const auto found = root_.find("kappa");
    if (found == root_.end()) return kappas;
    if (!found->is_object()) complain("kappa", "is no object");
    for (const auto& [name, value] : found->items()) {
      const auto stage = plan::stage_from_name(name);
      if (!stage) {
        complain("kappa." + name, "is no stage");
      } else if (!value.is_number() || !(value.get<double>() > 0)) {
        complain("kappa." + name, fmt::format("is {}; expected a number above 0", value.dump()));
      } else {
        kappas[static_cast<std::size_t>(*stage)] = value.get<double>();
      }
    }
    return kappas;
  }

  void complain(const std::string& member, std::string what) {
    if (!error) {
      error = Error{ErrorCode::kData, fmt::format("{}: {}", where_, member), std::move(what)};
    }
  }

  std::optional<Error> error;

 private:
  const Json& root_;
  std::string where_;
};

/// Means of what is known of each row (or column) after the other's effect is taken away.
void take_means(const std::vector<Kappas>& known, bool of_devices, const std::vector<double>& other,
                std::vector<double>& effects) {
  std::vector<double> sums(effects.size());
  std::vector<double> counts(effects.size());
  for (std::size_t v = 0; v < known.size(); ++v) {
    for (std::size_t s = 0; s < known[v].size(); ++s) {
      if (!known[v][s]) continue;
      const std::size_t row = of_devices ? v : s;
      sums[row] += std::log(*known[v][s]) - other[of_devices ? s : v];
      counts[row] += 1;
    }
  }
  for (std::size_t row = 0; row < effects.size(); ++row) {
    if (counts[row] > 0) effects[row] = sums[row] / counts[row];
  }
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

bool any_known(const Kappas& kappas) {
  return std::ranges::any_of(kappas, [](const auto& kappa) { return kappa.has_value(); });
}

/// Every kappa by the fit of log kappa = stage + device; absent for a stage that nobody measured.
std::vector<Kappas> fitted(const std::vector<Kappas>& known) {
  std::vector<double> devices(known.size());
  std::vector<double> stages(plan::kStages.size());
  constexpr int kRounds = 200;  // of alternating least squares, which converge linearly
  for (int round = 0; round < kRounds; ++round) {
    take_means(known, true, stages, devices);
    take_means(known, false, devices, stages);
  }
  std::vector<double> middle;
  std::vector<bool> is_measured(stages.size());
  for (std::size_t v = 0; v < known.size(); ++v) {
    if (any_known(known[v])) middle.push_back(devices[v]);
    for (std::size_t s = 0; s < stages.size(); ++s) {
      if (known[v][s]) is_measured[s] = true;
    }
  }
  std::vector<Kappas> all(known.size());
  for (std::size_t v = 0; v < known.size(); ++v) {
    const double device = any_known(known[v]) ? devices[v] : median(middle);
    for (std::size_t s = 0; s < stages.size(); ++s) {
      if (is_measured[s]) all[v][s] = std::exp(device + stages[s]);
    }
  }
  return all;
}

/// Compiled code runs alike wherever it was compiled.
Runtime class_of(Runtime runtime) {
  return runtime == Runtime::kJit ? Runtime::kPrecompiled : runtime;
}
constexpr std::array kAllRuntimes = {Runtime::kNative, Runtime::kPrecompiled,
                                     Runtime::kInterpreted};

}  // namespace

std::string_view runtime_name(Runtime runtime) {
  return kRuntimes[static_cast<std::size_t>(runtime)].second;
}

std::optional<Runtime> runtime_from_name(std::string_view name) {
  for (const auto& [runtime, known] : kRuntimes) {
    if (name == known) return runtime;
  }
  return std::nullopt;
}

std::string device_record_text(const DeviceRecord& device) {
  Json kappas = Json::object();
  for (const plan::Stage stage : plan::kStages) {
    const auto& kappa = device.kappas[static_cast<std::size_t>(stage)];
    if (kappa) kappas[std::string(plan::stage_name(stage))] = *kappa;
  }
  const Json json = {{"ionloom_device", kVersion},
                     {"name", device.name},
                     {"instruction_set", device.instruction_set},
                     {"cores", device.cores},
                     {"memory_bytes", device.memory_bytes},
                     {"runtime", runtime_name(device.runtime)},
                     {"kappa", std::move(kappas)},
                     {"pace", device.pace},
                     {"link",
                      {{"up_bytes_s", values_json(device.link.up_bytes_s)},
                       {"down_bytes_s", values_json(device.link.down_bytes_s)},
                       {"latency_s", values_json(device.link.latency_s)}}},
                     {"idle_w", device.idle_w},
                     {"active_w", device.active_w},
                     {"link_j_byte", device.link_j_byte},
                     {"measured_unix_s", device.measured_unix_s}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<DeviceRecord> parse_device_record(std::string_view text, std::string_view where) {
  const std::string place(where);
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("ionloom_device")) {
    return data_error(place, "is no device record: expected JSON with \"ionloom_device\"");
  }
  const Json& version = json["ionloom_device"];
  if (version != kVersion) {
    return data_error(
        place, fmt::format("has version {} of its layout; this program knows {}{}", version.dump(),
                           kVersion, version > kVersion ? ": a newer ionloom wrote it" : ""));
  }
  MemberReader members(json, place);
  DeviceRecord device;
  device.name = members.text("name");
  device.instruction_set = members.text("instruction_set");
  device.cores = static_cast<std::uint32_t>(members.number("cores", 1, 1e6));
  device.memory_bytes = static_cast<std::uint64_t>(members.number("memory_bytes", 1, 1e18));
  const std::string runtime = members.text("runtime");
  const auto known = runtime_from_name(runtime);
  if (!known) {
    members.complain(
        "runtime",
        fmt::format("is \"{}\"; expected native, precompiled, jit or interpreted", runtime));
  }
  device.runtime = known.value_or(Runtime::kNative);
  device.kappas = members.kappas();
  if (json.contains("pace")) device.pace = members.number("pace", kLeastPace, 1);
  device.link = {.up_bytes_s = members.values("link", "up_bytes_s"),
                 .down_bytes_s = members.values("link", "down_bytes_s"),
                 .latency_s = members.values("link", "latency_s")};
  device.idle_w = members.number("idle_w", 0, 1e6, true);
  device.active_w = members.number("active_w", 0, 1e6, true);
  device.link_j_byte = members.number("link_j_byte", 0, 1, true);
  device.measured_unix_s =
      static_cast<std::int64_t>(members.number("measured_unix_s", 0, 1e12, true));
  if (members.error) return std::unexpected(*members.error);
  return device;
}

std::vector<Kappas> filled_kappas(const std::vector<Kappas>& known,
                                  std::span<const Runtime> runtimes) {
  const std::vector<Kappas> of_all = fitted(known);
  std::vector<Kappas> filled = known;
  for (const Runtime runtime : kAllRuntimes) {
    std::vector<Kappas> alike(known.size());
    for (std::size_t v = 0; v < known.size(); ++v) {
      if (class_of(runtimes[v]) == runtime) alike[v] = known[v];
    }
    const std::vector<Kappas> of_alike = fitted(alike);
    for (std::size_t v = 0; v < known.size(); ++v) {
      if (class_of(runtimes[v]) != runtime) continue;
      for (std::size_t s = 0; s < filled[v].size(); ++s) {
        if (filled[v][s]) continue;
        filled[v][s] = any_known(known[v]) && of_alike[v][s] ? of_alike[v][s] : of_all[v][s];
      }
    }
  }
  return filled;
}

}  // namespace ionloom::sites
