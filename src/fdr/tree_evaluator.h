#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fdr/catboost_model.h"

namespace ionloom::fdr {

/// Evaluates a sum of oblivious trees for many rows at a time.
///
/// A row's value of a feature matters only by how many borders it is above: its cell. For every
/// cell the answers to all questions of 64 trees are kept as 64 bytes, so that the leaves of 64
/// trees are the bytewise OR of one such line a feature. Leaves are then added in the order of the
/// trees, in double precision, as CatBoost does: the sums are its sums to the last bit.
class TreeEvaluator {
 public:
  /// Bytes that an evaluator of these trees would take.
  [[nodiscard]] static std::uint64_t size_bytes(const ObliviousTrees& trees);

  explicit TreeEvaluator(const ObliviousTrees& trees);

  [[nodiscard]] std::uint64_t size_bytes() const {
    return answers_.size() * sizeof(GroupLeaves) + leaf_values_.size() * sizeof(double);
  }

  /// @param columns  one a feature, in the model's order, each with as many values as `scores`; NaN
  ///                 is above no border
  /// @param scores   overwritten with sum x scale + bias
  void predict(std::span<const std::span<const float>> columns, std::span<double> scores) const;

 private:
  using Lanes = std::uint8_t __attribute__((vector_size(16)));

  static constexpr std::size_t kTreesPerGroup = 64;

  /// One byte a tree of a group: a leaf, or the part of its number that one feature decides.
  struct GroupLeaves {
    Lanes lanes[kTreesPerGroup / sizeof(Lanes)];
  };

  struct Feature {
    std::uint32_t first_cell = 0;
    std::vector<float> borders;  ///< padded with infinity to one less than a power of two
  };

  void find_cells(const Feature& feature, std::span<const float> values,
                  std::uint32_t* cells) const;
  void find_leaves(std::size_t group, const std::uint32_t* cells, std::size_t rows,
                   GroupLeaves* leaves) const;

  std::vector<Feature> features_;
  std::size_t cells_ = 0;   ///< of all features
  std::size_t groups_ = 0;  ///< of 64 trees, the last filled up with trees that are 0
  std::size_t leaves_per_tree_ = 0;
  std::vector<GroupLeaves> answers_;  ///< [group][cell]
  std::vector<double> leaf_values_;   ///< [tree][leaf]
  double scale_ = 1;
  double bias_ = 0;
};

}  // namespace ionloom::fdr
