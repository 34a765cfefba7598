#pragma once

#include <string>

#include "geds/status.h"
#include "store/failure.h"

namespace ionloom::geds {

/// The store's failure as an answer of the protocol.
[[nodiscard]] Status to_status(const store::Failure& failure);

/// The reverse. @param where the object, "bucket/key"
[[nodiscard]] store::Failure to_failure(const Status& status, std::string where);

}  // namespace ionloom::geds
