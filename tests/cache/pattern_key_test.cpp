#include "cache/pattern_key.h"

#include <bit>

#include <gtest/gtest.h>

#include "cache/sample_patterns.h"

namespace ionloom::cache {
namespace {

using testing::sample_ions;
using testing::sample_settings;
using testing::sample_table;

TEST(PatternKey, differs_when_any_ion_or_setting_does) {
  const PatternKey key = pattern_key(sample_ions(), sample_settings());
  EXPECT_EQ(pattern_key(sample_ions(), sample_settings()), key);
  auto ions = sample_ions();
  ions.back() += "2";
  EXPECT_NE(pattern_key(ions, sample_settings()), key);
  ions.pop_back();
  EXPECT_NE(pattern_key(ions, sample_settings()), key);

  std::vector<chem::PatternSettings> others(5, sample_settings());
  others[0].shape.version = chem::AnalysisVersion::kV1;
  others[1].shape.analyzer = chem::Analyzer::kTof;
  others[2].shape.sigma_mz =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>(sample_settings().shape.sigma_mz) + 1);
  others[3].charge = -1;
  others[4].max_peaks = 5;
  for (const chem::PatternSettings& other : others) {
    EXPECT_NE(pattern_key(sample_ions(), other), key);
  }
}

TEST(PatternKey, does_not_take_two_ions_for_one) {
  EXPECT_NE(pattern_key(std::vector<std::string>{"CH", "O"}, sample_settings()),
            pattern_key(std::vector<std::string>{"C", "HO"}, sample_settings()));
}

TEST(PatternKey, is_32_hexadecimal_digits_as_text) {
  EXPECT_EQ(key_text({0xabcULL, 1}), "0000000000000abc0000000000000001");
}

// Caches hold patterns of this revision. When this fails, patterns have changed: raise
// chem::kPatternRevision, and write the new bits here. (Of revision 1; FNV-1a of the m/z.)
TEST(PatternKey, has_a_revision_that_stands_for_these_bits) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const chem::AnalysisVersion version :
       {chem::AnalysisVersion::kV1, chem::AnalysisVersion::kV3}) {
    chem::PatternSettings settings = sample_settings();
    settings.shape.version = version;
    for (const double mz : sample_table(sample_ions(), settings).mz) {
      hash = (hash ^ std::bit_cast<std::uint64_t>(mz)) * 0x100000001b3ULL;
    }
  }
  EXPECT_EQ(chem::kPatternRevision, 2U);
  EXPECT_EQ(hash, 0xc95c05bbf007c609ULL);
}

}  // namespace
}  // namespace ionloom::cache
