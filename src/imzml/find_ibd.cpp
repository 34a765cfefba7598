#include "imzml/find_ibd.h"

#include <algorithm>
#include <ranges>
#include <string>
#include <vector>

#include <fmt/core.h>

namespace ionloom::imzml {
namespace {

/// Other .ibd files that the message names at most.
constexpr std::ptrdiff_t kMostNamed = 3;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// Names of the folder's .ibd files, sorted so that the choice repeats.
std::vector<std::string> ibd_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    const std::filesystem::path name = entry->path().filename();
    if (lower(name.extension().string()) == ".ibd" && entry->is_regular_file(unknown)) {
      names.push_back(name.string());
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

Result<std::filesystem::path> find_ibd(const std::filesystem::path& imzml_path) {
  std::filesystem::path exact = std::filesystem::path(imzml_path).replace_extension(".ibd");
  std::error_code error;
  if (std::filesystem::is_regular_file(exact, error)) return exact;

  const std::filesystem::path folder = imzml_path.parent_path();
  const std::vector<std::string> names = ibd_names(folder.empty() ? "." : folder);
  const auto same_stem = std::ranges::find_if(
      names, [&](const std::filesystem::path& name) { return name.stem() == exact.stem(); });
  if (same_stem != names.end()) return folder / *same_stem;
  const auto same_letters = std::ranges::find_if(names, [&](const std::string& name) {
    return lower(name) == lower(exact.filename().string());
  });
  if (same_letters != names.end()) return folder / *same_letters;

  std::string there;
  for (const std::string& name : names | std::views::take(kMostNamed)) {
    there += (there.empty() ? "; the folder holds " : ", ") + name;
  }
  return data_error(
      imzml_path.string(),
      fmt::format("no {} beside it (looked for it in any case){}. An imzML and its .ibd belong "
                  "into one folder, under one name",
                  exact.filename().string(), there));
}

}  // namespace ionloom::imzml
