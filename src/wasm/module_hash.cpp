#include "wasm/module_hash.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/core.h>
#include <openssl/sha.h>

namespace ionloom::wasm {

std::string module_sha256(std::span<const std::byte> module) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(module.data()), module.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

Result<void> check_module_sha256(std::span<const std::byte> module, const std::string& name,
                                 const std::string& expected) {
  const std::string found = module_sha256(module);
  const bool equal = std::ranges::equal(found, expected, [](char one, char other) {
    return one == std::tolower(static_cast<unsigned char>(other));
  });
  if (equal) return {};
  return data_error(name, fmt::format("its SHA-256 is {}, expected {}", found, expected));
}

}  // namespace ionloom::wasm
