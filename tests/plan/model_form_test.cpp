#include "plan/model_form.h"

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

TEST(ModelForm, terms_are_what_their_names_say) {
  WorkCounts counts;
  counts[Count::kPeaks] = 8;
  counts[Count::kIons] = 3;
  const Term one;
  const Term peaks = {.kind = Term::Kind::kCount, .a = Count::kPeaks};
  const Term product = {.kind = Term::Kind::kProduct, .a = Count::kPeaks, .b = Count::kIons};
  const Term log = {.kind = Term::Kind::kLogCount, .a = Count::kPeaks, .b = Count::kPeaks};
  EXPECT_EQ(term_values({one, peaks, product, log}, counts), (std::vector<double>{1, 8, 24, 24}));
  EXPECT_EQ(term_name(one), "1");
  EXPECT_EQ(term_name(product), "peaks x ions");
  EXPECT_EQ(term_name(log), "peaks x log2 peaks");
}

TEST(ModelForm, the_logarithm_of_nothing_is_that_of_two) {
  WorkCounts counts;
  counts[Count::kPeaks] = 5;
  const Term log = {.kind = Term::Kind::kLogCount, .a = Count::kPeaks, .b = Count::kRuns};
  EXPECT_EQ(term_value(log, counts), 5);
}

TEST(ModelForm, blocks_that_ions_touch_hold_few_peaks_or_all) {
  const Term in_blocks = {.kind = Term::Kind::kTouched, .a = Count::kPeaks, .b = Count::kIons};
  EXPECT_EQ(term_name(in_blocks), "peaks in blocks of ions");
  WorkCounts counts;
  counts[Count::kPeaks] = 1e9;
  // Each of four windows is in one block of each of 418 runs, 4,096 peaks.
  counts[Count::kIons] = 1;
  EXPECT_NEAR(term_value(in_blocks, counts), 4 * 418 * 4096, 0.01 * 4 * 418 * 4096);
  counts[Count::kIons] = 1e6;
  EXPECT_NEAR(term_value(in_blocks, counts), 1e9, 1);
  counts[Count::kPeaks] = 0;
  EXPECT_EQ(term_value(in_blocks, counts), 0);
}

TEST(ModelForm, the_forms_of_a_stage_use_only_what_the_stage_counts) {
  JobCounts job = {.spectra = 2,
                   .peaks = 2,
                   .pixels = 2,
                   .formulas = 2,
                   .ions = 2,
                   .image_ions = 2,
                   .window_peaks = 2};
  for (const Stage stage : kStages) {
    WorkCounts counts = stage_counts(stage, job);
    counts[Count::kRuns] = 4;
    ASSERT_FALSE(candidate_forms(stage).empty());
    for (const ModelForm& form : candidate_forms(stage)) {
      for (const Term& term : form) {
        EXPECT_GT(term_value(term, counts), 0) << stage_name(stage) << ' ' << term_name(term);
      }
    }
  }
}

}  // namespace
}  // namespace ionloom::plan
