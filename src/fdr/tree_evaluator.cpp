#include "fdr/tree_evaluator.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace ionloom::fdr {
namespace {

/// Trees of depth 6, as the published models have, and the deepest that are read.
constexpr std::size_t kUsualLeaves = 64;
constexpr std::size_t kMostLeaves = std::size_t{1} << kMaxTreeDepth;

/// Rows that share one passage through the answers (megabytes, from the outer caches), and rows
/// whose leaf numbers fit the first-level cache beside the leaves of one pass.
constexpr std::size_t kBlockRows = 4096;
constexpr std::size_t kStripRows = 128;

std::size_t leaves_per_tree(const ObliviousTrees& trees) {
  const bool usual = std::ranges::all_of(
      trees.depths, [](std::uint32_t depth) { return (std::size_t{1} << depth) <= kUsualLeaves; });
  return usual ? kUsualLeaves : kMostLeaves;
}

/// Trees whose leaf numbers lie side by side in a vector, and are added in one go.
constexpr std::size_t kTreesPerPass = 16;

/// Adds the leaves of 16 trees to the sum of each row.
/// @param values   leaves of the first tree, then of the others
/// @param numbers  of row 0's leaves, a byte a tree; those of the next row lie `stride` bytes on
/// Not inlined: the loop around it makes g++ 12 compute each address by itself, a third slower.
template <std::size_t kLeaves>
[[gnu::noinline]] void add_leaves(const double* values, const std::byte* numbers,
                                  std::size_t stride, std::span<double> sums) {
  for (double& row_sum : sums) {
    std::array<std::uint64_t, kTreesPerPass / sizeof(std::uint64_t)> words;
    std::memcpy(words.data(), numbers, sizeof(words));
    double sum = row_sum;
#pragma GCC unroll 16
    for (std::size_t tree = 0; tree < kTreesPerPass; ++tree) {
      std::uint64_t& word = words[tree / sizeof(std::uint64_t)];
      sum += values[tree * kLeaves + (word & 0xFF)];
      word >>= 8;
    }
    row_sum = sum;
    numbers += stride;
  }
}

}  // namespace

std::uint64_t TreeEvaluator::size_bytes(const ObliviousTrees& trees) {
  std::uint64_t cells = 0;
  for (const ObliviousTrees::Feature& feature : trees.features) cells += feature.borders.size() + 1;
  const std::uint64_t groups = trees.depths.size() / kTreesPerGroup + 1;
  return groups * kTreesPerGroup * (cells + leaves_per_tree(trees) * sizeof(double));
}

TreeEvaluator::TreeEvaluator(const ObliviousTrees& trees)
    : groups_((trees.depths.size() + kTreesPerGroup - 1) / kTreesPerGroup),
      leaves_per_tree_(leaves_per_tree(trees)),
      scale_(trees.scale),
      bias_(trees.bias) {
  for (const ObliviousTrees::Feature& feature : trees.features) {
    features_.push_back({static_cast<std::uint32_t>(cells_), feature.borders});
    features_.back().borders.resize(std::bit_ceil(feature.borders.size() + 1) - 1,
                                    std::numeric_limits<float>::infinity());
    cells_ += feature.borders.size() + 1;
  }
  answers_.assign(groups_ * cells_, GroupLeaves{});
  leaf_values_.assign(groups_ * kTreesPerGroup * leaves_per_tree_, 0.0);
  std::size_t split = 0;
  std::size_t leaf = 0;
  for (std::size_t tree = 0; tree < trees.depths.size(); ++tree) {
    const std::size_t first_line = tree / kTreesPerGroup * cells_;
    const std::size_t in_group = tree % kTreesPerGroup;
    for (std::uint32_t level = 0; level < trees.depths[tree]; ++level, ++split) {
      const ObliviousTrees::Split& question = trees.splits[split];
      const std::size_t first_cell = features_[question.feature].first_cell;
      const std::size_t borders = trees.features[question.feature].borders.size();
      for (std::size_t above = question.border + 1; above <= borders; ++above) {
        Lanes& lanes = answers_[first_line + first_cell + above].lanes[in_group / sizeof(Lanes)];
        lanes[in_group % sizeof(Lanes)] |= static_cast<std::uint8_t>(1U << level);
      }
    }
    const std::size_t leaves = std::size_t{1} << trees.depths[tree];
    std::copy_n(trees.leaves.begin() + static_cast<std::ptrdiff_t>(leaf), leaves,
                leaf_values_.begin() + static_cast<std::ptrdiff_t>(tree * leaves_per_tree_));
    leaf += leaves;
  }
}

void TreeEvaluator::find_cells(const Feature& feature, std::span<const float> values,
                               std::uint32_t* cells) const {
  const float* borders = feature.borders.data();
  const auto first_step = static_cast<std::uint32_t>((feature.borders.size() + 1) / 2);
  const std::size_t stride = features_.size();
  // Eight binary searches side by side: each waits for its own loads only.
  constexpr std::size_t kSearches = 8;
  std::size_t row = 0;
  const auto search = [&]<std::size_t kRows>() {
    std::array<std::uint32_t, kRows> below{};
    for (std::uint32_t step = first_step; step > 0; step /= 2) {
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kRows; ++i) {
        below[i] += borders[below[i] + step - 1] < values[row + i] ? step : 0;
      }
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      cells[(row + i) * stride] = feature.first_cell + below[i];
    }
    row += kRows;
  };
  while (row + kSearches <= values.size()) search.operator()<kSearches>();
  while (row < values.size()) search.operator()<1>();
}

void TreeEvaluator::find_leaves(std::size_t group, const std::uint32_t* cells, std::size_t rows,
                                GroupLeaves* leaves) const {
  const GroupLeaves* lines = answers_.data() + group * cells_;
  const std::size_t features = features_.size();
  for (std::size_t row = 0; row < rows; ++row, cells += features) {
    GroupLeaves found = lines[cells[0]];
    for (std::size_t f = 1; f < features; ++f) {
      const GroupLeaves& line = lines[cells[f]];
#pragma GCC unroll 4
      for (std::size_t i = 0; i < std::size(found.lanes); ++i) found.lanes[i] |= line.lanes[i];
    }
    leaves[row] = found;
  }
}

void TreeEvaluator::predict(std::span<const std::span<const float>> columns,
                            std::span<double> scores) const {
  std::vector<std::uint32_t> cells(std::min(kBlockRows, scores.size()) * features_.size());
  std::vector<GroupLeaves> leaves(kStripRows);
  const auto add =
      leaves_per_tree_ == kUsualLeaves ? add_leaves<kUsualLeaves> : add_leaves<kMostLeaves>;
  for (std::size_t begin = 0; begin < scores.size(); begin += kBlockRows) {
    const std::span<double> block =
        scores.subspan(begin, std::min(kBlockRows, scores.size() - begin));
    for (std::size_t f = 0; f < features_.size(); ++f) {
      find_cells(features_[f], columns[f].subspan(begin, block.size()), cells.data() + f);
    }
    std::ranges::fill(block, 0.0);
    for (std::size_t group = 0; group < groups_; ++group) {
      for (std::size_t row = 0; row < block.size(); row += kStripRows) {
        const std::span<double> strip =
            block.subspan(row, std::min(kStripRows, block.size() - row));
        find_leaves(group, cells.data() + row * features_.size(), strip.size(), leaves.data());
        for (std::size_t tree = 0; tree < kTreesPerGroup; tree += kTreesPerPass) {
          add(leaf_values_.data() + (group * kTreesPerGroup + tree) * leaves_per_tree_,
              std::as_bytes(std::span(leaves)).data() + tree, sizeof(GroupLeaves), strip);
        }
      }
    }
    for (double& score : block) score = score * scale_ + bias_;
  }
}

}  // namespace ionloom::fdr
