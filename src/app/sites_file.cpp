#include "app/sites_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/core.h>

// The parser without exceptions: a fault is a value here.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "app/joined.h"
#include "app/known_devices.h"
#include "app/nearest_name.h"
#include "app/whole_file.h"
#include "base/units.h"

namespace ionloom::app {
namespace {

constexpr double kGigabyte = 1e9;
constexpr double kHour_s = 3600;
/// What Lithops takes to begin a call on a machine that is up, and to tell of its end.
constexpr double kUsualCall_s = 0.6;
constexpr double kUsualStart_s = 2;

/// Reads one table key by key; after the first fault, the others read as nothing.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string place)
      : table_(table), place_(std::move(place)) {}

  std::string text(std::string_view key, bool is_required) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      if (is_required) complain(table_, fmt::format("has no \"{}\"", key));
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty()) complain(*node, fmt::format("{} is no text", key));
    return value.value_or("");
  }

  std::optional<double> number(std::string_view key, double least) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (value && *value >= least && *value < 1e15) return value;
    complain(*node, fmt::format("{} is not a number from {:g} on", key, least));
    return std::nullopt;
  }

  /// A key whose value is read elsewhere.
  void also(std::string_view key) { known_.emplace_back(key); }

  /// Complains of a key that was not read.
  void end() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::ranges::find(known_, name) != known_.end()) continue;
      const auto nearest = nearest_name(name, known_);
      complain(node, fmt::format("\"{}\" is not one of {}{}", name, joined(known_, ", "),
                                 nearest ? fmt::format("; did you mean {}?", *nearest) : ""));
    }
  }

  void complain(const toml::node& node, std::string what) {
    if (error) return;
    error = Error{ErrorCode::kData, fmt::format("{}, line {}", place_, node.source().begin.line),
                  std::move(what)};
  }

  std::optional<Error> error;

 private:
  const toml::table& table_;
  std::string place_;
  std::vector<std::string> known_;
};

/// The device of a site: a record's file beside the sites file, or a name.
Result<sites::DeviceRecord> device_of(const std::string& name, const std::filesystem::path& file) {
  if (!name.ends_with(".json")) return find_device(name);
  return find_device(
      (file.parent_path() / name).string().insert(0, file.has_parent_path() ? "" : "./"));
}

Result<sites::Site> read_site(const toml::table& table, const std::filesystem::path& file) {
  TableReader reader(table, file.string());
  sites::Site site;
  site.name = reader.text("name", true);
  const std::string device = reader.text("device", true);
  const auto cores = reader.number("cores", 1);
  const auto memory_gb = reader.number("memory_gb", 0.01);
  const auto up = reader.number("up_mbit_s", 1e-6);
  const auto down = reader.number("down_mbit_s", 1e-6);
  const auto latency_ms = reader.number("latency_ms", 0);
  site.price_s_usd = reader.number("price_hour_usd", 0).value_or(0) / kHour_s;
  site.price_byte_usd = reader.number("price_gb_out_usd", 0).value_or(0) / kGigabyte;
  site.start_up_s = reader.number("start_up_s", 0).value_or(kUsualStart_s);
  site.call_s = reader.number("call_s", 0).value_or(kUsualCall_s);
  reader.also("executor");
  reader.also("store");
  reader.end();
  if (reader.error) return std::unexpected(*reader.error);
  auto record = device_of(device, file);
  if (!record) return std::unexpected(record.error());
  site.device = std::move(*record);
  if (cores) site.device.cores = static_cast<std::uint32_t>(*cores);
  if (memory_gb) site.device.memory_bytes = static_cast<std::uint64_t>(*memory_gb * kGigabyte);
  const auto instead = [](std::optional<double> value, double unit, sites::RecentValues& seen) {
    if (!value) return;
    seen = {};
    seen.add(*value * unit);
  };
  instead(up, kMbit_bytes, site.device.link.up_bytes_s);
  instead(down, kMbit_bytes, site.device.link.down_bytes_s);
  instead(latency_ms, 1e-3, site.device.link.latency_s);
  return site;
}

/// A link that nobody has seen cannot be planned with.
std::optional<std::string> missing_link(const std::vector<sites::Site>& sites) {
  if (sites.size() == 1) return std::nullopt;
  for (const sites::Site& site : sites) {
    const sites::Uplink& link = site.device.link;
    if (!link.up_bytes_s.empty() && !link.down_bytes_s.empty()) continue;
    return fmt::format(
        "nothing is known of the link of site \"{}\": give up_mbit_s and down_mbit_s, or record "
        "them with ionloom devices add --up --down",
        site.name);
  }
  return std::nullopt;
}

std::optional<std::size_t> site_named(const std::vector<sites::Site>& sites,
                                      const std::string& name) {
  const auto found = std::ranges::find(sites, name, &sites::Site::name);
  if (found == sites.end()) return std::nullopt;
  return static_cast<std::size_t>(found - sites.begin());
}

void fill(SitesFile& file) {
  std::vector<sites::DeviceRecord> devices;
  for (const sites::Site& site : file.sites) {
    file.measured.push_back(site.device.kappas);
    devices.push_back(site.device);
  }
  fill_kappas(devices);
  for (std::size_t i = 0; i < devices.size(); ++i) file.sites[i].device.kappas = devices[i].kappas;
}

}  // namespace

Result<SitesFile> read_sites(const std::filesystem::path& path) {
  const auto text = read_whole_file(path, "a sites file");
  if (!text) return std::unexpected(text.error());
  const toml::parse_result parsed = toml::parse(*text, path.string());
  if (!parsed) {
    const toml::parse_error& fault = parsed.error();
    return data_error(fmt::format("{}, line {}", path.string(), fault.source().begin.line),
                      fmt::format("is no TOML: {}", fault.description()));
  }
  TableReader reader(parsed.table(), path.string());
  const std::string source = reader.text("source", false);
  const std::string results = reader.text("results", false);
  reader.also("site");
  reader.end();
  if (reader.error) return std::unexpected(*reader.error);
  SitesFile file;
  const toml::array* tables = parsed.table()["site"].as_array();
  if (tables == nullptr || tables->empty() || tables->size() > sites::kMostSites) {
    return data_error(path.string(),
                      fmt::format("has {} [[site]] tables; expected 1 to {}",
                                  tables == nullptr ? 0 : tables->size(), sites::kMostSites));
  }
  for (const toml::node& node : *tables) {
    if (!node.is_table()) return data_error(path.string(), "site is no table");
    auto site = read_site(*node.as_table(), path);
    if (!site) return std::unexpected(site.error());
    if (site_named(file.sites, site->name)) {
      return data_error(path.string(), fmt::format("has two sites named \"{}\"", site->name));
    }
    file.sites.push_back(std::move(*site));
  }
  if (const auto trouble = missing_link(file.sites)) return data_error(path.string(), *trouble);
  for (const auto& [name, into] : {std::pair{source, &file.source}, {results, &file.results}}) {
    if (name.empty()) continue;
    const auto found = site_named(file.sites, name);
    if (!found) {
      return data_error(path.string(),
                        fmt::format("{} is \"{}\", which is no site",
                                    into == &file.source ? "source" : "results", name));
    }
    *into = *found;
  }
  if (results.empty()) file.results = file.source;
  fill(file);
  return file;
}

}  // namespace ionloom::app
