#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/warnings.h"
#include "chem/molecule_list.h"
#include "report/run_record.h"

namespace ionloom::app {

/// Molecule lists, and the files that they were read from.
struct ReadLists {
  std::vector<chem::MoleculeList> lists;
  std::vector<report::InputFile> files;  ///< one a list
};

/// Reads molecule lists, each file once: it may be a pipe. A list is named after its file's stem;
/// equal stems get a number ("hmdb", "hmdb-2"), so that results can tell the lists apart. What is
/// odd but accepted goes to `warnings`, and unless `right_compositions` (see stages::IonSettings)
/// also what METASPACE misreads. Fails (kData) for the first file that cannot be read or is no
/// molecule list.
[[nodiscard]] Result<ReadLists> read_lists(const std::vector<std::filesystem::path>& paths,
                                           bool right_compositions, Warnings& warnings);

}  // namespace ionloom::app
