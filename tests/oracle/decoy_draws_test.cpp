// Decoy draws against METASPACE's own: which adducts may be drawn, and the first 50 draws.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fdr/decoy_sampling.h"
#include "oracle/support/shared_folder.h"
#include "oracle/support/text_gz.h"

namespace ionloom::oracle {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kSampleSize = 20;

TEST(OracleDecoys, draws_are_those_of_metaspace_for_every_list_of_candidates) {
  const auto file = shared_path("oracle/units/decoy_draws.json");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const auto lists = nlohmann::json::parse(read_text_gz(*file));
  ASSERT_EQ(lists.size(), 3U);
  for (const auto& [name, list] : lists.items()) {
    const Texts candidates = fdr::decoy_candidates(list["adducts"].get<Texts>());
    ASSERT_EQ(candidates, list["candidates"].get<Texts>()) << name;
    fdr::DecoySampler sampler(candidates.size(), kSampleSize);
    ASSERT_EQ(list["draws"].size(), 50U);
    for (std::size_t d = 0; d < list["draws"].size(); ++d) {
      Texts drawn;
      for (const std::uint8_t candidate : sampler.draw()) drawn.push_back(candidates[candidate]);
      ASSERT_EQ(drawn, list["draws"][d].get<Texts>()) << name << ", draw " << d;
    }
  }
}

}  // namespace
}  // namespace ionloom::oracle
