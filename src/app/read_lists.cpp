#include "app/read_lists.h"

#include <set>
#include <string>

#include <fmt/core.h>

#include "app/whole_file.h"

namespace ionloom::app {
Result<std::vector<chem::MoleculeList>> read_lists(const std::vector<std::filesystem::path>& paths,
                                                   Warnings& warnings) {
  std::vector<chem::MoleculeList> lists;
  std::set<std::string> names;
  for (const std::filesystem::path& path : paths) {
    const auto content = read_whole_file(path, "a molecule list");
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
