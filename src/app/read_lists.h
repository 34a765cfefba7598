#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/warnings.h"
#include "chem/molecule_list.h"

namespace ionloom::app {

/// Reads molecule lists. A list is named after its file's stem; equal stems get a number ("hmdb",
/// "hmdb-2"), so that results can tell the lists apart. What is odd but accepted goes to
/// `warnings`, and unless `right_compositions` (see stages::IonSettings) also what METASPACE
/// misreads. Fails (kData) for the first file that cannot be read or is no molecule list.
[[nodiscard]] Result<std::vector<chem::MoleculeList>> read_lists(
    const std::vector<std::filesystem::path>& paths, bool right_compositions, Warnings& warnings);

}  // namespace ionloom::app
