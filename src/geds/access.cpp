#include "geds/access.h"

#include <cerrno>
#include <fstream>
#include <sstream>

#include <fmt/core.h>
#include <openssl/crypto.h>

#include "files/output_file.h"

namespace ionloom::geds {
namespace {

constexpr std::string_view kScheme = "Bearer ";

}  // namespace

Result<AccessList> AccessList::read(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return std::unexpected(files::file_error(path, "be read", errno));
  AccessList list;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line);
    std::string token;
    std::string right;
    if (!(words >> token) || token.front() == '#') continue;
    words >> right;
    if (!right.empty() && right != "secrets") {
      return data_error(fmt::format("{}:{}", path.string(), number),
                        "a line is a token, alone or followed by the word \"secrets\"");
    }
    list.tokens_[token] = right == "secrets";
  }
  if (list.tokens_.empty()) return data_error(path.string(), "there is no token in this file");
  return list;
}

Rights AccessList::rights_of(std::string_view authorization) const {
  if (tokens_.empty()) return {true, true};
  if (!authorization.starts_with(kScheme)) return {};
  return rights_of_token(authorization.substr(kScheme.size()));
}

Rights AccessList::rights_of_token(std::string_view token) const {
  if (tokens_.empty()) return {true, true};
  Rights rights;
  // Every token is compared, in a time that does not tell how much of it was right.
  for (const auto& [known, secrets] : tokens_) {
    if (known.size() == token.size() &&
        CRYPTO_memcmp(known.data(), token.data(), token.size()) == 0) {
      rights = {true, secrets};
    }
  }
  return rights;
}

}  // namespace ionloom::geds
