// A run that is cut into tasks finds what a run of one process finds, bit for bit.

#include "exec/task_annotation.h"

#include <bit>
#include <memory>

#include <gtest/gtest.h>

#include "exec/local_objects.h"
#include "exec/quiet_progress.h"
#include "exec/stored_objects.h"
#include "exec/task_bounds.h"
#include "imzml/sample_dataset.h"
#include "store/memory_tier.h"
#include "store/support/counting_store.h"

namespace ionloom::exec {
namespace {

using imzml::testing::SamplePixel;
using store::test_support::CountingStore;
using test_support::ScratchFolder;

/// 60 pixels with peaks of glucose's ions and some others, no two alike.
imzml::Dataset dataset_in(const ScratchFolder& folder) {
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < 60; ++i) {
    const double level = 1 + i * 7 % 13;
    pixels.push_back({.x = i % 10 + 1,
                      .y = i / 10 + 1,
                      .mz = {150.25, 181.07066, 182.07402, 203.0526, 204.0559, 900.5},
                      .intensity = {5, 100 * level, 7 * level, level, level / 16, 1}});
  }
  return imzml::open_dataset(written(folder, imzml::testing::sample(pixels))).value();
}

class TaskAnnotation : public ::testing::Test {
 protected:
  TaskAnnotation() {
    list_.formulas = {"C6H12O6", "C10H16N5O13P3", "C16H32O2", "C5H9NO4"};
    settings_.ions.adducts = {"+H", "+Na"};
    settings_.pattern.shape.sigma_mz = 0.001;
    settings_.peaks.runs_folder = folder_.path();
  }

  AnnotationRun whole() {
    auto run = annotate(dataset_, index_dataset(dataset_).value(), lists_, settings_, progress_);
    EXPECT_TRUE(run);
    return std::move(*run);
  }

  /// With the objects of this process, unless there are others.
  Result<AnnotationRun> by_tasks() {
    const auto runtime = native_runtime();
    auto pixels = index_by_task(dataset_, *runtime, *objects_, progress_);
    if (!pixels) return std::unexpected(pixels.error());
    return annotate_by_tasks(dataset_, std::move(*pixels), lists_, settings_, *runtime, *objects_,
                             progress_);
  }

  ScratchFolder folder_;
  imzml::Dataset dataset_ = dataset_in(folder_);
  chem::MoleculeList list_;
  std::vector<ListInput> lists_ = {{&list_, false}};
  AnnotationSettings settings_;
  testing::QuietProgress progress_;
  std::unique_ptr<RunObjects> objects_ = std::make_unique<LocalObjects>(dataset_, folder_.path());
};

void expect_same_bits(double a, double b) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b));
}

void expect_same(const AnnotationRun& one, const AnnotationRun& other) {
  EXPECT_EQ(one.pixels.grid.positions, other.pixels.grid.positions);
  EXPECT_EQ(one.peaks.size(), other.peaks.size());
  EXPECT_EQ(one.patterns.mz, other.patterns.mz);
  EXPECT_EQ(one.patterns.intensity, other.patterns.intensity);
  EXPECT_EQ(one.ions_in_range, other.ions_in_range);
  ASSERT_EQ(one.measured.size(), other.measured.size());
  for (std::size_t i = 0; i < one.measured.size(); ++i) {
    EXPECT_EQ(one.measured[i].ion, other.measured[i].ion);
    const imaging::IonMetrics& a = one.measured[i].metrics;
    const imaging::IonMetrics& b = other.measured[i].metrics;
    expect_same_bits(a.spectral, b.spectral);
    expect_same_bits(a.spatial, b.spatial);
    expect_same_bits(a.chaos, b.chaos);
    expect_same_bits(a.msm, b.msm);
    expect_same_bits(a.mz_err_rel, b.mz_err_rel);
    ASSERT_EQ(a.images.size(), b.images.size());
    for (std::size_t k = 0; k < a.images.size(); ++k) {
      EXPECT_EQ(a.images[k].total, b.images[k].total);
      expect_same_bits(a.images[k].mz_stddev, b.images[k].mz_stddev);
    }
  }
  ASSERT_EQ(one.ranked[0].size(), other.ranked[0].size());
  for (std::size_t i = 0; i < one.ranked[0].size(); ++i) {
    expect_same_bits(one.ranked[0][i].fdr, other.ranked[0][i].fdr);
  }
}

TEST_F(TaskAnnotation, finds_what_one_process_finds_for_any_number_of_threads) {
  settings_.all_metrics = true;
  const AnnotationRun one = whole();
  ASSERT_FALSE(one.measured.empty());
  for (const std::uint32_t threads : {1U, 2U, 5U}) {
    settings_.threads = threads;
    const auto other = by_tasks();
    ASSERT_TRUE(other) << other.error().message();
    expect_same(one, *other);
  }
}

TEST_F(TaskAnnotation, finds_the_same_with_its_objects_in_a_store_and_counts_them) {
  const AnnotationRun one = whole();
  store::MemoryTier memory(64 << 20);
  for (const bool keep : {false, true}) {
    auto own =
        StageStore::open(std::make_unique<CountingStore>(memory), {.url = "memory:", .keep = keep});
    ASSERT_TRUE(own) << own.error().message();
    objects_ = std::make_unique<StoredObjects>(dataset_, **own);
    const auto other = by_tasks();
    ASSERT_TRUE(other) << other.error().message();
    expect_same(one, *other);
    StoreTraffic sum;
    for (const StageRecord& stage : other->stages) {
      sum.put_bytes += stage.store.put_bytes;
      sum.got_bytes += stage.store.got_bytes;
      if (stage.name == "rank") {
        EXPECT_EQ(stage.store, StoreTraffic{});
      } else {
        EXPECT_GT(stage.store.put_bytes, 0U) << stage.name;
      }
    }
    // Beyond them index alone has been at work.
    const StoreTraffic all = (*own)->meter().so_far();
    EXPECT_GT(all.put_bytes, sum.put_bytes);
    EXPECT_LE(sum.put_bytes + 100,
              task_objects_bound_bytes(dataset_, one.ions.ions.size(), settings_));
  }
}

TEST_F(TaskAnnotation, takes_from_a_store_what_another_run_has_kept_there) {
  store::MemoryTier memory(64 << 20);
  const auto tasks_found = [&] {
    auto own =
        StageStore::open(std::make_unique<CountingStore>(memory), {.url = "memory:", .keep = true});
    auto objects = std::make_unique<StoredObjects>(dataset_, **own);
    const StoredObjects& stored = *objects;
    objects_ = std::move(objects);
    const auto run = by_tasks();
    EXPECT_TRUE(run) << run.error().message();
    const std::uint64_t put = (*own)->meter().so_far().put_bytes;
    return std::pair(stored.tasks_found(), put);
  };
  EXPECT_EQ(tasks_found().first, 0U);
  const auto [all, put] = tasks_found();
  EXPECT_EQ(all, 4U) << "index, ingest, patterns, annotate";
  EXPECT_EQ(put, 0U);
  settings_.metrics.tolerance_ppm += 1;
  EXPECT_EQ(tasks_found().first, 3U) << "all but annotate";
  // The measured intensities of a pixel change.
  std::string ibd = test_support::content_of(dataset_.ibd_path);
  ibd[ibd.size() - 2] ^= 1;
  test_support::put(dataset_.ibd_path, ibd);
  EXPECT_EQ(tasks_found().first, 2U) << "index and patterns";
}

TEST_F(TaskAnnotation, leaves_no_file_behind) {
  const auto before = folder_.names();
  ASSERT_TRUE(by_tasks());
  EXPECT_EQ(folder_.names(), before);
}

TEST_F(TaskAnnotation, ends_when_it_is_cancelled) {
  progress_.cancel_at = 1;
  const auto stopped = by_tasks();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
}

TEST_F(TaskAnnotation, names_the_task_that_failed) {
  // The .ibd is cut after the dataset was opened.
  std::filesystem::resize_file(dataset_.ibd_path, dataset_.ibd_size_bytes / 2);
  const auto failed = by_tasks();
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message().find("run-0, input"), std::string::npos)
      << failed.error().message();
}

}  // namespace
}  // namespace ionloom::exec
