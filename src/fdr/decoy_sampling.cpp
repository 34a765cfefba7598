#include "fdr/decoy_sampling.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace ionloom::fdr {
namespace {

constexpr std::string_view kDecoyAdducts[] = {
    "+He", "+Li", "+Be", "+B",  "+C",  "+N",  "+O",  "+F",  "+Ne", "+Mg", "+Al", "+Si",
    "+P",  "+S",  "+Cl", "+Ar", "+Ca", "+Sc", "+Ti", "+V",  "+Cr", "+Mn", "+Fe", "+Co",
    "+Ni", "+Cu", "+Zn", "+Ga", "+Ge", "+As", "+Se", "+Br", "+Kr", "+Rb", "+Sr", "+Y",
    "+Zr", "+Nb", "+Mo", "+Ru", "+Rh", "+Pd", "+Ag", "+Cd", "+In", "+Sn", "+Sb", "+Te",
    "+I",  "+Xe", "+Cs", "+Ba", "+La", "+Ce", "+Pr", "+Nd", "+Sm", "+Eu", "+Gd", "+Tb",
    "+Dy", "+Ho", "+Ir", "+Th", "+Pt", "+Os", "+Yb", "+Lu", "+Bi", "+Pb", "+Re", "+Tl",
    "+Tm", "+U",  "+W",  "+Au", "+Er", "+Hf", "+Hg", "+Ta"};

}  // namespace

std::span<const std::string_view> decoy_adducts() {
  return kDecoyAdducts;
}

std::vector<std::string> decoy_candidates(std::span<const std::string> in_use) {
  std::vector<std::string> candidates;
  for (const std::string_view adduct : kDecoyAdducts) {
    if (std::ranges::find(in_use, adduct) == in_use.end()) candidates.emplace_back(adduct);
  }
  return candidates;
}

DecoySampler::DecoySampler(std::size_t candidates, std::size_t sample_size)
    : sample_size_(std::min(sample_size, candidates)), order_(candidates) {}

std::span<const std::uint8_t> DecoySampler::draw() {
  std::iota(order_.begin(), order_.end(), std::uint8_t{0});
  for (std::size_t i = order_.size() - 1; i > 0; --i) {
    // Masked rejection: the smallest all-ones mask that covers i, redraw while above i.
    const auto mask = static_cast<std::uint32_t>(std::bit_ceil(i + 1) - 1);
    std::uint32_t j = 0;
    do {
      j = static_cast<std::uint32_t>(random_()) & mask;
    } while (j > i);
    std::swap(order_[i], order_[j]);
  }
  return std::span(order_).first(sample_size_);
}

}  // namespace ionloom::fdr
