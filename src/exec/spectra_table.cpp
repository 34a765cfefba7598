#include "exec/spectra_table.h"

#include <algorithm>
#include <cstdint>

namespace ionloom::exec {
namespace {

std::uint8_t type_of(const imzml::ArrayLocation& array) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(array.type) +
                                   (array.zlib ? tasks::kZlib : 0));
}

}  // namespace

tasks::SpectraTable spectra_table(const imzml::Dataset& dataset) {
  tasks::SpectraTable table;
  const bool is_compressed = std::ranges::any_of(dataset.spectra, [](const auto& spectrum) {
    return spectrum.mz.zlib || spectrum.intensity.zlib;
  });
  for (const imzml::Spectrum& spectrum : dataset.spectra) {
    table.mz_offset.push_back(spectrum.mz.offset_bytes);
    table.intensity_offset.push_back(spectrum.intensity.offset_bytes);
    table.length.push_back(spectrum.mz.length);
    table.x.push_back(spectrum.x);
    table.y.push_back(spectrum.y);
    table.mz_type.push_back(type_of(spectrum.mz));
    table.intensity_type.push_back(type_of(spectrum.intensity));
    if (!is_compressed) continue;
    table.mz_bytes.push_back(spectrum.mz.encoded_bytes);
    table.intensity_bytes.push_back(spectrum.intensity.encoded_bytes);
  }
  return table;
}

}  // namespace ionloom::exec
