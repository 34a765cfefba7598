#include "chem/fine_structure.h"

#include <algorithm>
#include <array>
#include <set>

#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

constexpr double kRelativeThreshold = 1e-4;
constexpr double kLowestElementLogProbability = -20.0;
constexpr std::int32_t kCountLimit = 30'000;
constexpr std::size_t kMaxConfigurations = 100'000;
constexpr double kMaxGridCells = 1e7;
constexpr std::size_t kMaxIsotopes = 10;

struct IsotopeTerm {
  double mass_da = 0;
  double log_probability = 0;
};

/// Isotopes by decreasing abundance (ties: by mass), abundances scaled to add up to 1.
std::vector<IsotopeTerm> isotope_terms(ElementId id) {
  std::vector<Isotope> isotopes(element(id).isotopes.begin(), element(id).isotopes.end());
  std::ranges::stable_sort(isotopes, std::greater{}, &Isotope::abundance);
  double sum = 0;
  for (const Isotope& isotope : isotopes) sum += isotope.abundance;
  std::vector<IsotopeTerm> terms;
  terms.reserve(isotopes.size());
  for (const Isotope& isotope : isotopes) {
    terms.push_back({isotope.mass_da, exact_log(isotope.abundance / sum)});
  }
  return terms;
}

/// Smallest length >= n that the reference's real FFT takes: even, with factors 2, 3 and 5 only.
std::int64_t fft_length(std::int64_t n) {
  for (std::int64_t half = (n + 1) / 2;; ++half) {
    std::int64_t rest = half;
    for (const int factor : {2, 3, 5}) {
      while (rest % factor == 0) rest /= factor;
    }
    if (rest == 1) return 2 * half;
  }
}

bool grid_too_large(std::size_t isotopes, std::int32_t count) {
  if (isotopes < 2) return false;
  const auto edge = static_cast<double>(fft_length(count + 1));
  double cells = 1;
  for (std::size_t i = 1; i < isotopes; ++i) cells *= edge;
  return cells > kMaxGridCells;
}

using Counts = std::array<std::uint16_t, kMaxIsotopes>;

double log_probability(const Counts& counts, const std::vector<IsotopeTerm>& terms,
                       const std::vector<double>& log_factorials) {
  double result = 0;
  std::size_t total = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    result += counts[i] * terms[i].log_probability - log_factorials[counts[i]];
    total += counts[i];
  }
  return result + log_factorials[total];
}

double mass(const Counts& counts, const std::vector<IsotopeTerm>& terms) {
  double result = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) result += counts[i] * terms[i].mass_da;
  return result;
}

/// Calls visit(neighbour) for every configuration with one atom of another isotope, until it
/// returns false.
template <class Visit>
void for_each_neighbour(Counts counts, std::size_t isotopes, Visit visit) {
  for (std::size_t i = 0; i < isotopes; ++i) {
    if (counts[i] == 0) continue;
    for (std::size_t j = 0; j < isotopes; ++j) {
      if (i == j) continue;
      --counts[i];
      ++counts[j];
      const bool go_on = visit(counts);
      ++counts[i];
      --counts[j];
      if (!go_on) return;
    }
  }
}

}  // namespace

FineStructureCalculator::FineStructureCalculator(AnalysisVersion version)
    : version_(version), known_(elements().size()) {}

/// Sums with compensation, so that the error stays below an ulp.
void FineStructureCalculator::know_log_factorials(std::size_t last) {
  while (log_factorials_.size() <= last) {
    const double term = exact_log(static_cast<double>(log_factorials_.size())) - carry_;
    const double next = log_factorials_.back() + term;
    carry_ = (next - log_factorials_.back()) - term;
    log_factorials_.push_back(next);
  }
}

const ElementPattern& FineStructureCalculator::element_pattern(const ElementCount& entry) {
  auto& of_element = known_[entry.element];
  const auto count = static_cast<std::size_t>(entry.count);
  if (count >= of_element.size()) of_element.resize(count + 1);
  auto& pattern = of_element[count];
  if (!pattern) pattern = std::make_unique<const ElementPattern>(make_pattern(entry));
  return *pattern;
}

ElementPattern FineStructureCalculator::make_pattern(const ElementCount& entry) {
  ElementPattern pattern;
  const std::vector<IsotopeTerm> terms = isotope_terms(entry.element);
  if (terms.empty()) return pattern;
  if (version_ == AnalysisVersion::kV1 && grid_too_large(terms.size(), entry.count)) {
    return pattern;
  }

  know_log_factorials(static_cast<std::size_t>(entry.count));
  // Climb to the most probable configuration, then flood every one above the threshold: the
  // probability is log-concave, so they are connected.
  Counts mode{};
  mode[0] = static_cast<std::uint16_t>(entry.count);
  double best = log_probability(mode, terms, log_factorials_);
  for (bool climbing = true; climbing;) {
    climbing = false;
    for_each_neighbour(mode, terms.size(), [&](const Counts& neighbour) {
      const double candidate = log_probability(neighbour, terms, log_factorials_);
      if (candidate <= best) return true;
      best = candidate;
      mode = neighbour;
      climbing = true;
      return false;
    });
  }
  double lowest = best + exact_log(kRelativeThreshold) - 1e-9;
  if (version_ == AnalysisVersion::kV3) lowest = std::max(lowest, kLowestElementLogProbability);

  std::set<Counts> visited{mode};
  std::vector<Counts> pending{mode};
  while (!pending.empty()) {
    const Counts counts = pending.back();
    pending.pop_back();
    const double value = log_probability(counts, terms, log_factorials_);
    if (value < lowest) continue;
    pattern.configurations.push_back({mass(counts, terms), value});
    if (pattern.configurations.size() > kMaxConfigurations) break;
    for_each_neighbour(counts, terms.size(), [&](const Counts& neighbour) {
      if (visited.insert(neighbour).second) pending.push_back(neighbour);
      return true;
    });
  }
  std::ranges::sort(pattern.configurations, [](const auto& a, const auto& b) {
    return a.log_probability != b.log_probability ? a.log_probability > b.log_probability
                                                  : a.mass_da < b.mass_da;
  });
  return pattern;
}

void FineStructureCalculator::combine(std::size_t depth, double mass_da, double log_probability) {
  if (depth == patterns_.size()) {
    if (log_probability < threshold_) return;
    peaks_.push_back({mass_da, log_probability});
    too_many_ = peaks_.size() > kMaxConfigurations;
    return;
  }
  // A little slack, so that rounding cannot prune what the exact comparison above would keep.
  const double lowest = threshold_ - best_rest_[depth + 1] - 1e-9;
  for (const auto& configuration : patterns_[depth]->configurations) {
    const double sum = log_probability + configuration.log_probability;
    if (sum < lowest || too_many_) break;
    combine(depth + 1, mass_da + configuration.mass_da, sum);
  }
}

const std::vector<PatternPeak>* FineStructureCalculator::compute(const Composition& composition) {
  patterns_.clear();
  peaks_.clear();
  too_many_ = false;
  if (composition.empty()) return nullptr;
  double best = 0;
  for (const ElementCount& entry : composition.entries()) {
    if (entry.count < 0 || entry.count >= kCountLimit) return nullptr;
    const ElementPattern& pattern = element_pattern(entry);
    if (pattern.configurations.empty()) return nullptr;
    patterns_.push_back(&pattern);
    best += pattern.configurations.front().log_probability;
  }
  threshold_ = best + exact_log(kRelativeThreshold);
  best_rest_.assign(patterns_.size() + 1, 0.0);
  for (std::size_t i = patterns_.size(); i-- > 0;) {
    best_rest_[i] = best_rest_[i + 1] + patterns_[i]->configurations.front().log_probability;
  }
  combine(0, 0.0, 0.0);
  if (too_many_ && version_ == AnalysisVersion::kV3) return nullptr;

  const double top = exact_exp(best);
  peaks_.push_back(peaks_.back());  // makes a pair of the last, if it has no other
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
