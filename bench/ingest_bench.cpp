#include "bench/kernels.h"
#include "bench/opened_dataset.h"

namespace ionloom::bench {
namespace {

/// Reading the imzML: XML to a table of spectra and pixels.
void open_imzml(benchmark::State& state, const std::filesystem::path& path) {
  Result<OpenedDataset> opened = open(path);
  if (value_or_skip(state, opened) == nullptr) return;
  measure(state, static_cast<double>(opened->dataset.spectra.size()), [&] { opened = open(path); });
}

/// Reading all peaks from the page cache and putting them in order of m/z.
void ingest(benchmark::State& state, const std::filesystem::path& path, const Exchange* exchange) {
  Result<OpenedDataset> opened = open(path);
  if (value_or_skip(state, opened) == nullptr) return;
  Result<exec::PeakStore> ingested = ingest_on_one_thread(*opened);  // fills the page cache
  if (value_or_skip(state, ingested) == nullptr) return;
  measure(state, static_cast<double>(ingested->size()), [&] {
    *ingested = {};  // the memory goes back first, as between two runs
    ingested = ingest_on_one_thread(*opened);
  });
  if (exchange == nullptr) return;
  std::vector<double> mz;
  std::vector<float> intensity;
  for (const imaging::Peak& peak : peaks_of(*ingested)) {
    mz.push_back(peak.mz);
    intensity.push_back(peak.intensity);
  }
  exchange->numbers<double>("ingest_mz.f64", mz);
  exchange->numbers<float>("ingest_intensity.f32", intensity);
}

}  // namespace

void add_ingest(const Inputs& inputs) {
  for (const std::filesystem::path& path : inputs.datasets) {
    const std::string name = path.stem().string();
    const bool first = &path == &inputs.datasets.front();
    benchmark::RegisterBenchmark(("open/" + name).c_str(),
                                 [path](benchmark::State& state) { open_imzml(state, path); });
    benchmark::RegisterBenchmark(("ingest/" + name).c_str(),
                                 [&inputs, path, first](benchmark::State& state) {
                                   ingest(state, path, first ? &inputs.exchange : nullptr);
                                 });
  }
}

}  // namespace ionloom::bench
