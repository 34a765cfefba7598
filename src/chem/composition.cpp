#include "chem/composition.h"

#include <algorithm>
#include <array>

namespace ionloom::chem {
namespace {

auto position(const std::vector<ElementCount>& entries, ElementId element) {
  return std::ranges::lower_bound(entries, element, {}, &ElementCount::element);
}

void append(std::string& text, const ElementCount& entry) {
  text += element(entry.element).symbol;
  if (entry.count > 1) text += std::to_string(entry.count);
}

const std::array<ElementId, 6>& leading_elements() {
  static const std::array<ElementId, 6> ids = {*find_element("C"), *find_element("H"),
                                               *find_element("N"), *find_element("O"),
                                               *find_element("P"), *find_element("S")};
  return ids;
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
  const auto& leading = leading_elements();
  for (const ElementId id : leading) {
    if (const std::int32_t count = composition.count(id); count != 0) append(text, {id, count});
  }
  for (const ElementCount& entry : composition.entries()) {
    if (std::ranges::find(leading, entry.element) == leading.end()) append(text, entry);
  }
  return text;
}

}  // namespace ionloom::chem
