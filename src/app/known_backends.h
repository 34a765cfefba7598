#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/backend.h"

namespace ionloom::app {

/// The backend of a name that ships, or of a file (a name with a '/' or that ends in ".json").
/// Fails (kUsage) for another name, with those that exist; and as plan::read_backend().
[[nodiscard]] Result<plan::Backend> find_backend(const std::string& name);

}  // namespace ionloom::app
