#include "exec/memory_plan.h"

#include <gtest/gtest.h>

namespace ionloom::exec {
namespace {

/// A dataset of 10,000 spectra of 2,000 peaks, of which only the description exists.
imzml::Dataset large_dataset() {
  imzml::Dataset dataset;
  dataset.spectra.resize(10'000);
  for (std::size_t i = 0; i < dataset.spectra.size(); ++i) {
    dataset.spectra[i].x = static_cast<std::uint32_t>(i % 100 + 1);
    dataset.spectra[i].y = static_cast<std::uint32_t>(i / 100 + 1);
    dataset.spectra[i].mz.length = dataset.spectra[i].intensity.length = 2'000;
  }
  return dataset;
}

Result<MemoryPlan> plan(std::uint64_t limit_bytes) {
  const imzml::Dataset dataset = large_dataset();
  AnnotationSettings settings;
  settings.ions.adducts = {"+H"};
  settings.threads = 2;
  return plan_memory(dataset, index_dataset(dataset).value(), {.count = 1'000}, settings,
                     {.always_bytes = 50'000'000, .writing_bytes = 1'000'000, .tasks = {}},
                     limit_bytes);
}

TEST(MemoryPlan, keeps_all_peaks_in_memory_where_there_is_enough) {
  const auto ample = plan(UINT64_MAX);
  ASSERT_TRUE(ample);
  EXPECT_EQ(ample->capacity_peaks, 20'000'000U);
  EXPECT_EQ(ample->disk_bytes, 0U);
  EXPECT_GT(ample->bound_bytes, 20'000'000 * sizeof(imaging::Peak));
  // Exactly so much is enough too, and one byte less is not.
  EXPECT_EQ(plan(ample->bound_bytes)->disk_bytes, 0U);
  EXPECT_GT(plan(ample->bound_bytes - 1)->disk_bytes, 0U);
}

TEST(MemoryPlan, uses_what_it_may_and_puts_the_rest_on_disk) {
  const std::uint64_t limit = 300'000'000;
  const auto tight = plan(limit);
  ASSERT_TRUE(tight) << tight.error().message();
  EXPECT_LE(tight->bound_bytes, limit);
  EXPECT_GT(tight->bound_bytes, limit * 99 / 100);
  EXPECT_LT(tight->capacity_peaks, 20'000'000U);
  EXPECT_GE(tight->disk_bytes, 20'000'000 * sizeof(imaging::Peak));
}

TEST(MemoryPlan, names_the_least_that_would_do_and_that_does) {
  const auto refused = plan(1'000'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kResource);
  const std::string& what = refused.error().what;
  const std::size_t at = what.find("needs ") + 6;
  const std::uint64_t least = std::stoull(what.substr(at)) * 1'000'000;
  EXPECT_TRUE(plan(least)) << what;
  EXPECT_FALSE(plan(least - 2'000'000)) << what;
}

}  // namespace
}  // namespace ionloom::exec
