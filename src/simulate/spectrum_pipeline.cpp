#include "simulate/spectrum_pipeline.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

#include <tbb/info.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

namespace ionloom::simulate {
namespace {

constexpr std::size_t kBatchSpectra = 64;

/// Some consecutive spectra on their way from generation to the file.
struct Batch {
  std::size_t first = 0;
  std::size_t count = 0;
  std::vector<SimulatedSpectrum> spectra;
  IonPixelCounts counts;
};

void add_counts(IonPixelCounts& total, const IonPixelCounts& part) {
  for (std::size_t i = 0; i < total.size(); ++i) {
    for (std::size_t k = 0; k < kIsotopePeaks; ++k) total[i][k] += part[i][k];
  }
}

/// Generates in parallel, writes in order. At most `tokens` batches are alive at once.
class SpectrumPipeline {
 public:
  SpectrumPipeline(const DatasetModel& model, const SimulateCallbacks& callbacks,
                   ImzmlWriter& writer)
      : model_(model), callbacks_(callbacks), writer_(writer), totals_(model.planted.ions.size()) {}

  Result<IonPixelCounts> run(unsigned threads) {
    const std::size_t tokens = 2 * static_cast<std::size_t>(threads);
    ring_.resize(tokens);
    const int cores = tbb::info::default_concurrency();
    tbb::task_arena arena(std::min(static_cast<int>(threads), cores));
    arena.execute([&] {
      const auto begin = tbb::make_filter<void, Batch*>(
          tbb::filter_mode::serial_in_order,
          [&](tbb::flow_control& control) { return next_batch(control); });
      const auto generate = tbb::make_filter<Batch*, Batch*>(
          tbb::filter_mode::parallel, [&](Batch* batch) { return filled(batch); });
      const auto write = tbb::make_filter<Batch*, void>(tbb::filter_mode::serial_in_order,
                                                        [&](Batch* batch) { write_batch(*batch); });
      tbb::parallel_pipeline(tokens, begin & generate & write);
    });
    if (!outcome_) return std::unexpected(std::move(outcome_.error()));
    return std::move(totals_);
  }

 private:
  /// A batch is written before its place in the ring is reused: no more than ring-size are in
  /// flight, and the last filter is in order.
  Batch* next_batch(tbb::flow_control& control) {
    const std::size_t total = model_.tissue.pixels.size();
    if (next_ >= total || stopped_.load()) {
      control.stop();
      return nullptr;
    }
    Batch* batch = &ring_[(next_ / kBatchSpectra) % ring_.size()];
    batch->first = next_;
    batch->count = std::min(kBatchSpectra, total - next_);
    next_ += batch->count;
    return batch;
  }

  Batch* filled(Batch* batch) {
    batch->spectra.resize(kBatchSpectra);
    batch->counts.assign(model_.planted.ions.size(), {});
    for (std::size_t i = 0; i < batch->count && !stopped_.load(); ++i) {
      simulate_spectrum(model_, batch->first + i, batch->spectra[i], batch->counts);
    }
    return batch;
  }

  void write_batch(const Batch& batch) {
    if (stopped_.load()) return;
    for (std::size_t i = 0; i < batch.count; ++i) {
      if (callbacks_.cancelled && callbacks_.cancelled()) {
        return stop(fail(ErrorCode::kInterrupted, {}, "stopped on request; nothing was written"));
      }
      const std::uint32_t pixel = model_.tissue.pixels[batch.first + i];
      const SimulatedSpectrum& spectrum = batch.spectra[i];
      Result<void> done = writer_.append(model_.tissue.x(pixel) + 1, model_.tissue.y(pixel) + 1,
                                         spectrum.mz, spectrum.intensity);
      if (!done) return stop(std::unexpected(std::move(done.error())));
    }
    add_counts(totals_, batch.counts);
    if (callbacks_.progress) {
      callbacks_.progress(batch.first + batch.count, model_.tissue.pixels.size());
    }
  }

  void stop(std::unexpected<Error> error) {
    outcome_ = std::move(error);
    stopped_.store(true);
  }

  const DatasetModel& model_;
  const SimulateCallbacks& callbacks_;
  ImzmlWriter& writer_;
  IonPixelCounts totals_;
  std::vector<Batch> ring_;
  std::size_t next_ = 0;
  std::atomic<bool> stopped_ = false;
  Result<void> outcome_;
};

}  // namespace

Result<IonPixelCounts> write_spectra(const DatasetModel& model, ImzmlWriter& writer,
                                     unsigned threads, const SimulateCallbacks& callbacks) {
  return SpectrumPipeline(model, callbacks, writer).run(threads);
}

}  // namespace ionloom::simulate
