#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chem/element_table.h"

namespace ionloom::chem {

struct ElementCount {
  ElementId element = 0;
  std::int32_t count = 0;

  bool operator==(const ElementCount&) const = default;
};

/// How many atoms of each element: entries in ascending element id, none with count 0.
class Composition {
 public:
  [[nodiscard]] const std::vector<ElementCount>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::int32_t count(ElementId element) const;

  /// Replaces the count of one element; 0 removes it.
  void set(ElementId element, std::int32_t count);
  void add(ElementId element, std::int32_t count) { set(element, this->count(element) + count); }

  void clear() { entries_.clear(); }

  bool operator==(const Composition&) const = default;

 private:
  std::vector<ElementCount> entries_;
};

/// METASPACE's text of an ion: C, H, N, O, P, S, then the others alphabetically, count 1 not
/// written. The identity of an ion: equal texts share one pattern and one set of images.
[[nodiscard]] std::string ion_formula_text(const Composition& composition);

/// Appends that text.
void append_ion_formula(const Composition& composition, std::string& text);

}  // namespace ionloom::chem
