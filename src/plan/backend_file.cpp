#include "plan/backend_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace ionloom::plan {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::array<std::string_view, 4> kBases = {"measured", "documented", "published",
                                                    "assumed"};

/// Reads figures one by one; after the first that is wrong, the others read as nothing.
class FigureReader {
 public:
  FigureReader(const Json& root, std::string_view where) : root_(root), where_(where) {}

  /// A text of an object, "" when it is missing.
  std::string text(const Json& object, const std::string& key, const std::string& place) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string() && !found->get<std::string>().empty()) {
      return found->get<std::string>();
    }
    complain(place + key, "is missing or no text");
    return {};
  }

  /// A number >= 0 with its origin. null is `unlimited`, if there is such a thing.
  double number(const Json& object, const std::string& key, const std::string& place,
                std::optional<double> unlimited = std::nullopt) {
    const Json* value = figure(object, key, place);
    if (value == nullptr) return 0;
    if (value->is_null() && unlimited) return *unlimited;
    if (value->is_number() && value->get<double>() >= 0) return value->get<double>();
    complain(place + key, fmt::format("is {}; expected a number that is not below 0{}",
                                      value->dump(), unlimited ? ", or null for no limit" : ""));
    return 0;
  }

  /// The value of a figure, its origin noted; nullptr when something is wrong with it.
  const Json* figure(const Json& object, const std::string& key, const std::string& place) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_object() || !found->contains("value")) {
      complain(place + key, "is missing, or no object with a value, basis and source");
      return nullptr;
    }
    FigureOrigin origin{.figure = place + key};
    origin.basis = text(*found, "basis", place + key + ".");
    if (std::ranges::find(kBases, origin.basis) == kBases.end()) {
      complain(place + key + ".basis",
               fmt::format("is \"{}\"; expected measured, documented, published or assumed",
                           origin.basis));
    }
    const std::string name = text(*found, "source", place + key + ".");
    const auto sources = root_.find("sources");
    if (sources == root_.end() || !sources->is_object() || !sources->contains(name) ||
        !(*sources)[name].is_object()) {
      complain(place + key + ".source", fmt::format("is \"{}\", which is not in sources", name));
      return nullptr;
    }
    const Json& source = (*sources)[name];
    origin.title = text(source, "title", "sources." + name + ".");
    origin.address = text(source, "address", "sources." + name + ".");
    origin.date = text(source, "date", "sources." + name + ".");
    origins.push_back(std::move(origin));
    return &(*found)["value"];
  }

  void complain(const std::string& place, std::string what) {
    if (!error)
      error = Error{ErrorCode::kData, fmt::format("{}: {}", where_, place), std::move(what)};
  }

  std::optional<Error> error;
  std::vector<FigureOrigin> origins;

 private:
  const Json& root_;
  std::string where_;
};

std::optional<BackendKind> kind_from(const std::string& name) {
  if (name == "functions") return BackendKind::kFunctions;
  if (name == "machines") return BackendKind::kMachines;
  if (name == "local") return BackendKind::kLocal;
  return std::nullopt;
}

/// One line of "classes": [MiB, CPUs, US dollars an hour beside the prices of memory and CPU].
std::optional<MemoryClass> class_from(const Json& line, double price_gb_s, double price_cpu_s) {
  const bool right = line.is_array() && line.size() == 3 &&
                     std::ranges::all_of(
                         line, [](const Json& v) { return v.is_number() && v.get<double>() >= 0; });
  if (!right || line[0].get<double>() < 1 || line[0].get<double>() > 1e9) return std::nullopt;
  constexpr double kMib = 1024.0 * 1024.0;
  const double bytes = line[0].get<double>() * kMib;
  const double cpus = line[1].get<double>();
  if (cpus <= 0) return std::nullopt;
  // Clouds count a GB-second as 2^30 bytes.
  return MemoryClass{.memory_bytes = static_cast<std::uint64_t>(bytes),
                     .cpus = cpus,
                     .price_s_usd = bytes / (1024 * kMib) * price_gb_s + cpus * price_cpu_s +
                                    line[2].get<double>() / 3600};
}

std::vector<MemoryClass> read_classes(FigureReader& reader, const Json& root) {
  const double price_gb_s = reader.number(root, "price_gb_s_usd", "");
  const double price_cpu_s = reader.number(root, "price_cpu_s_usd", "");
  std::vector<MemoryClass> classes;
  const Json* lines = reader.figure(root, "classes", "");
  if (lines == nullptr) return classes;
  if (!lines->is_array()) reader.complain("classes", "is no list");
  for (const Json& line : *lines) {
    const auto read = class_from(line, price_gb_s, price_cpu_s);
    if (!read) {
      reader.complain("classes",
                      fmt::format("has {}; expected [MiB, CPUs, dollars an hour]", line.dump()));
      return {};
    }
    classes.push_back(*read);
  }
  if (!std::ranges::is_sorted(classes, {}, &MemoryClass::memory_bytes)) {
    reader.complain("classes", "are not in the order of their memory");
  }
  return classes;
}

TierRates read_rates(FigureReader& reader, const Json& tier, const std::string& direction,
                     const std::string& place) {
  constexpr double kUnlimited = std::numeric_limits<double>::infinity();
  return {.latency_s = reader.number(tier, direction + "_latency_s", place),
          .task_bytes_s = reader.number(tier, direction + "_task_bytes_s", place, kUnlimited),
          .shared_bytes_s = reader.number(tier, direction + "_shared_bytes_s", place, kUnlimited),
          .shared_requests_s =
              reader.number(tier, direction + "_shared_requests_s", place, kUnlimited)};
}

std::vector<StorageTier> read_tiers(FigureReader& reader, const Json& root) {
  std::vector<StorageTier> tiers;
  const Json list = root.value("tiers", Json());
  if (!list.is_object() || list.empty()) reader.complain("tiers", "is missing or empty");
  for (const auto& [name, tier] : list.items()) {
    const std::string place = "tiers." + name + ".";
    tiers.push_back({.name = name,
                     .read = read_rates(reader, tier, "read", place),
                     .write = read_rates(reader, tier, "write", place),
                     .price_read_usd = reader.number(tier, "price_read_usd", place),
                     .price_write_usd = reader.number(tier, "price_write_usd", place)});
  }
  return tiers;
}

}  // namespace

Result<Backend> parse_backend(std::string_view text, std::string_view where) {
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded() || !root.is_object()) {
    return data_error(std::string(where), "is no JSON object; expected a backend of ionloom");
  }
  const Json version = root.value("ionloom_backend", Json());
  if (version != kVersion) {
    return data_error(std::string(where),
                      fmt::format("has \"ionloom_backend\": {}; this program reads version {}",
                                  version.dump(), kVersion));
  }
  FigureReader reader(root, where);
  constexpr double kUnlimited = std::numeric_limits<double>::infinity();
  Backend backend;
  backend.name = reader.text(root, "name", "");
  backend.title = reader.text(root, "title", "");
  backend.device = reader.text(root, "device", "");
  const auto kind = kind_from(reader.text(root, "kind", ""));
  if (!kind) reader.complain("kind", "is not functions, machines or local");
  backend.kind = kind.value_or(BackendKind::kLocal);
  backend.classes = read_classes(reader, root);
  if (backend.classes.empty() && backend.kind != BackendKind::kLocal) {
    reader.complain("classes", "is empty; only a local backend takes the machine's own");
  }
  backend.price_request_usd = reader.number(root, "price_request_usd", "");
  backend.least_billed_s = reader.number(root, "least_billed_s", "");
  backend.start_up_median_s = reader.number(root, "start_up_median_s", "");
  backend.start_up_spread_log = reader.number(root, "start_up_spread_log", "");
  backend.time_limit_s = reader.number(root, "time_limit_s", "", kUnlimited);
  backend.payload_limit_bytes = reader.number(root, "payload_limit_bytes", "", kUnlimited);
  backend.concurrency = reader.number(root, "concurrency", "", kUnlimited);
  backend.tiers = read_tiers(reader, root);
  if (reader.error) return std::unexpected(*reader.error);
  backend.origins = std::move(reader.origins);
  return backend;
}

Result<Backend> read_backend(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(path.string(), "cannot be opened; expected a backend's file");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_backend(text, path.string());
}

}  // namespace ionloom::plan
