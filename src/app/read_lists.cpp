#include "app/read_lists.h"

#include <set>
#include <string>

#include <fmt/core.h>

#include "app/input_files.h"
#include "app/whole_file.h"
#include "chem/utf8_text.h"

namespace ionloom::app {
namespace {

void add_all(const Warnings& more, Warnings& warnings) {
  for (const Warning& warning : more.list()) {
    warnings.add(warning.text, warning.text, warning.count);
  }
}

}  // namespace

Result<ReadLists> read_lists(const std::vector<std::filesystem::path>& paths,
                             bool right_compositions, Warnings& warnings) {
  ReadLists read;
  std::set<std::string> names;
  for (const std::filesystem::path& path : paths) {
    const auto content = read_whole_file(path, "a molecule list");
    if (!content) return std::unexpected(content.error());
    const std::string stem = chem::as_utf8(path.stem().string());
    std::string name = stem;
    for (int n = 2; !names.insert(name).second; ++n) name = fmt::format("{}-{}", stem, n);
    auto list = chem::parse_molecule_list(*content, name, path.string());
    if (!list) return std::unexpected(list.error());
    add_all(list->warnings, warnings);
    if (!right_compositions) add_all(list->misreadings, warnings);
    read.lists.push_back(std::move(*list));
    auto file = input_file("molecules", path, *content);
    if (!file) return std::unexpected(file.error());
    read.files.push_back(std::move(*file));
  }
  return read;
}

}  // namespace ionloom::app
