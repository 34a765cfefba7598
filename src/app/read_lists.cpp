#include "app/read_lists.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <system_error>

#include <fmt/core.h>

namespace ionloom::app {
namespace {

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return data_error(path.string(), "this is a folder; expected a molecule list");
  }
  if (!file) return data_error(path.string(), "cannot be opened (no such file, or not readable)");
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return data_error(path.string(), "cannot be read to its end");
  return content;
}

}  // namespace

Result<std::vector<chem::MoleculeList>> read_lists(const std::vector<std::filesystem::path>& paths,
                                                   Warnings& warnings) {
  std::vector<chem::MoleculeList> lists;
  std::set<std::string> names;
  for (const std::filesystem::path& path : paths) {
    const auto content = read_file(path);
    if (!content) return std::unexpected(content.error());
    std::string name = path.stem().string();
    for (int n = 2; !names.insert(name).second; ++n)
      name = fmt::format("{}-{}", path.stem().string(), n);
    auto list = chem::parse_molecule_list(*content, name, path.string());
    if (!list) return std::unexpected(list.error());
    for (const Warning& warning : list->warnings.list()) {
      warnings.add(warning.text, warning.text, warning.count);
    }
    lists.push_back(std::move(*list));
  }
  return lists;
}

}  // namespace ionloom::app
