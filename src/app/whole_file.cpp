#include "app/whole_file.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/core.h>

namespace ionloom::app {

Result<std::string> read_whole_file(const std::filesystem::path& path, std::string_view expected) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return data_error(path.string(), fmt::format("this is a folder; expected {}", expected));
  }
  if (!file) return data_error(path.string(), "cannot be opened (no such file, or not readable)");
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return data_error(path.string(), "cannot be read to its end");
  return content;
}

}  // namespace ionloom::app
