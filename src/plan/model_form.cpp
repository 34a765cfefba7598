#include "plan/model_form.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "plan/touched_share.h"

namespace ionloom::plan {
namespace {

constexpr Term kOne{};

Term per(Count a) {
  return {.kind = Term::Kind::kCount, .a = a};
}
Term product(Count a, Count b) {
  return {.kind = Term::Kind::kProduct, .a = a, .b = b};
}
Term with_log(Count a, Count b) {
  return {.kind = Term::Kind::kLogCount, .a = a, .b = b};
}
Term touched(Count a, Count b) {
  return {.kind = Term::Kind::kTouched, .a = a, .b = b};
}

using Forms = std::array<std::vector<ModelForm>, kStages.size()>;

Forms all_forms() {
  using enum Count;
  Forms forms;
  const auto of = [&](Stage stage) -> std::vector<ModelForm>& {
    return forms[static_cast<std::size_t>(stage)];
  };
  of(Stage::kIndex) = {{kOne, per(kSpectra)}, {kOne, per(kSpectra), per(kPixels)}};
  of(Stage::kIngest) = {{kOne, per(kPeaks)},
                        {kOne, with_log(kPeaks, kPeaks)},
                        {kOne, per(kSpectra), per(kPeaks)},
                        {kOne, per(kSpectra), with_log(kPeaks, kPeaks)}};
  of(Stage::kMerge) = {{kOne, per(kPeaks)}, {kOne, per(kPeaks), with_log(kPeaks, kRuns)}};
  of(Stage::kIons) = {{kOne, per(kIons)}, {kOne, per(kFormulas), per(kIons)}};
  of(Stage::kPatterns) = {{kOne, per(kIons)}};
  of(Stage::kAnnotate) = {
      {kOne, per(kIons)},
      {kOne, per(kIons), per(kWindowPeaks)},
      {kOne, per(kIons), per(kWindowPeaks), per(kPeaks)},
      {kOne, per(kIons), per(kWindowPeaks), product(kIons, kPixels)},
      // Where peaks lie densely an ion has some in its windows by chance.
      {kOne, per(kIons), per(kPeaks), product(kIons, kDatasetPeaks)},
      {kOne, per(kIons), per(kWindowPeaks), per(kPeaks), product(kIons, kDatasetPeaks)}};
  of(Stage::kImages) = {
      {kOne, per(kIons)},
      {kOne, per(kIons), per(kWindowPeaks)},
      {kOne, per(kIons), per(kWindowPeaks), product(kIons, kPixels)},
      // The checksums of the files are computed beside the images.
      {kOne, per(kIons), per(kPeaks)},
      {kOne, per(kIons), per(kPeaks), product(kIons, kPixels)},
      // Blocks of peaks are read, and unpacked, that hold some of the images'.
      {kOne, per(kIons), per(kPeaks), touched(kPeaks, kIons)},
      {kOne, per(kIons), per(kPeaks), touched(kPeaks, kIons), product(kIons, kPixels)}};
  of(Stage::kRank) = {
      {kOne, per(kDraws)}, {kOne, with_log(kDraws, kDraws)}, {kOne, per(kIons), per(kDraws)}};
  return forms;
}

}  // namespace

double term_value(const Term& term, const WorkCounts& counts) {
  switch (term.kind) {
    case Term::Kind::kConstant:
      break;
    case Term::Kind::kCount:
      return counts[term.a];
    case Term::Kind::kProduct:
      return counts[term.a] * counts[term.b];
    case Term::Kind::kLogCount:
      return counts[term.a] * std::log2(std::max(counts[term.b], 2.0));
    case Term::Kind::kTouched:
      return counts[term.a] * touched_share(kWindows * counts[term.b], 0, counts[term.a]);
  }
  return 1;
}

std::string term_name(const Term& term) {
  std::string a(count_name(term.a));
  const std::string b(count_name(term.b));
  switch (term.kind) {
    case Term::Kind::kConstant:
      break;
    case Term::Kind::kCount:
      return a;
    case Term::Kind::kProduct:
      return a + " x " + b;
    case Term::Kind::kLogCount:
      return a + " x log2 " + b;
    case Term::Kind::kTouched:
      return a + " in blocks of " + b;
  }
  return "1";
}

std::optional<Term> term_from_name(std::string_view name) {
  for (const Stage stage : kStages) {
    for (const ModelForm& form : candidate_forms(stage)) {
      const auto found = std::ranges::find(form, name, term_name);
      if (found != form.end()) return *found;
    }
  }
  return std::nullopt;
}

std::vector<double> term_values(const ModelForm& form, const WorkCounts& counts) {
  std::vector<double> values;
  values.reserve(form.size());
  for (const Term& term : form) values.push_back(term_value(term, counts));
  return values;
}

std::span<const ModelForm> candidate_forms(Stage stage) {
  static const Forms kForms = all_forms();
  return kForms[static_cast<std::size_t>(stage)];
}

}  // namespace ionloom::plan
