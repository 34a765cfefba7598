#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace ionloom::geds {

/// What a caller may do.
struct Rights {
  bool call = false;         ///< use the service at all
  bool see_secrets = false;  ///< be told the keys of S3 stores
};

/// Who may do what, by bearer token. Without tokens everybody may do everything, as in plain GEDS.
class AccessList {
 public:
  AccessList() = default;

  /// Reads a file of one token a line; the word "secrets" behind a token gives the right to S3
  /// keys. Empty lines and lines that begin with '#' are skipped. kData when there is no token in
  /// it.
  [[nodiscard]] static Result<AccessList> read(const std::filesystem::path& path);

  /// @param authorization value of the call's "authorization" metadata, "" when it has none
  [[nodiscard]] Rights rights_of(std::string_view authorization) const;

  /// The same for a token by itself.
  [[nodiscard]] Rights rights_of_token(std::string_view token) const;

  /// Whether tokens are asked for.
  [[nodiscard]] bool closed() const { return !tokens_.empty(); }

 private:
  std::map<std::string, bool, std::less<>> tokens_;  ///< whether the token may see secrets
};

}  // namespace ionloom::geds
