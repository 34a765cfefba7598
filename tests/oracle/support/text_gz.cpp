#include "oracle/support/text_gz.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <zlib.h>

namespace ionloom::oracle {

std::string read_text_gz(const std::filesystem::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw std::runtime_error(fmt::format("{}: cannot be opened", path.string()));
  std::string text;
  std::array<char, 1 << 16> block;
  int got = 0;
  // zlib passes a plain file through as it is.
  while ((got = gzread(file.get(), block.data(), block.size())) > 0) {
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  int problem = Z_OK;
  const char* const message = gzerror(file.get(), &problem);
  if (got < 0 || (problem != Z_OK && problem != Z_STREAM_END)) {
    throw std::runtime_error(fmt::format("{}: damaged: {}", path.string(), message));
  }
  return text;
}

}  // namespace ionloom::oracle
