#include "chem/composition.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ionloom::chem {
namespace {

auto position(const std::vector<ElementCount>& entries, ElementId element) {
  return std::ranges::lower_bound(entries, element, {}, &ElementCount::element);
}

void append(std::string& text, const ElementCount& entry) {
  text += element(entry.element).symbol;
  if (entry.count <= 1) return;
  std::array<char, 12> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), entry.count).ptr;
  text.append(digits.data(), end);
}

constexpr std::size_t kLeading = 6;

/// 0 for C, 1 for H ... 5 for S, kLeading for every other element.
const std::vector<std::uint8_t>& ranks() {
  static const std::vector<std::uint8_t> table = [] {
    std::vector<std::uint8_t> rank(elements().size(), kLeading);
    std::uint8_t next = 0;
    for (const char* symbol : {"C", "H", "N", "O", "P", "S"}) rank[*find_element(symbol)] = next++;
    return rank;
  }();
  return table;
}

}  // namespace

std::int32_t Composition::count(ElementId element) const {
  const auto found = position(entries_, element);
  return found != entries_.end() && found->element == element ? found->count : 0;
}

void Composition::set(ElementId element, std::int32_t count) {
  const auto found = entries_.begin() + (position(entries_, element) - entries_.begin());
  const bool present = found != entries_.end() && found->element == element;
  if (count == 0) {
    if (present) entries_.erase(found);
  } else if (present) {
    found->count = count;
  } else {
    entries_.insert(found, {element, count});
  }
}

std::string ion_formula_text(const Composition& composition) {
  std::string text;
  append_ion_formula(composition, text);
  return text;
}

void append_ion_formula(const Composition& composition, std::string& text) {
  const std::vector<std::uint8_t>& rank = ranks();
  std::array<ElementCount, kLeading> leading{};
  for (const ElementCount& entry : composition.entries()) {
    if (rank[entry.element] < kLeading) leading[rank[entry.element]] = entry;
  }
  for (const ElementCount& entry : leading) {
    if (entry.count != 0) append(text, entry);
  }
  for (const ElementCount& entry : composition.entries()) {
    if (rank[entry.element] == kLeading) append(text, entry);
  }
}

}  // namespace ionloom::chem
