// A run that is cut into tasks finds what a run of one process finds, bit for bit.

#include "exec/task_annotation.h"

#include <bit>
#include <memory>

#include <gtest/gtest.h>

#include "exec/image_source.h"
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
imzml::Dataset dataset_in(const ScratchFolder& folder,
                          const imzml::testing::SampleSettings& settings = {}) {
  std::vector<SamplePixel> pixels;
  for (int i = 0; i < 60; ++i) {
    const double level = 1 + i * 7 % 13;
    pixels.push_back({.x = i % 10 + 1,
                      .y = i / 10 + 1,
                      .mz = {150.25, 181.07066, 182.07402, 203.0526, 204.0559, 900.5},
                      .intensity = {5, 100 * level, 7 * level, level, level / 16, 1}});
  }
  return imzml::open_dataset(written(folder, imzml::testing::sample(pixels, settings))).value();
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

  ListSizes sizes() const {
    ListSizes sizes{.formulas = {}, .lists = lists_.size()};
    for (const ListInput& input : lists_) {
      sizes.formulas += stages::formula_sizes(input.list->formulas, settings_.ions);
    }
    sizes.ions = stages::ion_count_bound(sizes.formulas.count, settings_.ions);
    return sizes;
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

void expect_same_lists(const AnnotationRun& one, const AnnotationRun& other) {
  EXPECT_EQ(one.ions.ions, other.ions.ions);
  EXPECT_EQ(one.ions.is_target, other.ions.is_target);
  EXPECT_EQ(one.ions.is_targeted, other.ions.is_targeted);
  ASSERT_EQ(one.ranked.size(), other.ranked.size());
  ASSERT_EQ(one.ranked_decoys.size(), other.ranked_decoys.size());
  for (std::size_t list = 0; list < one.ranked.size(); ++list) {
    EXPECT_EQ(one.ions.lists[list].targets, other.ions.lists[list].targets);
    EXPECT_EQ(one.ions.lists[list].decoys, other.ions.lists[list].decoys);
    EXPECT_EQ(one.ions.lists[list].decoy_adducts, other.ions.lists[list].decoy_adducts);
    ASSERT_EQ(one.ranked[list].size(), other.ranked[list].size());
    for (std::size_t i = 0; i < one.ranked[list].size(); ++i) {
      const stages::RankedIon& a = one.ranked[list][i];
      const stages::RankedIon& b = other.ranked[list][i];
      EXPECT_EQ(std::pair(a.formula, a.modifier), std::pair(b.formula, b.modifier));
      EXPECT_EQ(a.measured, b.measured);
      expect_same_bits(a.score, b.score);
      expect_same_bits(a.fdr, b.fdr);
    }
  }
  for (std::size_t list = 0; list < one.ranked_decoys.size(); ++list) {
    ASSERT_EQ(one.ranked_decoys[list].size(), other.ranked_decoys[list].size());
    for (std::size_t i = 0; i < one.ranked_decoys[list].size(); ++i) {
      const stages::RankedDecoy& a = one.ranked_decoys[list][i];
      const stages::RankedDecoy& b = other.ranked_decoys[list][i];
      EXPECT_EQ(std::pair(a.formula, a.draw), std::pair(b.formula, b.draw));
      EXPECT_EQ(a.measured, b.measured);
      expect_same_bits(a.score, b.score);
    }
  }
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
  expect_same_lists(one, other);
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

TEST_F(TaskAnnotation, finds_in_compressed_data_what_one_process_finds) {
  settings_.all_metrics = true;
  const AnnotationRun plain = whole();
  for (const bool continuous : {false, true}) {
    const ScratchFolder folder;
    dataset_ = dataset_in(folder, {.zlib = true, .continuous = continuous});
    objects_ = std::make_unique<LocalObjects>(dataset_, folder_.path());
    settings_.threads = 3;
    const auto other = by_tasks();
    ASSERT_TRUE(other) << other.error().message();
    expect_same(plain, *other);
  }
}

TEST_F(TaskAnnotation, names_the_compressed_spectrum_that_is_damaged) {
  const ScratchFolder folder;
  dataset_ = dataset_in(folder, {.zlib = true});
  objects_ = std::make_unique<LocalObjects>(dataset_, folder_.path());
  const imzml::ArrayLocation& array = dataset_.spectra[6].mz;
  std::string ibd = test_support::content_of(dataset_.ibd_path);
  ibd[array.offset_bytes + array.encoded_bytes - 1] ^= 1;
  test_support::put(dataset_.ibd_path, ibd);
  const auto failed = by_tasks();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kData);
  EXPECT_NE(failed.error().message().find("spectrum 7: its zlib data are damaged: 48 bytes came "
                                          "out, expected 48"),
            std::string::npos)
      << failed.error().message();
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
      EXPECT_GT(stage.store.put_bytes, 0U) << stage.name;
    }
    // Beyond them index alone has been at work.
    const StoreTraffic all = (*own)->meter().so_far();
    EXPECT_GT(all.put_bytes, sum.put_bytes);
    EXPECT_LE(sum.put_bytes + 100, task_objects_bound_bytes(dataset_, sizes(), settings_));
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
  EXPECT_EQ(all, 6U) << "index, ingest, ions, patterns, annotate, rank";
  EXPECT_EQ(put, 0U);
  settings_.metrics.tolerance_ppm += 1;
  EXPECT_EQ(tasks_found().first, 4U) << "all but annotate and rank";
  // The measured intensities of a pixel change.
  std::string ibd = test_support::content_of(dataset_.ibd_path);
  ibd[ibd.size() - 2] ^= 1;
  test_support::put(dataset_.ibd_path, ibd);
  EXPECT_EQ(tasks_found().first, 3U) << "index, ions and patterns";
}

TEST_F(TaskAnnotation, keeps_two_lists_apart_also_in_a_store_that_keeps_their_objects) {
  chem::MoleculeList other_list;
  other_list.formulas = {"C5H9NO4", "C6H8O7"};
  lists_.push_back({&other_list, true});
  settings_.rank_decoys = settings_.all_metrics = true;
  const AnnotationRun one = whole();
  ASSERT_FALSE(one.ranked_decoys[0].empty());
  ASSERT_NE(one.ions.lists[0].decoys, one.ions.lists[1].decoys);
  store::MemoryTier memory(64 << 20);
  for (int round = 0; round < 2; ++round) {  // makes them, finds them
    auto own =
        StageStore::open(std::make_unique<CountingStore>(memory), {.url = "memory:", .keep = true});
    objects_ = std::make_unique<StoredObjects>(dataset_, **own);
    const auto other = by_tasks();
    ASSERT_TRUE(other) << other.error().message();
    expect_same(one, *other);
    EXPECT_EQ(objects_->tasks_found(), round == 0 ? 0U : 7U);
  }
}

TEST_F(TaskAnnotation, does_natively_what_does_not_fit_into_the_runtime) {
  /// Has too little memory for lists, and fails when it is given them all the same.
  class Small final : public TaskRuntime {
   public:
    Result<void> run(const tasks::Task& task, tasks::TaskIo& io,
                     const std::function<bool()>& cancelled) override {
      EXPECT_TRUE(task.stage != tasks::Stage::kIons && task.stage != tasks::Stage::kRank);
      return native->run(task, io, cancelled);
    }
    std::uint64_t most_memory_bytes() const override { return 1000; }
    std::unique_ptr<TaskRuntime> native = native_runtime();
  };
  const AnnotationRun one = whole();
  Small runtime;
  auto pixels = index_by_task(dataset_, runtime, *objects_, progress_).value();
  const auto other = annotate_by_tasks(dataset_, std::move(pixels), lists_, settings_, runtime,
                                       *objects_, progress_);
  ASSERT_TRUE(other) << other.error().message();
  expect_same(one, *other);
}

/// The images of ions, by their places among those asked for.
std::vector<std::vector<imaging::IonImage>> cut(ImageSource& source,
                                                const std::vector<std::uint32_t>& ions,
                                                Progress& progress) {
  std::vector<std::vector<imaging::IonImage>> images(ions.size());
  const auto done = source.cut(
      ions,
      [&](std::size_t i, std::span<const imaging::IonImage> own) -> Result<void> {
        images[i].assign(own.begin(), own.end());
        return {};
      },
      progress);
  EXPECT_TRUE(done) << done.error().message();
  return images;
}

TEST_F(TaskAnnotation, cuts_the_images_that_one_process_cuts) {
  settings_.all_metrics = true;
  settings_.threads = 2;
  AnnotationRun one = whole();
  std::vector<std::uint32_t> ions;
  for (const stages::MeasuredIon& measured : one.measured) ions.push_back(measured.ion);
  ASSERT_GT(ions.size(), 10U);
  ions.insert(ions.begin(), ions.back());  // an annotation of each of two lists
  const auto expected = cut(*images_of(one, settings_), ions, progress_);
  EXPECT_FALSE(expected[0].empty());
  const auto runtime = native_runtime();
  auto pixels = index_by_task(dataset_, *runtime, *objects_, progress_).value();
  const auto other = annotate_by_tasks(dataset_, std::move(pixels), lists_, settings_, *runtime,
                                       *objects_, progress_);
  ASSERT_TRUE(other);
  const auto source = images_by_tasks(*other, settings_, *runtime, *objects_);
  const auto found = cut(*source, ions, progress_);
  for (std::size_t i = 0; i < ions.size(); ++i) {
    ASSERT_EQ(found[i].size(), expected[i].size());
    for (std::size_t k = 0; k < found[i].size(); ++k) {
      EXPECT_EQ(found[i][k].pixels, expected[i][k].pixels);
      EXPECT_EQ(found[i][k].values, expected[i][k].values);
    }
  }
  EXPECT_TRUE(cut(*source, {}, progress_).empty());
  const auto failing = [](std::size_t, std::span<const imaging::IonImage>) -> Result<void> {
    return data_error("disk", "is full");
  };
  const auto failed = source->cut(ions, failing, progress_);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().where, "disk");
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
