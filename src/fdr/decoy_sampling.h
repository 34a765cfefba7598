#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ionloom::fdr {

/// The 80 adducts that no molecule is expected to carry. Source: METASPACE engine, fdr.py.
[[nodiscard]] std::span<const std::string_view> decoy_adducts();

/// The decoy adducts that are no adduct, chemical modification or neutral loss of the run.
[[nodiscard]] std::vector<std::string> decoy_candidates(std::span<const std::string> in_use);

/// Draws decoy adducts as METASPACE does: NumPy's legacy generator, seeded with 42 for every
/// molecule list, one whole shuffle of the candidates per draw.
class DecoySampler {
 public:
  /// @param candidates   1..256 adducts
  /// @param sample_size  how many of them a draw returns
  DecoySampler(std::size_t candidates, std::size_t sample_size);

  /// The next draw: positions in the candidate list. Valid until the next call.
  [[nodiscard]] std::span<const std::uint8_t> draw();

 private:
  std::mt19937 random_{
      42};  // the C++ standard fixes this stream; NumPy's init_genrand(42) is equal
  std::size_t sample_size_;
  std::vector<std::uint8_t> order_;
};

}  // namespace ionloom::fdr
