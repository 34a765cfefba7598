#include "oracle/support/shared_folder.h"

#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

namespace ionloom::oracle {
namespace {

/// Another project's folder may be called shared/ too; ours holds this one.
bool holds_reference_results(const std::filesystem::path& folder) {
  return std::filesystem::is_directory(folder / "oracle");
}

}  // namespace

std::optional<std::filesystem::path> shared_path(std::string_view relative) {
  const char* const named = std::getenv("IONLOOM_SHARED");
  return shared_path_in(named == nullptr ? "" : named, IONLOOM_SHARED_FOLDER, relative);
}

std::optional<std::filesystem::path> shared_path_in(const std::filesystem::path& named,
                                                    const std::filesystem::path& beside,
                                                    std::string_view relative) {
  const std::filesystem::path& folder = named.empty() ? beside : named;
  if (!holds_reference_results(folder)) {
    if (named.empty()) return std::nullopt;
    throw std::runtime_error(
        fmt::format("IONLOOM_SHARED names {}, which has no folder oracle/", named.string()));
  }
  std::filesystem::path path = folder / relative;
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(fmt::format("{}: no such file or folder among the reference results",
                                         path.lexically_normal().string()));
  }
  return path;
}

}  // namespace ionloom::oracle
