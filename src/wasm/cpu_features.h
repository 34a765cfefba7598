#pragma once

#include <string>

namespace ionloom::wasm {

/// What of this processor compiled code may depend on: architecture and feature bits, as text.
/// Equal on two machines only when code compiled on one runs on the other.
[[nodiscard]] std::string cpu_features();

}  // namespace ionloom::wasm
