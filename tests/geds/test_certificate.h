#pragma once

#include <filesystem>

#include "geds/server_security.h"

namespace ionloom::geds {

/// A fresh key and a certificate for 127.0.0.1, signed by itself, in files of this folder. Who
/// trusts `certificate` as an authority trusts the server.
[[nodiscard]] ServerIdentity make_test_identity(const std::filesystem::path& folder,
                                                const char* address = "IP:127.0.0.1");

}  // namespace ionloom::geds
