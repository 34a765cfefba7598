#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace ionloom::fdr {

/// A sum of oblivious trees: every level of such a tree asks one question, "is this feature above
/// this border?", so that the answers, from the first level in bit 0 on, number its leaves.
struct ObliviousTrees {
  struct Feature {
    std::string name;
    std::vector<float> borders;  ///< ascending
  };
  struct Split {
    std::uint32_t feature = 0;
    std::uint32_t border = 0;  ///< position in the feature's borders
  };

  std::vector<Feature> features;
  std::vector<std::uint32_t> depths;  ///< questions of each tree, 0..kMaxTreeDepth
  std::vector<Split> splits;          ///< of all trees, one tree after the other
  std::vector<double> leaves;         ///< likewise, 2^depth a tree
  double scale = 1;                   ///< prediction = sum of leaves x scale + bias
  double bias = 0;
};

/// Deepest tree that is read (CatBoost's default is 6).
inline constexpr std::uint32_t kMaxTreeDepth = 8;

/// Reads a model file of CatBoost (.cbm): "CBM1", the size of what follows, then a FlatBuffers
/// TModelCore (CatBoost's model.fbs and features.fbs; docs/decisions/003-reading-cbm-files.md).
/// Fails with a sentence for anything but a regression on named numeric features by oblivious
/// trees, and for damaged bytes; never reads outside `content`.
/// @param where  the file, for messages
[[nodiscard]] Result<ObliviousTrees> parse_catboost_model(std::span<const std::byte> content,
                                                          const std::string& where);

}  // namespace ionloom::fdr
