#include "fdr/decoy_sampling.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace ionloom::fdr {
namespace {

TEST(DecoySampling, there_are_80_decoy_adducts_and_none_twice) {
  const auto adducts = decoy_adducts();
  EXPECT_EQ(std::set<std::string_view>(adducts.begin(), adducts.end()).size(), 80U);
}

TEST(DecoySampling, adducts_in_use_are_no_decoys) {
  const std::vector<std::string> in_use = {"+Cl", "+H", "+Na"};
  const auto candidates = decoy_candidates(in_use);
  EXPECT_EQ(candidates.size(), 79U);
  EXPECT_EQ(std::ranges::find(candidates, "+Cl"), candidates.end());
}

// numpy.random.seed(42); a = list(range(5)); numpy.random.shuffle(a) gives [1, 4, 2, 0, 3].
TEST(DecoySampling, draws_follow_the_legacy_generator_of_numpy) {
  DecoySampler sampler(5, 3);
  const auto draw = sampler.draw();
  EXPECT_EQ((std::vector<int>(draw.begin(), draw.end())), (std::vector<int>{1, 4, 2}));
}

TEST(DecoySampling, a_sample_is_never_larger_than_the_candidates) {
  DecoySampler sampler(5, 20);
  EXPECT_EQ(sampler.draw().size(), 5U);
}

}  // namespace
}  // namespace ionloom::fdr
