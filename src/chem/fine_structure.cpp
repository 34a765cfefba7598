#include "chem/fine_structure.h"

#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

constexpr double kRelativeThreshold = 1e-4;

/// Peaks of nearly all ions; beyond, all that there can be are made room for at once, since a
/// vector that doubles holds three times what it needs.
constexpr std::size_t kUsualPeaks = 8192;
/// One more says that there are too many, another makes a pair of the last.
constexpr std::size_t peaks_of(std::size_t most_isotopologues) {
  return most_isotopologues + 2;
}

}  // namespace

FineStructureCalculator::FineStructureCalculator(AnalysisVersion version,
                                                 std::size_t most_isotopologues)
    : elements_(version), most_(most_isotopologues) {
  if (most_ <= kUsualPeaks) peaks_.reserve(peaks_of(most_));
}

std::uint64_t FineStructureCalculator::memory_bound_bytes(std::size_t most_isotopologues) {
  const std::int32_t counts = most_isotopologues < kMostIsotopologues
                                  ? ElementPatterns::kUsualCounts
                                  : ElementPatterns::kCountLimit;
  const std::size_t grown = most_isotopologues <= kUsualPeaks ? 0 : kUsualPeaks;
  return ElementPatterns::memory_bound_bytes(most_isotopologues, counts) +
         (grown + peaks_of(most_isotopologues)) * sizeof(PatternPeak) +
         MassOrder::memory_bound_bytes();
}

void FineStructureCalculator::add(const PatternPeak& peak) {
  if (peaks_.size() == peaks_.capacity() && peaks_.size() >= kUsualPeaks) {
    peaks_.reserve(peaks_of(most_));
  }
  peaks_.push_back(peak);
}

void FineStructureCalculator::combine(std::size_t depth, double mass_da, double log_probability) {
  if (depth == patterns_.size()) {
    if (log_probability < threshold_) return;
    add({mass_da, log_probability});
    too_many_ = peaks_.size() > most_;
    return;
  }
  // A little slack, so that rounding cannot prune what the exact comparison above would keep.
  const double lowest = threshold_ - best_rest_[depth + 1] - 1e-9;
  for (const ElementConfiguration& configuration : patterns_[depth]) {
    const double sum = log_probability + configuration.log_probability;
    if (sum < lowest || too_many_) break;
    combine(depth + 1, mass_da + configuration.mass_da, sum);
  }
}

/// Takes the patterns of the ion's elements. False when it has no fine structure.
bool FineStructureCalculator::find_patterns(const Composition& composition) {
  patterns_.clear();
  if (composition.empty()) return false;
  elements_.make_room();
  // Each configuration of an element with the most probable ones of the others is an isotopologue.
  std::size_t fewest = 1;
  const bool is_limited = most_ < kMostIsotopologues;
  for (const ElementCount& entry : composition.entries()) {
    if (entry.count < 0 || entry.count >= ElementPatterns::kCountLimit) return false;
    const std::size_t most = most_ - fewest + 1;
    if (is_limited && entry.count >= ElementPatterns::kUsualCounts) {
      too_many_ = true;
      return false;
    }
    patterns_.push_back(elements_.of(entry, most));
    if (patterns_.back().empty()) {
      too_many_ = is_limited && !elements_.configurations_of(entry, most);
      return false;
    }
    fewest += patterns_.back().size() - 1;
  }
  return true;
}

std::vector<PatternPeak>* FineStructureCalculator::compute(const Composition& composition) {
  peaks_.clear();
  too_many_ = false;
  const bool found = find_patterns(composition);
  was_told_too_few_ |= too_many_;
  if (!found) return nullptr;
  double best = 0;
  for (const auto& pattern : patterns_) best += pattern.front().log_probability;
  threshold_ = best + exact_log(kRelativeThreshold);
  best_rest_.assign(patterns_.size() + 1, 0.0);
  for (std::size_t i = patterns_.size(); i-- > 0;) {
    best_rest_[i] = best_rest_[i + 1] + patterns_[i].front().log_probability;
  }
  combine(0, 0.0, 0.0);
  was_told_too_few_ |= too_many_ && most_ < kMostIsotopologues;
  if (too_many_) return nullptr;

  const double top = exact_exp(best);
  add(peaks_.back());  // makes a pair of the last, if it has no other
  for (std::size_t i = 0; i + 1 < peaks_.size(); i += 2) {
    const Pair log_intensity = {peaks_[i].intensity, peaks_[i + 1].intensity};
    const Pair intensity = exact_exp(log_intensity) / top;
    peaks_[i].intensity = intensity[0];
    peaks_[i + 1].intensity = intensity[1];
  }
  peaks_.pop_back();
  order_.sort(peaks_);
  return &peaks_;
}

}  // namespace ionloom::chem
