#include "report/prefix_code.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ionloom::report {
namespace {

constexpr unsigned kLongest = 15;

/// Turns ascending weights into the depths of their leaves in a Huffman tree, in place, descending.
void weights_to_depths(std::vector<std::uint64_t>& tree) {
  const std::size_t n = tree.size();
  // Pairs the two lightest again and again: an inner node's weight, later its parent's place,
  // takes the place of what it has swallowed.
  std::size_t leaf = 0;
  std::size_t root = 0;
  for (std::size_t next = 0; next + 1 < n; ++next) {
    const auto lightest = [&] {
      if (leaf >= n || (root < next && tree[root] < tree[leaf])) {
        const std::uint64_t weight = tree[root];
        tree[root++] = next;
        return weight;
      }
      return tree[leaf++];
    };
    const std::uint64_t first = lightest();
    tree[next] = first + lightest();
  }
  // Parents to depths of inner nodes.
  tree[n - 2] = 0;
  for (std::size_t i = n - 2; i-- > 0;) tree[i] = tree[tree[i]] + 1;
  // Depths of inner nodes to those of leaves.
  std::size_t free_places = 1;
  std::uint64_t depth = 0;
  std::size_t inner = n - 1;
  std::size_t at = n;
  while (free_places > 0) {
    std::size_t used = 0;
    while (inner > 0 && tree[inner - 1] == depth) {
      ++used;
      --inner;
    }
    for (; free_places > used; --free_places) tree[--at] = depth;
    free_places = 2 * used;
    ++depth;
  }
}

}  // namespace

void prefix_code_lengths(std::span<const std::uint64_t> counts, unsigned longest,
                         std::span<std::uint8_t> lengths) {
  std::ranges::fill(lengths, std::uint8_t{0});
  std::vector<std::size_t> symbols;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) symbols.push_back(i);
  }
  for (std::size_t i = 0; symbols.size() < 2; ++i) {
    if (counts[i] == 0) symbols.push_back(i);
  }
  std::ranges::stable_sort(symbols, {}, [&](std::size_t symbol) { return counts[symbol]; });

  std::vector<std::uint64_t> depths;
  depths.reserve(symbols.size());
  for (const std::size_t symbol : symbols) depths.push_back(counts[symbol]);
  weights_to_depths(depths);

  // Codes that would be too long are cut; what that overfills by is won back from the longest code
  // that may still grow, one leaf of it becoming an inner node with two.
  std::array<std::size_t, kLongest + 1> of_length{};
  for (const std::uint64_t depth : depths) ++of_length[std::min<std::uint64_t>(depth, longest)];
  std::uint64_t filled = 0;  // in leaves of the greatest length
  for (unsigned length = 1; length <= longest; ++length) {
    filled += of_length[length] << (longest - length);
  }
  for (; filled > (std::uint64_t{1} << longest); --filled) {
    --of_length[longest];
    unsigned length = longest - 1;
    while (of_length[length] == 0) --length;
    --of_length[length];
    of_length[length + 1] += 2;
  }
  std::size_t next = 0;
  for (unsigned length = longest; length > 0; --length) {
    for (std::size_t k = 0; k < of_length[length]; ++k) {
      lengths[symbols[next++]] = static_cast<std::uint8_t>(length);
    }
  }
}

void prefix_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes) {
  std::array<unsigned, kLongest + 2> next{};
  for (const std::uint8_t length : lengths) {
    if (length > 0) ++next[length + 1U];
  }
  // next[l] counts the codes shorter by one bit; make it the first code of length l.
  for (unsigned length = 1; length <= kLongest; ++length) {
    next[length] = (next[length - 1] + next[length]) << 1U;
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    unsigned code = lengths[i] > 0 ? next[lengths[i]]++ : 0;
    unsigned turned = 0;
    for (unsigned bit = 0; bit < lengths[i]; ++bit, code >>= 1U)
      turned = turned << 1U | (code & 1U);
    codes[i] = static_cast<std::uint16_t>(turned);
  }
}

}  // namespace ionloom::report
