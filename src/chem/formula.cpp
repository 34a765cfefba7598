#include "chem/formula.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

namespace ionloom::chem {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000;
constexpr int kMaxDepth = 64;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Atom counts while parsing; wide and signed, because subtraction comes before the check.
using Counts = std::vector<std::int64_t>;

/// Recursive descent over the list grammar. The first failure is kept in `error`.
class ListFormulaParser {
 public:
  explicit ListFormulaParser(std::string_view text) : text_(text) {}

  Result<Composition> parse() {
    Counts counts(elements().size(), 0);
    if (complex(counts, 1)) {
      while (!at_end() && (peek() == '+' || peek() == '-' || peek() == ' ')) {
        const int sign = text_[at_++] == '+' ? 1 : -1;
        if (!complex(counts, sign)) break;
      }
    }
    if (error_.empty() && !at_end()) refuse("unexpected \"" + std::string(1, peek()) + "\"");
    if (!error_.empty()) return data_error({}, error_);
    return checked(counts);
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }

  bool refuse(const std::string& why) {
    if (error_.empty()) error_ = why + " at character " + std::to_string(at_ + 1);
    return false;
  }

  /// number?, 1 when there is none.
  std::optional<std::int64_t> number() {
    if (at_end() || !is_digit(peek())) return 1;
    std::int64_t value = 0;
    while (!at_end() && is_digit(peek())) {
      value = value * 10 + (text_[at_] - '0');
      if (value > kMaxCount) {
        refuse("a count over " + std::to_string(kMaxCount));
        return std::nullopt;
      }
      ++at_;
    }
    return value;
  }

  /// number? fragment+, added to `counts` times `factor`.
  bool complex(Counts& counts, std::int64_t factor) {
    const auto multiplier = number();
    if (!multiplier) return false;
    Counts inner(counts.size(), 0);
    if (!fragments(inner)) return false;
    return accumulate(counts, inner, factor * *multiplier);
  }

  bool fragments(Counts& counts) {
    bool any = false;
    while (!at_end() && (is_upper(peek()) || peek() == '(')) {
      if (peek() == '(' ? !bracket(counts) : !atoms(counts)) return false;
      any = true;
    }
    if (any) return true;
    return refuse(at_end() ? "an element is missing"
                           : "expected an element, found \"" + std::string(1, peek()) + "\"");
  }

  bool bracket(Counts& counts) {
    if (++depth_ > kMaxDepth) return refuse("brackets nested too deeply");
    ++at_;
    Counts inner(counts.size(), 0);
    // One fragment only between brackets: either another bracket or a run of elements.
    if (at_end()) return refuse("a bracket is not closed");
    if (peek() == '(') {
      if (!bracket(inner)) return false;
    } else if (is_upper(peek())) {
      while (!at_end() && is_upper(peek())) {
        if (!atoms(inner)) return false;
      }
    } else {
      return refuse("expected an element, found \"" + std::string(1, peek()) + "\"");
    }
    if (at_end() || peek() != ')') return refuse("a bracket is not closed");
    ++at_;
    --depth_;
    const auto multiplier = number();
    return multiplier && accumulate(counts, inner, *multiplier);
  }

  bool atoms(Counts& counts) {
    const std::size_t start = at_++;
    while (!at_end() && is_lower(peek())) ++at_;
    const std::string_view symbol = text_.substr(start, at_ - start);
    const auto id = find_element(symbol);
    if (!id || std::isnan(element(*id).listed_mass_da)) {
      at_ = start;
      return refuse("element \"" + std::string(symbol) + "\" unknown");
    }
    const auto count = number();
    if (!count) return false;
    counts[*id] += *count;
    return true;
  }

  bool accumulate(Counts& counts, const Counts& inner, std::int64_t factor) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      counts[i] += inner[i] * factor;
      if (std::abs(counts[i]) > kMaxCount) {
        return refuse("more than " + std::to_string(kMaxCount) + " atoms of one element");
      }
    }
    return true;
  }

  static Result<Composition> checked(const Counts& counts) {
    Composition composition;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto id = static_cast<ElementId>(i);
      if (counts[i] < 0) {
        return data_error(
            {}, "element " + std::string(element(id).symbol) + " occurs less than zero times");
      }
      composition.set(id, static_cast<std::int32_t>(counts[i]));
    }
    if (composition.empty()) return data_error({}, "the formula is empty");
    return composition;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string error_;
};

}  // namespace

Result<Composition> parse_list_formula(std::string_view formula) {
  if (formula.find('.') != std::string_view::npos) {
    return data_error({}, "a dot is not accepted; give one molecule without adducts or water");
  }
  return ListFormulaParser(formula).parse();
}

std::optional<Composition> ion_composition(std::string_view formula) {
  Composition composition;
  if (!read_ion_composition(formula, composition)) return std::nullopt;
  return composition;
}

bool read_ion_composition(std::string_view formula, Composition& composition) {
  composition.clear();
  std::string cleaned;
  if (formula.find_first_of(".=") != std::string_view::npos) {
    for (const char c : formula) {
      if (c != '.' && c != '=') cleaned += c;
    }
    formula = cleaned;
  }
  for (std::size_t at = 0; at < formula.size();) {
    if (!is_upper(formula[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at++;
    while (at < formula.size() && is_lower(formula[at])) ++at;
    const auto id = find_element(formula.substr(start, at - start));
    std::int64_t count = 0;
    bool counted = false;
    for (; at < formula.size() && is_digit(formula[at]); ++at) {
      counted = true;
      if (count <= kMaxCount) count = count * 10 + (formula[at] - '0');
    }
    if (!id) return false;
    composition.set(*id, counted ? static_cast<std::int32_t>(count) : 1);
  }
  return true;
}

double monoisotopic_mz(const Composition& ion, bool positive) {
  double mass = 0;
  for (const ElementCount& entry : ion.entries()) {
    mass += element(entry.element).listed_mass_da * entry.count;
  }
  return positive ? mass - kListedElectronMassDa : mass + kListedElectronMassDa;
}

}  // namespace ionloom::chem
