#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "sites/placement.h"

namespace ionloom::app {

/// A placement as `ionloom plan --sites --json` prints it (docs/formats/plan.md): its "plan", or a
/// file with one such object alone, such as "runner_up". Of a site "ingest", "annotate" and
/// "patterns" and "rank" count, of the object "packed" and "windows_only"; estimates in it do not.
/// Where no site has "rank", the source ranks.
/// Fails (kData) when the file is no such thing, names a site that is not there, or shares do not
/// add up to 1: the error names the member.
[[nodiscard]] Result<sites::Placement> read_placement(const std::string& path,
                                                      const std::vector<sites::Site>& sites,
                                                      std::size_t source);

}  // namespace ionloom::app
