#include "app/placement_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/joined.h"
#include "app/whole_file.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::json;

/// Shares as people write them, "0.33", add up to 1 nearly.
constexpr double kRounding = 0.01;

std::vector<std::string> names_of(const std::vector<sites::Site>& sites) {
  std::vector<std::string> names(sites.size());
  std::ranges::transform(sites, names.begin(), &sites::Site::name);
  return names;
}

Result<double> share_of(const Json& site, const char* key, const std::string& place) {
  const auto found = site.find(key);
  if (found == site.end()) return 0.0;
  if (found->is_number() && found->get<double>() >= 0 && found->get<double>() <= 1 + kRounding) {
    return found->get<double>();
  }
  return data_error(place,
                    fmt::format("{} is {}; expected a share from 0 to 1", key, found->dump()));
}

Result<void> make_whole(std::vector<double>& shares, const char* stage, const std::string& path) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (std::abs(sum - 1) > kRounding) {
    return data_error(path,
                      fmt::format("the shares of {} add up to {:.3g}; expected 1", stage, sum));
  }
  for (double& share : shares) share /= sum;
  return {};
}

/// How many sites make patterns, and how many rank.
struct Makers {
  int patterns = 0;
  int rank = 0;
};

/// Takes what a member of "sites" says.
Result<void> take_site(const Json& told, const std::vector<std::string>& names,
                       const std::string& path, sites::Placement& placement, Makers& makers) {
  const auto named = told.find("site");
  const std::string name =
      named != told.end() && named->is_string() ? named->get<std::string>() : "";
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    return data_error(path, fmt::format("site \"{}\" is not one of {}", name, joined(names, ", ")));
  }
  const auto at = static_cast<std::size_t>(found - names.begin());
  const std::string place = fmt::format("{}: site \"{}\"", path, name);
  const auto ingest = share_of(told, "ingest", place);
  const auto annotate = share_of(told, "annotate", place);
  if (!ingest) return std::unexpected(ingest.error());
  if (!annotate) return std::unexpected(annotate.error());
  placement.ingest[at] = *ingest;
  placement.annotate[at] = *annotate;
  if (told.value("patterns", Json(false)) == Json(true)) {
    placement.patterns = at;
    ++makers.patterns;
  }
  if (told.value("rank", Json(false)) == Json(true)) {
    placement.rank = at;
    ++makers.rank;
  }
  return {};
}

}  // namespace

Result<sites::Placement> read_placement(const std::string& path,
                                        const std::vector<sites::Site>& sites, std::size_t source) {
  const auto text = read_whole_file(path, "a placement");
  if (!text) return std::unexpected(text.error());
  Json json = Json::parse(*text, nullptr, false);
  if (json.is_object() && json.contains("plan")) json = Json(json["plan"]);
  if (!json.is_object() || !json.contains("sites") || !json["sites"].is_array()) {
    return data_error(path,
                      "is no placement: expected what ionloom plan --sites --json prints, or its "
                      "\"runner_up\"");
  }
  const std::vector<std::string> names = names_of(sites);
  sites::Placement placement{.ingest = std::vector<double>(sites.size()),
                             .annotate = std::vector<double>(sites.size()),
                             .rank = source,
                             .is_packed = json.value("packed", Json(false)) == Json(true),
                             .windows_only = json.value("windows_only", Json(false)) == Json(true)};
  Makers makers;
  for (const Json& told : json["sites"]) {
    if (!told.is_object()) return data_error(path, "a member of \"sites\" is no object");
    if (auto taken = take_site(told, names, path, placement, makers); !taken) {
      return std::unexpected(taken.error());
    }
  }
  if (makers.patterns != 1) {
    return data_error(
        path, fmt::format("{} sites have \"patterns\": true; expected one", makers.patterns));
  }
  if (makers.rank > 1) {
    return data_error(path, fmt::format("{} sites have \"rank\": true; expected one", makers.rank));
  }
  if (auto whole = make_whole(placement.ingest, "ingest", path); !whole) {
    return std::unexpected(whole.error());
  }
  if (auto whole = make_whole(placement.annotate, "annotate", path); !whole) {
    return std::unexpected(whole.error());
  }
  return placement;
}

}  // namespace ionloom::app
