#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "chem/composition.h"

namespace ionloom::chem {

/// METASPACE's two generations of the annotation algorithm. Version 1 runs there with the original
/// MSM score, version 3 with its machine-learned scores.
enum class AnalysisVersion : std::uint8_t { kV1 = 1, kV3 = 3 };

/// Isotopologues that a pattern may be made of, of one element and of an ion.
inline constexpr std::size_t kMostIsotopologues = 100'000;

/// An isotopologue of one element's n atoms.
struct ElementConfiguration {
  double mass_da = 0;
  double log_probability = 0;
};

/// An isotope of an element.
struct IsotopeTerm {
  double mass_da = 0;
  double log_probability = 0;
};

/// Isotopic patterns of elements, kept from ion to ion, because lists hold the same few hundred
/// (element, n) pairs over and over. One per thread.
class ElementPatterns {
 public:
  /// Atoms of one element that have no pattern any more.
  static constexpr std::int32_t kCountLimit = 30'000;
  /// More atoms of one element are rare, and take more memory.
  static constexpr std::int32_t kUsualCounts = 1024;

  explicit ElementPatterns(AnalysisVersion version);

  /// The configurations of at least 1e-4 of the most probable one, most probable first. None for an
  /// element without isotopes, for a convolution grid of over 1e7 cells (version 1), and when there
  /// are more than `most`. Valid until make_room().
  /// REQUIRES: 0 <= count < kCountLimit
  [[nodiscard]] std::span<const ElementConfiguration> of(const ElementCount& entry,
                                                         std::size_t most);

  /// How many configurations of() would give; nothing is kept. Nullopt when there are more than
  /// `most`, for a convolution grid of over 1e7 cells (version 1), and from kUsualCounts atoms on.
  [[nodiscard]] std::optional<std::size_t> configurations_of(const ElementCount& entry,
                                                             std::size_t most);

  /// Forgets all patterns when there are more than should be kept for later ions. Call before an
  /// ion's patterns are asked for.
  void make_room();

  /// Bytes that are held at most, when the patterns of one ion have up to `configurations`, and
  /// with fewer atoms of any element than `counts`.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t configurations,
                                                        std::int32_t counts);
  /// The same when only configurations_of() is called.
  [[nodiscard]] static std::uint64_t counting_memory_bound_bytes();

 private:
  struct Kept {
    std::uint32_t key = 0;
    std::vector<ElementConfiguration> configurations;
  };

  /// Nullopt: more than `most`, which says nothing of another limit.
  [[nodiscard]] std::optional<std::vector<ElementConfiguration>> make(const ElementCount& entry,
                                                                      std::size_t most);
  [[nodiscard]] double lowest_log_probability(std::uint16_t atoms,
                                              const std::vector<IsotopeTerm>& terms);
  void know_log_factorials(std::size_t last);

  AnalysisVersion version_;
  std::vector<double> log_factorials_;  ///< ln n!, as far as needed
  double carry_ = 0;                    ///< what the last of them is too large by
  std::vector<Kept> kept_;
  std::vector<std::uint16_t> places_;  ///< hash table of positions in kept_, from 1
  std::size_t kept_configurations_ = 0;
};

}  // namespace ionloom::chem
