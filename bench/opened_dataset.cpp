#include "bench/opened_dataset.h"

#include <tbb/task_arena.h>

#include "exec/annotation_run.h"

namespace ionloom::bench {
namespace {

class NoProgress final : public exec::Progress {
 public:
  void begin(std::string_view /*stage*/, std::string_view /*unit*/,
             std::uint64_t /*total*/) override {}
  void advance(std::uint64_t /*units*/) override {}
  void end() override {}
  [[nodiscard]] bool cancelled() const override { return false; }
};

}  // namespace

Result<OpenedDataset> open(const std::filesystem::path& imzml) {
  auto dataset = imzml::open_dataset(imzml);
  if (!dataset) return std::unexpected(dataset.error());
  auto pixels = exec::index_dataset(*dataset);
  if (!pixels) return std::unexpected(pixels.error());
  return OpenedDataset{std::move(*dataset), std::move(*pixels)};
}

Result<exec::PeakStore> ingest_on_one_thread(const OpenedDataset& opened) {
  NoProgress progress;
  tbb::task_arena arena(1);
  return arena.execute(
      [&] { return exec::PeakStore::ingest(opened.dataset, opened.pixels, {}, 1, progress); });
}

imaging::PeakTable peaks_of(exec::PeakStore& store) {
  imaging::PeakTable table;
  const auto all = [&](std::size_t, std::vector<imaging::MzWindow>& windows) {
    windows.push_back({store.first_mz(), store.last_mz()});
  };
  const auto visited =
      store.visit(1, all, [&](imaging::PeakTable peaks, std::size_t, std::size_t) -> Result<void> {
        table = peaks;
        return {};
      });
  return visited ? table : imaging::PeakTable();
}

}  // namespace ionloom::bench
