#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "app/sites_file.h"
#include "base/error.h"

namespace ionloom::app {

/// What a run that is under way has seen of one site.
struct ObservedSite {
  bool is_there = true;                  ///< and does tasks
  double slowness = 1;                   ///< times as long as its record says, > 0
  std::optional<double> link_bytes_s{};  ///< that its link carries now, either way
};

/// The same of all sites, as the Python package writes it (docs/formats/sites.md).
struct ObservedSites {
  std::vector<ObservedSite> sites{};
  std::vector<double> ingested{};  ///< shares, adding up to 1; empty: ingest is not over
  bool is_packed = false;          ///< whether runs are packed
};

/// Reads a JSON file. Fails (kData) when it is no such thing or names a site that is not in the
/// sites file; the error names the member.
[[nodiscard]] Result<ObservedSites> read_observed(const std::filesystem::path& path,
                                                  const SitesFile& file);

/// Makes the sites what they were seen to be: one that is not there has no memory for any task.
void apply(const ObservedSites& observed, SitesFile& file);

}  // namespace ionloom::app
