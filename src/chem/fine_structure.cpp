#include "chem/fine_structure.h"

#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

constexpr double kRelativeThreshold = 1e-4;

/// Peaks of nearly all ions; beyond, all that there can be are made room for at once, since a
/// vector that doubles holds three times what it needs.
constexpr std::size_t kUsualPeaks = 8192;
/// One more says that there are too many, another makes a pair of the last.
constexpr std::size_t kMostPeaks = kMostIsotopologues + 2;

}  // namespace

FineStructureCalculator::FineStructureCalculator(AnalysisVersion version) : elements_(version) {}

std::uint64_t FineStructureCalculator::memory_bound_bytes() {
  return ElementPatterns::memory_bound_bytes(kMostIsotopologues) +
         (kUsualPeaks + kMostPeaks) * sizeof(PatternPeak) + MassOrder::memory_bound_bytes();
}

void FineStructureCalculator::add(const PatternPeak& peak) {
  if (peaks_.size() == peaks_.capacity() && peaks_.size() >= kUsualPeaks) {
    peaks_.reserve(kMostPeaks);
  }
  peaks_.push_back(peak);
}

void FineStructureCalculator::combine(std::size_t depth, double mass_da, double log_probability) {
  if (depth == patterns_.size()) {
    if (log_probability < threshold_) return;
    add({mass_da, log_probability});
    too_many_ = peaks_.size() > kMostIsotopologues;
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
  for (const ElementCount& entry : composition.entries()) {
    if (entry.count < 0 || entry.count >= ElementPatterns::kCountLimit) return false;
    patterns_.push_back(elements_.of(entry, kMostIsotopologues - fewest + 1));
    if (patterns_.back().empty()) return false;
    fewest += patterns_.back().size() - 1;
  }
  return true;
}

std::vector<PatternPeak>* FineStructureCalculator::compute(const Composition& composition) {
  peaks_.clear();
  too_many_ = false;
  if (!find_patterns(composition)) return nullptr;
  double best = 0;
  for (const auto& pattern : patterns_) best += pattern.front().log_probability;
  threshold_ = best + exact_log(kRelativeThreshold);
  best_rest_.assign(patterns_.size() + 1, 0.0);
  for (std::size_t i = patterns_.size(); i-- > 0;) {
    best_rest_[i] = best_rest_[i + 1] + patterns_[i].front().log_probability;
  }
  combine(0, 0.0, 0.0);
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
