#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ionloom::simulate {

/// What a test wants to know of an imzML, read with expat and nothing of the writer's.
struct ParsedImzml {
  struct Array {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t encoded_bytes = 0;
  };
  struct Spectrum {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    double tic = 0;
    double lowest_mz = 0;
    double highest_mz = 0;
    Array mz;
    Array intensity;
  };
  std::string error;  ///< empty when the XML is well-formed
  std::uint64_t declared_spectra = 0;
  std::map<std::string, std::string> terms;  ///< accession -> value, outside of spectra
  std::vector<Spectrum> spectra;
};

[[nodiscard]] ParsedImzml parse_imzml(const std::filesystem::path& path);

/// SHA-1 of a file's bytes, lower-case hex.
[[nodiscard]] std::string sha1_of(const std::string& bytes);

}  // namespace ionloom::simulate
