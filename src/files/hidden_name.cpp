#include "files/hidden_name.h"

#include <fmt/core.h>
#include <unistd.h>

namespace ionloom::files {
namespace {

/// Leaves room for the dots, the purpose and the process's number.
constexpr std::size_t kMostNameBytes = 200;

}  // namespace

std::string hidden_prefix(const std::filesystem::path& path, std::string_view purpose) {
  return fmt::format(".{}.{}-", path.filename().string().substr(0, kMostNameBytes), purpose);
}

std::filesystem::path hidden_sibling(const std::filesystem::path& path, std::string_view purpose) {
  return path.parent_path() / fmt::format("{}{}", hidden_prefix(path, purpose), ::getpid());
}

}  // namespace ionloom::files
