// Whole runs against METASPACE's own results: every table of every run of ../shared/oracle, each
// from one annotation. Tolerances: section 8 of its specification; files are written with 9 or 17
// digits.

#include <bit>
#include <string>

#include <gtest/gtest.h>

#include "oracle/support/reference_run.h"
#include "oracle/support/run_comparison.h"
#include "oracle/support/shared_folder.h"

namespace ionloom::oracle {

namespace {

/// Every number of the two runs, to the last bit.
void expect_same_bits(const exec::AnnotationRun& a, const exec::AnnotationRun& b) {
  ASSERT_EQ(a.measured.size(), b.measured.size());
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  for (std::size_t i = 0; i < a.measured.size(); ++i) {
    ASSERT_EQ(a.measured[i].ion, b.measured[i].ion);
    const auto& x = a.measured[i].metrics;
    const auto& y = b.measured[i].metrics;
    ASSERT_EQ(bits(x.msm), bits(y.msm));
    ASSERT_EQ(bits(x.mz_err_abs), bits(y.mz_err_abs));
    ASSERT_EQ(bits(x.mz_err_rel), bits(y.mz_err_rel));
    for (std::size_t k = 0; k < x.images.size(); ++k) {
      ASSERT_EQ(bits(x.images[k].total), bits(y.images[k].total));
      ASSERT_EQ(bits(x.images[k].mz_mean), bits(y.images[k].mz_mean));
    }
  }
  ASSERT_EQ(a.ranked.size(), b.ranked.size());
  for (std::size_t l = 0; l < a.ranked.size(); ++l) {
    ASSERT_EQ(a.ranked[l].size(), b.ranked[l].size());
    for (std::size_t i = 0; i < a.ranked[l].size(); ++i) {
      ASSERT_EQ(bits(a.ranked[l][i].score), bits(b.ranked[l][i].score));
      ASSERT_EQ(bits(a.ranked[l][i].fdr), bits(b.ranked[l][i].fdr));
    }
  }
}

class OracleRun : public ::testing::TestWithParam<RunName> {};

TEST_P(OracleRun, equals_the_reference_for_one_and_two_threads) {
  const auto root = shared_path("oracle");
  if (!root) GTEST_SKIP() << kNoSharedFolder;
  const ReferenceRun reference = load_run(GetParam(), root->parent_path());
  auto run = annotate_run(reference, 2);
  compare_counts(reference, run);
  compare_centroids(reference, run);
  compare_ion_metrics(reference, run);
  compare_images(reference, run);
  for (std::size_t list = 0; list < reference.lists.size(); ++list) {
    compare_decoys(reference, run, list);
    compare_annotations(reference, run, list);
    compare_levels(reference, run, list);
  }
  expect_same_bits(run, annotate_run(reference, 1));
}

INSTANTIATE_TEST_SUITE_P(All, OracleRun, ::testing::ValuesIn(kRuns),
                         [](const auto& run) { return run.param.test_name(); });

}  // namespace
}  // namespace ionloom::oracle
