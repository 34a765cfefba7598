#pragma once

#include <filesystem>
#include <ostream>

#include "base/error.h"

namespace ionloom::app {

struct InfoOptions {
  std::filesystem::path dataset;
  bool strict = false;  ///< refuse a wrong or missing UUID or checksum
  bool json = false;
};

/// `ionloom info`: prints what is in a dataset, without annotating it. Reads the whole .ibd, for
/// its checksum and its peaks. Fails where `annotate` would: a dataset that cannot be opened prints
/// nothing; one with unreadable spectra is described, with its faults, before the failure.
[[nodiscard]] Result<void> run_info(const InfoOptions& options, std::ostream& out);

}  // namespace ionloom::app
