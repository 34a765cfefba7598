#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "sites/best_placements.h"

namespace ionloom::app {

/// What a sites file says (docs/formats/sites.md).
struct SitesFile {
  std::vector<sites::Site> sites{};       ///< 1 to sites::kMostSites; missing kappas are filled
  std::vector<sites::Kappas> measured{};  ///< of each site, before they were filled
  std::size_t source = 0;                 ///< where the dataset lies
  std::size_t results = 0;                ///< where results are wanted
};

/// Reads a TOML file. A device is one that ionloom devices knows, or a record's file beside this
/// one. Fails for anything that is not what the format says: the error names line and key.
[[nodiscard]] Result<SitesFile> read_sites(const std::filesystem::path& path);

}  // namespace ionloom::app
