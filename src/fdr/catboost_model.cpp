#include "fdr/catboost_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string_view>

#include "fdr/flat_table.h"

namespace ionloom::fdr {
namespace {

constexpr std::string_view kMagic = "CBM1";
constexpr std::size_t kHeaderBytes = 8;                     // the magic and a 32-bit size
constexpr std::string_view kFormat = "FlabuffersModel_v1";  // the reference's own spelling
/// More than any model for six metrics has; keeps a damaged count from filling the memory.
constexpr std::uint32_t kMaxFeatures = 64;

/// Field numbers of CatBoost's schema.
namespace core {
constexpr std::uint32_t kFormatVersion = 0, kTrees = 1, kModelPartIds = 3;
}
namespace trees {
constexpr std::uint32_t kDimension = 0, kSplits = 1, kDepths = 2, kCatFeatures = 4,
                        kFloatFeatures = 5, kOneHotFeatures = 6, kCtrFeatures = 7, kLeafValues = 8,
                        kStepNodes = 10, kNodeToLeaf = 11, kTextFeatures = 12,
                        kEstimatedFeatures = 13, kScale = 14, kBias = 15, kBiases = 16,
                        kEmbeddingFeatures = 18;
}
namespace feature {
constexpr std::uint32_t kBorders = 3, kName = 4;
}

/// Reads the tables; the first reason to refuse the model is kept.
class ModelReader {
 public:
  ModelReader(std::span<const std::byte> bytes, const std::string& where)
      : buffer_(bytes), where_(where) {}

  Result<ObliviousTrees> read() {
    const FlatTable root = FlatTable::root(buffer_);
    const std::string_view format = root.text(core::kFormatVersion);
    if (buffer_.damaged() || format != kFormat) {
      return data_error(where_, "the model's core is damaged, or of a later format (expected \"" +
                                    std::string(kFormat) + "\")");
    }
    const FlatTable table = root.table(core::kTrees);
    if (auto kind = check_kind(root, table); !kind) return std::unexpected(kind.error());
    if (auto features = read_features(table); !features) return std::unexpected(features.error());
    if (auto read = read_trees(table); !read) return std::unexpected(read.error());
    if (buffer_.damaged()) return damaged("a table or list ends outside the file");
    return std::move(model_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> damaged(const std::string& what) const {
    return data_error(where_, "the model is damaged: " + what);
  }

  Result<void> check_kind(const FlatTable& root, const FlatTable& table) const {
    const auto refuse = [&](const std::string& found) {
      return data_error(where_, "the model " + found +
                                    "; expected oblivious (symmetric) trees on numeric features "
                                    "with one output");
    };
    if (table.length(trees::kStepNodes) > 0 || table.length(trees::kNodeToLeaf) > 0) {
      return refuse("has trees that are not oblivious");
    }
    if (table.length(trees::kCatFeatures) > 0 || table.length(trees::kOneHotFeatures) > 0 ||
        table.length(trees::kCtrFeatures) > 0) {
      return refuse("has categorical features");
    }
    if (table.length(trees::kTextFeatures) > 0 || table.length(trees::kEstimatedFeatures) > 0 ||
        table.length(trees::kEmbeddingFeatures) > 0 || root.length(core::kModelPartIds) > 0) {
      return refuse("has text or embedding features");
    }
    const auto outputs = table.scalar<std::int32_t>(trees::kDimension, 0);
    if (outputs != 1) return refuse("has " + std::to_string(outputs) + " outputs");
    return {};
  }

  Result<void> read_features(const FlatTable& table) {
    const std::uint32_t count = table.length(trees::kFloatFeatures);
    if (count == 0 || count > kMaxFeatures) {
      return damaged(std::to_string(count) + " features; expected 1 to " +
                     std::to_string(kMaxFeatures));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      const FlatTable entry = table.element(trees::kFloatFeatures, i);
      ObliviousTrees::Feature feature{std::string(entry.text(feature::kName)),
                                      entry.scalars<float>(feature::kBorders)};
      if (buffer_.damaged()) return damaged("feature " + std::to_string(i) + " cannot be read");
      const bool ordered =
          std::ranges::is_sorted(feature.borders) &&
          std::ranges::all_of(feature.borders, [](float border) { return std::isfinite(border); });
      if (!ordered) return damaged("the borders of \"" + feature.name + "\" are not ascending");
      model_.features.push_back(std::move(feature));
    }
    return {};
  }

  Result<void> read_trees(const FlatTable& table) {
    // A split is numbered through the borders of all features.
    std::vector<std::uint64_t> first_border(model_.features.size() + 1, 0);
    for (std::size_t f = 0; f < model_.features.size(); ++f) {
      first_border[f + 1] = first_border[f] + model_.features[f].borders.size();
    }
    for (const std::int32_t split : table.scalars<std::int32_t>(trees::kSplits)) {
      if (split < 0 || static_cast<std::uint64_t>(split) >= first_border.back()) {
        return damaged("split " + std::to_string(split) + " of " +
                       std::to_string(first_border.back()) + " borders");
      }
      const auto number = static_cast<std::uint64_t>(split);
      const auto next = std::ranges::upper_bound(first_border, number);
      const auto f = static_cast<std::size_t>(next - first_border.begin()) - 1;
      model_.splits.push_back(
          {static_cast<std::uint32_t>(f), static_cast<std::uint32_t>(number - first_border[f])});
    }
    std::uint64_t splits = 0;
    std::uint64_t leaves = 0;
    for (const std::int32_t depth : table.scalars<std::int32_t>(trees::kDepths)) {
      if (depth < 0 || static_cast<std::uint32_t>(depth) > kMaxTreeDepth) {
        return data_error(where_, "the model has a tree of depth " + std::to_string(depth) +
                                      "; at most " + std::to_string(kMaxTreeDepth) +
                                      " can be evaluated");
      }
      model_.depths.push_back(static_cast<std::uint32_t>(depth));
      splits += static_cast<std::uint64_t>(depth);
      leaves += std::uint64_t{1} << depth;
    }
    model_.leaves = table.scalars<double>(trees::kLeafValues);
    if (splits != model_.splits.size() || leaves != model_.leaves.size()) {
      return damaged("its trees need " + std::to_string(splits) + " splits and " +
                     std::to_string(leaves) + " leaves, it holds " +
                     std::to_string(model_.splits.size()) + " and " +
                     std::to_string(model_.leaves.size()));
    }
    const auto biases = table.scalars<double>(trees::kBiases);
    model_.scale = table.scalar<double>(trees::kScale, 1);
    model_.bias = biases.empty() ? table.scalar<double>(trees::kBias, 0) : biases.front();
    const auto finite = [](double value) { return std::isfinite(value); };
    if (!std::ranges::all_of(model_.leaves, finite) || !finite(model_.scale) ||
        !finite(model_.bias)) {
      return damaged("a leaf, the scale or the bias is not a finite number");
    }
    return {};
  }

  FlatBuffer buffer_;
  const std::string& where_;
  ObliviousTrees model_;
};

}  // namespace

Result<ObliviousTrees> parse_catboost_model(std::span<const std::byte> content,
                                            const std::string& where) {
  if (content.size() < kHeaderBytes ||
      std::memcmp(content.data(), kMagic.data(), kMagic.size()) != 0) {
    return data_error(where,
                      "this is no CatBoost model (.cbm); expected it to begin with \"CBM1\"");
  }
  std::uint32_t size = 0;
  std::memcpy(&size, content.data() + kMagic.size(), sizeof(size));
  if (size > content.size() - kHeaderBytes) {
    return data_error(where, "the model is cut off: " + std::to_string(size) +
                                 " bytes are announced, " +
                                 std::to_string(content.size() - kHeaderBytes) + " follow");
  }
  return ModelReader(content.subspan(kHeaderBytes, size), where).read();
}

}  // namespace ionloom::fdr
