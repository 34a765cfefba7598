#include "imaging/region_counter.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "imaging/slopes.h"

namespace ionloom::imaging {
namespace {

constexpr std::uint32_t kNoEdge = UINT32_MAX;
constexpr std::size_t kWord = 64;  ///< pixels whose slopes one mask holds

/// Tops of a row: four or more apart.
std::size_t most_tops(std::size_t width) {
  return (width + 3) / 4;
}

}  // namespace

RegionCounter::RegionCounter(std::size_t width, std::size_t height) {
  for (std::size_t i = 0; i < 2; ++i) {
    levels_[i].resize(kMargin + (width / kWord + 1) * kWord + kMargin, 0);
    hills_[i].reserve(most_tops(width));
  }
  parent_.reserve(height * most_tops(width));
  top_.reserve(height * most_tops(width));
  edges_.reserve(2 * height * most_tops(width));
}

void RegionCounter::start() {
  for (std::size_t i = 0; i < 2; ++i) {
    std::fill(row_begin(i) + first_[i], row_begin(i) + last_[i], 0);
    first_[i] = last_[i] = 0;
    hills_[i].clear();
  }
  parent_.clear();
  top_.clear();
  edges_.clear();
  edges_of_height_.fill(kNoEdge);
  sum_ = 0;
}

void RegionCounter::add_empty_row() {
  std::fill(row() + first_[current_], row() + last_[current_], 0);
  first_[current_] = last_[current_] = 0;
  hills_[current_].clear();
  current_ ^= 1;
  std::fill(row() + first_[current_], row() + last_[current_], 0);
  first_[current_] = last_[current_] = 0;
}

void RegionCounter::add_row(std::size_t first, std::size_t last) {
  first_[current_] = first;
  last_[current_] = last;
  find_hills(first / kWord, last / kWord);
  const std::size_t shared_first = std::max(first, first_[current_ ^ 1]);
  const std::size_t shared_last = std::min(last, last_[current_ ^ 1]);
  if (shared_first < shared_last) join_rows(shared_first / kWord, shared_last / kWord);
  current_ ^= 1;
  std::fill(row() + first_[current_], row() + last_[current_], 0);
  first_[current_] = last_[current_] = 0;
}

void RegionCounter::find_hills(std::size_t first_word, std::size_t last_word) {
  const std::uint8_t* levels = row();
  std::vector<Hill>& hills = hills_[current_];
  hills.clear();
  TurningPoints turning;
  std::size_t topped = 0;  // hills whose top was met
  const auto base = static_cast<std::uint32_t>(parent_.size());
  for (std::size_t word = first_word; word <= last_word; ++word) {
    const Slopes slopes = slopes_of(static_cast<std::ptrdiff_t>(word * kWord),
                                    [levels](auto at) { return load<Byte16>(levels + at); });
    const auto [valleys, tops] = turning.next(slopes);
    for (std::uint64_t bits = valleys; bits != 0; bits &= bits - 1) {
      const std::size_t column = word * kWord + std::countr_zero(bits);
      hills.push_back(
          {static_cast<std::uint32_t>(column), base + static_cast<std::uint32_t>(hills.size())});
    }
    for (std::uint64_t bits = tops; bits != 0; bits &= bits - 1, ++topped) {
      const std::uint8_t top = levels[word * kWord + std::countr_zero(bits) - 1];
      parent_.push_back(base + static_cast<std::uint32_t>(topped));
      top_.push_back(top);
      sum_ += top;
    }
  }
  for (std::size_t i = 1; i < hills.size(); ++i) {
    join(hills[i - 1].node, hills[i].node, levels[hills[i].first - 1]);
  }
}

void RegionCounter::join_rows(std::size_t first_word, std::size_t last_word) {
  const std::uint8_t* levels = row();
  const std::uint8_t* above = row_begin(current_ ^ 1);
  const std::vector<Hill>& hills = hills_[current_];
  const std::vector<Hill>& hills_above = hills_[current_ ^ 1];
  TurningPoints turning;
  std::size_t hill = 0;
  std::size_t hill_above = 0;
  for (std::size_t word = first_word; word <= last_word; ++word) {
    const Slopes slopes =
        slopes_of(static_cast<std::ptrdiff_t>(word * kWord), [levels, above](auto at) {
          return lower_of(load<Byte16>(levels + at), load<Byte16>(above + at));
        });
    const std::uint64_t tops = turning.next(slopes).tops;
    for (std::uint64_t bits = tops; bits != 0; bits &= bits - 1) {
      const std::size_t column = word * kWord + std::countr_zero(bits) - 1;
      while (hill + 1 < hills.size() && hills[hill + 1].first <= column) ++hill;
      while (hill_above + 1 < hills_above.size() && hills_above[hill_above + 1].first <= column) {
        ++hill_above;
      }
      join(hills_above[hill_above].node, hills[hill].node, std::min(levels[column], above[column]));
    }
  }
}

std::uint32_t RegionCounter::root(std::uint32_t node) {
  while (parent_[node] != node) {
    parent_[node] = parent_[parent_[node]];
    node = parent_[node];
  }
  return node;
}

void RegionCounter::link(std::uint32_t a, std::uint32_t b) {
  if (top_[a] < top_[b]) std::swap(a, b);
  parent_[b] = a;
}

void RegionCounter::join(std::uint32_t a, std::uint32_t b, std::uint8_t height) {
  if (height == 0) return;
  a = root(a);
  b = root(b);
  if (a == b) return;
  if (height == std::min(top_[a], top_[b])) {
    link(a, b);
    sum_ -= height;
    return;
  }
  std::uint32_t& list = edges_of_height_[height];
  edges_.push_back({a, b, list});
  list = static_cast<std::uint32_t>(edges_.size() - 1);
}

std::uint64_t RegionCounter::count() {
  for (std::size_t height = kHighestLevel; height > 0; --height) {
    for (std::uint32_t at = edges_of_height_[height]; at != kNoEdge; at = edges_[at].next) {
      const std::uint32_t a = root(edges_[at].a);
      const std::uint32_t b = root(edges_[at].b);
      if (a == b) continue;
      link(a, b);
      sum_ -= height;
    }
  }
  return sum_;
}

std::uint64_t RegionCounter::memory_bound_bytes(std::uint64_t width, std::uint64_t height) {
  const std::uint64_t tops = most_tops(width);
  const std::uint64_t rows = 2 * (width + 3 * kMargin) + 2 * tops * sizeof(Hill);
  // A row has fewer edges than hills, and two rows share as many tops as a row may have.
  return rows + height * tops * (sizeof(std::uint32_t) + sizeof(std::uint8_t) + 2 * sizeof(Edge));
}

}  // namespace ionloom::imaging
