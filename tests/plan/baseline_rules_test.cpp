#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "plan/ditto_rules.h"
#include "plan/metaspace_rules.h"
#include "plan/note_rules.h"

namespace ionloom::plan {
namespace {

constexpr double kMib = 1024 * 1024;
constexpr std::uint64_t kMebi = std::uint64_t{1} << 20;

// Sizes worked out from the rules by hand for the datasets of METASPACE's own size classes.
TEST(MetaspaceRules, annotate_gets_about_250_tasks_whatever_the_list) {
  for (const std::uint64_t ions : {250'000U, 600'000U, 1'500'000U}) {
    const RuleChoice choice = metaspace_rule(Stage::kAnnotate, {.ions = ions}, 0);
    EXPECT_EQ(choice, (RuleChoice{.tasks = 250, .memory_bytes = 2048 * kMebi}));
  }
  EXPECT_EQ(metaspace_rule(Stage::kAnnotate, {.ions = 100}, 0).tasks, 32U);
}

TEST(MetaspaceRules, a_dataset_beyond_1920_mib_needs_a_machine) {
  EXPECT_EQ(metaspace_rule(Stage::kIngest, {}, 50 * kMebi).memory_bytes, 2048 * kMebi);
  const RuleChoice last = metaspace_rule(Stage::kIngest, {}, 1920 * kMebi);
  EXPECT_EQ(last.memory_bytes, 8192 * kMebi);
  EXPECT_FALSE(last.needs_machine);
  const RuleChoice beyond = metaspace_rule(Stage::kIngest, {}, 1921 * kMebi);
  EXPECT_EQ(beyond.memory_bytes, 32'768 * kMebi);
  EXPECT_TRUE(beyond.needs_machine);
}

TEST(MetaspaceRules, patterns_come_in_tasks_of_ten_thousand_ions) {
  EXPECT_EQ(metaspace_rule(Stage::kPatterns, {.ions = 88'583}, 0).tasks, 9U);  // measured: 9
  EXPECT_EQ(metaspace_rule(Stage::kPatterns, {.ions = 41'380}, 0).tasks, 5U);  // measured: 5
}

TEST(MetaspaceRules, too_little_memory_runs_the_whole_map_again) {
  EXPECT_EQ(metaspace_retry_cost(2048, 2000), 1);
  EXPECT_EQ(metaspace_retry_cost(2048, 3000), 3);
  EXPECT_EQ(metaspace_retry_cost(2048, 8192), 7);
}

// Values of the note's fits as they were evaluated from its code.
TEST(NoteRules, its_forms_give_its_numbers) {
  EXPECT_NEAR(note_compute_s(NoteStage::kMerge, 1 * kMib), 1345, 1);
  EXPECT_NEAR(note_compute_s(NoteStage::kMerge, 4 * kMib), 195, 1);
  EXPECT_NEAR(note_compute_s(NoteStage::kMerge, 64 * kMib), 2.2, 0.1);
  EXPECT_NEAR(note_compute_s(NoteStage::kMerge, 128 * kMib), 3.4, 0.1);
  EXPECT_EQ(note_compute_s(NoteStage::kUpload, 16 * kMib), 0.01);
  EXPECT_NEAR(note_compute_s(NoteStage::kUpload, 1e15), 15.41, 0.01);
  EXPECT_NEAR(note_invoke_s(104), 1.81, 0.01);
  EXPECT_NEAR(note_invoke_s(1000), 10.3, 0.1);
}

TEST(NoteRules, exchange_is_bound_by_bandwidth_or_by_requests) {
  const NoteStorage storage;
  EXPECT_NEAR(note_exchange_s(storage, true, 7e9, 10, 1), 10, 1e-9);
  EXPECT_NEAR(note_exchange_s(storage, false, 0, 1, 40), 2, 1e-9);
  EXPECT_NEAR(note_exchange_s(storage, false, 0, 1000, 70), 20, 1e-9);
}

// Its upload fit is nearly 0 below some 20 MB, so that it never stays above.
TEST(NoteRules, the_search_goes_on_to_parts_that_its_fit_takes_for_free) {
  for (const double bytes : {0.7e9, 1.8e9, 7e9}) {
    const NotePlan plan = note_plan(bytes, NoteStorage(), 1000);
    EXPECT_LT(bytes / plan.upload, 24e6);
    EXPECT_GT(plan.merge, 1U);
  }
}

TEST(NoteRules, a_limit_on_functions_holds) {
  const NotePlan plan = note_plan(1e9, NoteStorage(), 3);
  EXPECT_LE(plan.upload, 3U);
  EXPECT_LE(plan.merge, 3U);
}

double chain_s(const std::vector<double>& alpha, const std::vector<std::uint32_t>& tasks) {
  double sum = 0;
  for (std::size_t i = 0; i < alpha.size(); ++i) sum += alpha[i] / tasks[i];
  return sum;
}

TEST(DittoRules, tasks_are_in_the_ratio_of_square_roots) {
  EXPECT_EQ(ditto_rule(std::vector<double>{4, 1, 9}, 12), (std::vector<std::uint32_t>{4, 2, 6}));
  EXPECT_EQ(ditto_rule(std::vector<double>{4, 1}, 2), (std::vector<std::uint32_t>{1, 1}));
  EXPECT_EQ(ditto_rule(std::vector<double>{0, 0}, 9), (std::vector<std::uint32_t>{1, 1}));
}

TEST(DittoRules, stages_of_no_weight_keep_one_task_and_the_sum_stays) {
  EXPECT_EQ(ditto_rule(std::vector<double>{1e6, 1e-6, 1e-6}, 4),
            (std::vector<std::uint32_t>{2, 1, 1}));
  EXPECT_EQ(ditto_rule(std::vector<double>{1e-6, 1e6, 1e-6}, 5),
            (std::vector<std::uint32_t>{1, 3, 1}));
}

TEST(DittoRules, no_division_of_so_many_tasks_is_much_faster) {
  const std::vector<double> alpha = {120, 3, 45};
  const std::vector<std::uint32_t> found = ditto_rule(alpha, 20);
  EXPECT_EQ(std::accumulate(found.begin(), found.end(), 0U), 20U);
  double least = 1e9;
  for (std::uint32_t a = 1; a <= 18; ++a) {
    for (std::uint32_t b = 1; a + b < 20; ++b) {
      least = std::min(least, chain_s(alpha, {a, b, 20 - a - b}));
    }
  }
  EXPECT_LE(chain_s(alpha, found), least * 1.01);
}

}  // namespace
}  // namespace ionloom::plan
