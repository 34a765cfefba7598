#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

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

std::string stem_with_list(const Annotation& a, std::uint32_t number) {
  const std::string stem = (plain_stem(a) + "_" + safe(a.list)).substr(0, kMaxStemBytes);
  return number == 1 ? stem : fmt::format("{}_{}", stem, number);
}

/// A name as it is compared: two that differ may rarely count as one, and get their list's name.
struct Mark {
  std::uint64_t hash = 0;
  std::uint32_t row = 0;
};

std::uint64_t hash_of(std::string stem) {
  return std::hash<std::string>()(folded(std::move(stem)));
}

}  // namespace

IonImageStems::IonImageStems(const AnnotationRows& rows) {
  std::vector<Mark> marks;
  marks.reserve(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    marks.push_back({hash_of(plain_stem(rows[i])), i});
  std::ranges::sort(marks, {}, [](const Mark& mark) { return std::pair(mark.hash, mark.row); });
  const auto uses = [&](std::uint64_t hash) {
    return std::ranges::equal_range(marks, hash, {}, &Mark::hash).size();
  };
  for (const Mark& mark : marks) {
    if (uses(mark.hash) > 1) shared_.push_back({mark.row, 1});
  }
  std::ranges::sort(shared_, {}, &Shared::row);
  std::unordered_set<std::uint64_t> taken;  // by the names made here
  for (Shared& shared : shared_) {
    const Annotation row = rows[shared.row];
    for (;; ++shared.number) {
      const std::uint64_t hash = hash_of(stem_with_list(row, shared.number));
      if (uses(hash) != 1 && taken.insert(hash).second) break;
    }
  }
}

std::string IonImageStems::of(std::size_t i, const Annotation& row) const {
  const auto found = std::ranges::lower_bound(shared_, i, {}, &Shared::row);
  if (found == shared_.end() || found->row != i) return plain_stem(row);
  return stem_with_list(row, found->number);
}

std::uint64_t IonImageStems::memory_bound_bytes(std::uint64_t rows, std::uint64_t sharing) {
  // A vector that has grown holds up to twice what it needs.
  constexpr std::uint64_t kHashSetBytes = 48;
  return rows * sizeof(Mark) + sharing * (2 * sizeof(Shared) + kHashSetBytes);
}

std::string ion_image_name(std::string_view stem, std::size_t peak, std::string_view extension) {
  return fmt::format("{}_{}.{}", stem, peak, extension);
}

}  // namespace ionloom::report
