#pragma once

#include <filesystem>
#include <ostream>

#include "base/error.h"

namespace ionloom::app {

struct InfoOptions {
  std::filesystem::path dataset;
  bool strict = false;
  bool json = false;
};

/// `ionloom info`: prints what is in a dataset, without annotating it.
[[nodiscard]] Result<void> run_info(const InfoOptions& options, std::ostream& out);

}  // namespace ionloom::app
