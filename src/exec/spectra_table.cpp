#include "exec/spectra_table.h"

#include <cstdint>

namespace ionloom::exec {

Result<tasks::SpectraTable> spectra_table(const imzml::Dataset& dataset) {
  tasks::SpectraTable table;
  for (const imzml::Spectrum& spectrum : dataset.spectra) {
    if (spectrum.mz.zlib || spectrum.intensity.zlib) {
      return data_error(dataset.ibd_path.string(),
                        "its arrays are compressed, which tasks do not read: give neither --store "
                        "nor --runtime wasm, or export it without compression");
    }
    table.mz_offset.push_back(spectrum.mz.offset_bytes);
    table.intensity_offset.push_back(spectrum.intensity.offset_bytes);
    table.length.push_back(spectrum.mz.length);
    table.x.push_back(spectrum.x);
    table.y.push_back(spectrum.y);
    table.mz_type.push_back(static_cast<std::uint8_t>(spectrum.mz.type));
    table.intensity_type.push_back(static_cast<std::uint8_t>(spectrum.intensity.type));
  }
  return table;
}

}  // namespace ionloom::exec
