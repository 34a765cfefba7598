#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <fmt/core.h>

#include "report/ion_images.h"

namespace ionloom::report {

namespace {

constexpr std::size_t kMaxStemBytes = 200;  // leaves room for peak, extension and temporary names

bool is_safe(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' ||
         c == '-' || c == '.' || c == '_';
}

std::string safe(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return !is_safe(c); }, '_');
  return text;
}

/// What names are compared by: "CO" and "Co" are one file on some systems.
std::string folded(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

std::string plain_stem(const Annotation& a) {
  const bool bare = a.adduct == "[M]+" || a.adduct == "[M]-";
  const std::string adduct = bare ? std::string("M") + a.adduct.back() : a.adduct;
  const std::string tail = safe(fmt::format("_{}_{:.4f}", adduct, a.mz));
  std::string head = safe(a.formula + a.chem_mod + a.neutral_loss);
  if (head.starts_with('-') || head.starts_with('.')) {
    head.insert(0, 1, '_');  // neither an option nor a hidden file
  }
  return head.substr(0, kMaxStemBytes - std::min(kMaxStemBytes, tail.size())) + tail;
}

}  // namespace

std::vector<std::string> ion_image_stems(std::span<const Annotation> rows) {
  std::vector<std::string> stems;
  stems.reserve(rows.size());
  std::unordered_map<std::string, std::size_t> uses;
  for (const Annotation& row : rows) {
    stems.push_back(plain_stem(row));
    ++uses[folded(stems.back())];
  }

  std::unordered_set<std::string> taken;
  for (const std::string& stem : stems) {
    if (uses.at(folded(stem)) == 1) {
      taken.insert(folded(stem));
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (uses.at(folded(stems[i])) == 1) {
      continue;
    }
    const std::string with_list = (stems[i] + "_" + safe(rows[i].list)).substr(0, kMaxStemBytes);
    std::string stem = with_list;
    for (std::size_t n = 2; !taken.insert(folded(stem)).second; ++n) {
      stem = fmt::format("{}_{}", with_list, n);
    }
    stems[i] = std::move(stem);
  }
  return stems;
}

std::string ion_image_name(std::string_view stem, std::size_t peak, std::string_view extension) {
  return fmt::format("{}_{}.{}", stem, peak, extension);
}

}  // namespace ionloom::report
