// One dataset, taken in whole and through runs on disk of several sizes: what a visit sees is the
// same.

#include "exec/peak_store.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "exec/annotation_run.h"
#include "exec/quiet_progress.h"
#include "exec/run_file.h"
#include "imzml/sample_dataset.h"

namespace ionloom::exec {
namespace {

using imaging::MzWindow;
using imaging::Peak;
using imzml::testing::SamplePixel;
using test_support::ScratchFolder;
using testing::QuietProgress;

/// 60 pixels with up to 300 peaks at few distinct m/z, some spectra not sorted.
std::vector<SamplePixel> pixels() {
  std::mt19937 random(3);
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < 60; ++i) {
    SamplePixel pixel{.x = i % 10 + 1, .y = i / 10 + 1, .mz = {}, .intensity = {}};
    const std::size_t peaks = random() % 300;
    for (std::size_t k = 0; k < peaks; ++k) {
      pixel.mz.push_back(100 + static_cast<double>(random() % 20'000) / 32.0);
      pixel.intensity.push_back(static_cast<double>(1 + random() % 100));
    }
    if (i % 7 != 0) std::ranges::sort(pixel.mz);
    pixels.push_back(pixel);
  }
  return pixels;
}

/// Opens the dataset above and takes it in.
struct Taken {
  explicit Taken(std::uint64_t capacity_peaks, std::uint32_t threads = 2)
      : dataset(imzml::open_dataset(written(folder, imzml::testing::sample(pixels()))).value()),
        index(index_dataset(dataset).value()),
        store(PeakStore::ingest(dataset, index,
                                {.capacity_peaks = capacity_peaks, .runs_folder = folder.path()},
                                threads, progress)
                  .value()) {}

  ScratchFolder folder;
  QuietProgress progress;
  imzml::Dataset dataset;
  stages::PixelIndex index;
  PeakStore store;
};

/// The peaks that a visit shows in each of many windows, which overlap and lie apart.
std::vector<std::vector<Peak>> seen(PeakStore& store, std::size_t& slices) {
  std::vector<MzWindow> windows;
  for (int i = 0; i < 400; ++i) windows.push_back({100 + 1.5 * i, 103 + 1.5 * i});
  std::vector<std::vector<Peak>> seen(windows.size());
  slices = 0;
  auto visited = store.visit(
      windows.size(),
      [&](std::size_t i, std::vector<MzWindow>& needed) {
        needed.push_back(windows[i]);
        needed.push_back({windows[i].lower + 40, windows[i].upper + 40});
      },
      [&](imaging::PeakTable peaks, std::size_t first, std::size_t last) -> Result<void> {
        ++slices;
        for (std::size_t i = first; i < last; ++i) {
          for (const double shift : {0.0, 40.0}) {
            const auto [from, to] = imaging::peaks_in_window(
                peaks, {windows[i].lower + shift, windows[i].upper + shift});
            seen[i].insert(seen[i].end(), peaks.begin() + static_cast<std::ptrdiff_t>(from),
                           peaks.begin() + static_cast<std::ptrdiff_t>(to));
          }
        }
        return {};
      });
  EXPECT_TRUE(visited) << visited.error().message();
  return seen;
}

bool same(const std::vector<std::vector<Peak>>& a, const std::vector<std::vector<Peak>>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return std::ranges::equal(x, y, [](const Peak& p, const Peak& q) {
      return p.mz == q.mz && p.intensity == q.intensity && p.pixel == q.pixel;
    });
  });
}

TEST(PeakStore, shows_the_same_peaks_from_memory_and_from_runs_of_any_size) {
  Taken whole(UINT64_MAX);
  EXPECT_EQ(whole.store.runs_on_disk(), 0U);
  std::size_t slices = 0;
  const auto expected = seen(whole.store, slices);
  EXPECT_EQ(slices, 1U);
  ASSERT_TRUE(std::ranges::any_of(expected, [](const auto& peaks) { return peaks.size() > 10; }));

  for (const std::uint64_t capacity : {500U, 1'000U, 4'000U}) {
    for (const std::uint32_t threads : {1U, 3U}) {
      Taken cut(capacity, threads);
      EXPECT_GT(cut.store.runs_on_disk(), 1U);
      EXPECT_TRUE(same(seen(cut.store, slices), expected)) << capacity;
      EXPECT_GT(slices, 1U);
      EXPECT_EQ(cut.store.size(), whole.store.size());
      EXPECT_EQ(cut.store.first_mz(), whole.store.first_mz());
      EXPECT_EQ(cut.store.last_mz(), whole.store.last_mz());
      EXPECT_EQ(cut.store.unsorted_spectra(), whole.store.unsorted_spectra());
      EXPECT_LE(cut.store.bytes_on_disk(), PeakStore::disk_bound_bytes(cut.dataset, capacity));
      EXPECT_GE(cut.store.bytes_on_disk() * 10,
                PeakStore::disk_bound_bytes(cut.dataset, capacity) * 7);
    }
  }
}

TEST(PeakStore, of_runs_counts_their_peaks_only_when_these_are_visited) {
  Taken whole(UINT64_MAX);
  std::size_t slices = 0;
  const auto expected = seen(whole.store, slices);
  std::vector<Peak> peaks;
  ASSERT_TRUE(whole.store.visit(
      1, [](std::size_t, std::vector<MzWindow>&) {},
      [&](imaging::PeakTable table, std::size_t, std::size_t) -> Result<void> {
        peaks.assign(table.begin(), table.end());
        return {};
      }));
  ASSERT_GT(peaks.size(), 4096U);
  std::atomic<std::uint64_t> read_bytes = 0;
  std::vector<std::shared_ptr<const RunReader>> runs;
  std::vector<RunReader> files;
  std::uint64_t run_bytes = 0;
  // Runs of consecutive spectra hold the peaks of their pixels.
  for (const auto& [first, last] : {std::pair(0U, 40U), std::pair(40U, 60U)}) {
    std::vector<Peak> own;
    std::ranges::copy_if(peaks, std::back_inserter(own), [&](const Peak& peak) {
      return peak.pixel >= first && peak.pixel < last;
    });
    files.push_back(
        write_run_file(whole.folder / ("run-" + std::to_string(first)), own, first, last).value());
  }
  for (const RunReader& file : files) {
    run_bytes += file.size_bytes();
    runs.push_back(std::make_shared<const RunReader>(
        "run", file.header(),
        std::vector<stages::RunIndexEntry>(file.index().begin(), file.index().end()),
        [&](std::uint64_t offset_bytes, std::span<std::byte> into) {
          read_bytes += into.size();
          return file.read_bytes(offset_bytes, into);
        }));
  }
  auto store = PeakStore::of_runs(std::move(runs), 0, 2'000);
  ASSERT_TRUE(store) << store.error().message();
  EXPECT_EQ(store->size(), whole.store.size());
  EXPECT_EQ(store->first_mz(), whole.store.first_mz());
  EXPECT_EQ(store->last_mz(), whole.store.last_mz());
  EXPECT_EQ(read_bytes, 2 * sizeof(double));
  EXPECT_TRUE(same(seen(*store, slices), expected));
  EXPECT_GT(slices, 1U);
  EXPECT_GT(read_bytes, run_bytes);
}

TEST(PeakStore, leaves_no_file_behind) {
  Taken cut(500);
  EXPECT_EQ(cut.folder.names(), (std::vector<std::string>{"brain.ibd", "brain.imzML"}));
}

TEST(PeakStore, says_when_one_item_needs_more_peaks_than_fit) {
  Taken cut(300);
  auto visited = cut.store.visit(
      1,
      [](std::size_t, std::vector<MzWindow>& windows) {
        windows.push_back({100, 700});
      },
      [](imaging::PeakTable, std::size_t, std::size_t) -> Result<void> {
        ADD_FAILURE() << "visited";
        return {};
      });
  ASSERT_FALSE(visited);
  EXPECT_EQ(visited.error().code, ErrorCode::kResource);
  EXPECT_NE(visited.error().what.find("--memory"), std::string::npos);
}

TEST(PeakStore, passes_on_what_fails_in_a_visit) {
  Taken cut(500);
  auto visited = cut.store.visit(
      3,
      [](std::size_t, std::vector<MzWindow>& windows) {
        windows.push_back({200, 201});
      },
      [](imaging::PeakTable, std::size_t, std::size_t) -> Result<void> {
        return data_error("here", "it failed");
      });
  ASSERT_FALSE(visited);
  EXPECT_EQ(visited.error().message(), "here: it failed");
}

TEST(PeakStore, stops_when_cancelled_and_leaves_no_file) {
  const ScratchFolder folder;
  const auto dataset =
      imzml::open_dataset(written(folder, imzml::testing::sample(pixels()))).value();
  const auto index = index_dataset(dataset).value();
  QuietProgress progress;
  progress.cancel_at = dataset.declared_peaks() / 2;
  const auto store = PeakStore::ingest(
      dataset, index, {.capacity_peaks = 500, .runs_folder = folder.path()}, 2, progress);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"brain.ibd", "brain.imzML"}));
}

}  // namespace
}  // namespace ionloom::exec
