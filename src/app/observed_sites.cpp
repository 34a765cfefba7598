#include "app/observed_sites.h"

#include <algorithm>
#include <numeric>
#include <string>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/whole_file.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::json;

/// A number above 0; absent when the member is.
Result<std::optional<double>> number_of(const Json& site, const char* key, const std::string& place,
                                        double least) {
  const auto found = site.find(key);
  if (found == site.end()) return std::nullopt;
  if (found->is_number() && found->get<double>() >= least) return found->get<double>();
  return data_error(
      place, fmt::format("{} is {}; expected a number from {:g} on", key, found->dump(), least));
}

Result<void> take_site(const std::string& name, const Json& told, const SitesFile& file,
                       const std::string& path, ObservedSites& observed) {
  const auto found = std::ranges::find(file.sites, name, &sites::Site::name);
  const std::string place = fmt::format("{}: sites.{}", path, name);
  if (found == file.sites.end() || !told.is_object()) {
    return data_error(place, found == file.sites.end() ? "is no site" : "is no object");
  }
  const auto at = static_cast<std::size_t>(found - file.sites.begin());
  constexpr double kLeastSlowness = 1e-6;
  constexpr double kLeastLink_bytes_s = 1;
  const auto slowness = number_of(told, "slowness", place, kLeastSlowness);
  const auto link = number_of(told, "link_bytes_s", place, kLeastLink_bytes_s);
  const auto ingested = number_of(told, "ingested", place, 0);
  for (const auto* read : {&slowness, &link, &ingested}) {
    if (!*read) return std::unexpected(read->error());
  }
  observed.sites[at] = {.is_there = told.value("is_there", Json(true)) == Json(true),
                        .slowness = slowness->value_or(1),
                        .link_bytes_s = *link};
  if (*ingested) {
    observed.ingested.resize(file.sites.size());
    observed.ingested[at] = **ingested;
  }
  return {};
}

}  // namespace

Result<ObservedSites> read_observed(const std::filesystem::path& path, const SitesFile& file) {
  const auto text = read_whole_file(path, "what a run has seen of sites");
  if (!text) return std::unexpected(text.error());
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("sites") || !json["sites"].is_object()) {
    return data_error(path.string(), "has no object \"sites\"");
  }
  ObservedSites observed;
  observed.sites.resize(file.sites.size());
  observed.is_packed = json.value("packed", Json(false)) == Json(true);
  for (const auto& [name, told] : json["sites"].items()) {
    if (auto taken = take_site(name, told, file, path.string(), observed); !taken) {
      return std::unexpected(taken.error());
    }
  }
  const double sum = std::accumulate(observed.ingested.begin(), observed.ingested.end(), 0.0);
  if (!observed.ingested.empty() && !(sum > 0)) {
    return data_error(path.string(), "ingested is 0 at all sites");
  }
  for (double& share : observed.ingested) share /= sum;
  return observed;
}

void apply(const ObservedSites& observed, SitesFile& file) {
  for (std::size_t i = 0; i < file.sites.size(); ++i) {
    sites::DeviceRecord& device = file.sites[i].device;
    const ObservedSite& seen = observed.sites[i];
    sites::slow_down(file.sites[i], seen.slowness);
    if (!seen.is_there) device.memory_bytes = 0;
    if (!seen.link_bytes_s) continue;
    for (sites::RecentValues* rates : {&device.link.up_bytes_s, &device.link.down_bytes_s}) {
      *rates = {};
      rates->add(*seen.link_bytes_s);
    }
  }
}

}  // namespace ionloom::app
