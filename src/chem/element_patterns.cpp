#include "chem/element_patterns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

#include "chem/transcendental.h"

namespace ionloom::chem {
namespace {

constexpr double kRelativeThreshold = 1e-4;
constexpr double kLowestElementLogProbability = -20.0;
constexpr double kMaxGridCells = 1e7;
constexpr std::size_t kMaxIsotopes = 10;

// What is kept from ion to ion. The lists that METASPACE offers need about half of each.
constexpr std::size_t kMostKept = 1024;
constexpr std::size_t kMostKeptConfigurations = 8192;
constexpr std::size_t kPlaces = 2 * kMostKept;
/// An ion has fewer elements than this.
constexpr std::size_t kMostElements = 128;

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

/// Climbs to the most probable configuration from that of the most abundant isotope alone.
double highest_log_probability(std::uint16_t atoms, const std::vector<IsotopeTerm>& terms,
                               const std::vector<double>& log_factorials) {
  Counts mode{};
  mode[0] = atoms;
  double best = log_probability(mode, terms, log_factorials);
  const auto climb = [&] {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (mode[i] == 0) continue;
      for (std::size_t j = 0; j < terms.size(); ++j) {
        if (i == j) continue;
        --mode[i];
        ++mode[j];
        const double candidate = log_probability(mode, terms, log_factorials);
        if (candidate > best) {
          best = candidate;
          return true;
        }
        ++mode[i];
        --mode[j];
      }
    }
    return false;
  };
  while (climb()) {
  }
  return best;
}

/// Visits every configuration of at least a probability, the rarest isotope's atoms chosen first.
/// Needs no memory of where it was: how probable a choice can still become is known, so that each
/// leads to a configuration.
class Configurations {
 public:
  Configurations(std::uint16_t atoms, const std::vector<IsotopeTerm>& terms,
                 const std::vector<double>& log_factorials, double lowest)
      : terms_(terms), log_factorials_(log_factorials), lowest_(lowest), atoms_(atoms) {
    double sum = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      abundance_[i] = exact_exp(terms[i].log_probability);
      sum += abundance_[i];
      sum_[i] = sum;
      log_sum_[i] = exact_log(sum);
    }
  }

  /// @param visit  called with counts and log probability until it returns false
  template <class Visit>
  void each(const Visit& visit) {
    choose(terms_.size() - 1, atoms_, log_factorials_[atoms_], visit);
  }

 private:
  /// Covers the rounding of sums.
  static constexpr double kSlack = 1e-6;

  /// @param chosen  ln of the part of the probability that the isotopes after `isotope` have
  template <class Visit>
  bool choose(std::size_t isotope, int left, double chosen, const Visit& visit) {
    if (isotope == 0) {
      counts_[0] = static_cast<std::uint16_t>(left);
      const double value = log_probability(counts_, terms_, log_factorials_);
      return value < lowest_ || visit(counts_, value);
    }
    // From the likeliest number to both sides; how probable the rest can become falls to either,
    // from a number that lies no further than there are isotopes.
    const int likeliest =
        std::min(left, static_cast<int>((left + 1) * abundance_[isotope] / sum_[isotope]));
    for (const int step : {1, -1}) {
      for (int count = step > 0 ? likeliest : likeliest - 1; count >= 0 && count <= left;
           count += step) {
        const double with = chosen + count * terms_[isotope].log_probability -
                            log_factorials_[static_cast<std::size_t>(count)];
        if (!can_reach(isotope, left - count, with)) {
          if (std::abs(count - likeliest) > static_cast<int>(kMaxIsotopes)) break;
          continue;
        }
        counts_[isotope] = static_cast<std::uint16_t>(count);
        if (!choose(isotope - 1, left - count, with, visit)) return false;
      }
    }
    return true;
  }

  /// Whether a configuration can be probable enough in which the isotopes from `isotope` on have
  /// `with` and those before it `rest` atoms.
  [[nodiscard]] bool can_reach(std::size_t isotope, int rest, double with) const {
    // All such configurations together are a binomial term.
    const double together =
        with + rest * log_sum_[isotope - 1] - log_factorials_[static_cast<std::size_t>(rest)];
    if (together < lowest_ - kSlack) return false;
    return with + most_probable(isotope, rest) >= lowest_ - kSlack;
  }

  /// The part of the probability that `atoms` have in the isotopes before `end`, at most. The most
  /// probable counts are at least the expected ones rounded down (Feller, vol. 1, chapter VI); from
  /// there atoms are added where they cost least, which is best for a sum of concave terms.
  [[nodiscard]] double most_probable(std::size_t end, int atoms) const {
    std::array<int, kMaxIsotopes> counts{};
    int left = atoms;
    for (std::size_t i = 0; i < end; ++i) {
      counts[i] = static_cast<int>(atoms * abundance_[i] / sum_[end - 1] * (1 - 1e-12));
      left -= counts[i];
    }
    for (; left > 0; --left) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < end; ++i) {
        if (abundance_[i] * (counts[best] + 1) > abundance_[best] * (counts[i] + 1)) best = i;
      }
      ++counts[best];
    }
    double sum = 0;
    for (std::size_t i = 0; i < end; ++i) {
      sum += counts[i] * terms_[i].log_probability -
             log_factorials_[static_cast<std::size_t>(counts[i])];
    }
    return sum;
  }

  const std::vector<IsotopeTerm>& terms_;
  const std::vector<double>& log_factorials_;
  double lowest_;
  int atoms_;
  Counts counts_{};
  std::array<double, kMaxIsotopes> abundance_{};
  std::array<double, kMaxIsotopes> sum_{};      ///< of the abundances up to an isotope
  std::array<double, kMaxIsotopes> log_sum_{};  ///< ln of it
};

}  // namespace

ElementPatterns::ElementPatterns(AnalysisVersion version) : version_(version), places_(kPlaces, 0) {
  log_factorials_.reserve(kUsualCounts);
  log_factorials_.assign(2, 0.0);
  kept_.reserve(kMostKept + kMostElements);
}

std::uint64_t ElementPatterns::memory_bound_bytes(std::uint64_t configurations,
                                                  std::int32_t counts) {
  constexpr std::uint64_t kBlockBytes = 16;  // an allocator's own, for each pattern
  const std::int32_t factorials = kUsualCounts + (counts > kUsualCounts ? kCountLimit : 0);
  return static_cast<std::uint64_t>(factorials) * sizeof(double) +
         (kMostKept + kMostElements) * (sizeof(Kept) + kBlockBytes) +
         kPlaces * sizeof(std::uint16_t) +
         (kMostKeptConfigurations + configurations) * sizeof(ElementConfiguration);
}

std::uint64_t ElementPatterns::counting_memory_bound_bytes() {
  return kUsualCounts * sizeof(double) + (kMostKept + kMostElements) * sizeof(Kept) +
         kPlaces * sizeof(std::uint16_t);
}

void ElementPatterns::make_room() {
  if (kept_.size() <= kMostKept && kept_configurations_ <= kMostKeptConfigurations) return;
  kept_.clear();
  places_.assign(kPlaces, 0);
  kept_configurations_ = 0;
}

/// Sums with compensation, so that the error stays below an ulp.
void ElementPatterns::know_log_factorials(std::size_t last) {
  // Beyond, all that there can be are made room for at once.
  if (last >= kUsualCounts) log_factorials_.reserve(kCountLimit);
  while (log_factorials_.size() <= last) {
    const double term = exact_log(static_cast<double>(log_factorials_.size())) - carry_;
    const double next = log_factorials_.back() + term;
    carry_ = (next - log_factorials_.back()) - term;
    log_factorials_.push_back(next);
  }
}

std::span<const ElementConfiguration> ElementPatterns::of(const ElementCount& entry,
                                                          std::size_t most) {
  const std::uint32_t key =
      std::uint32_t{entry.element} << 16U | static_cast<std::uint32_t>(entry.count);
  constexpr std::uint32_t kSpread = 2'654'435'769;  // 2^32 / golden ratio
  std::size_t place = (key * kSpread) >> 21U;
  static_assert(kPlaces == std::size_t{1} << 11U);
  for (; places_[place] != 0; place = (place + 1) % kPlaces) {
    const Kept& kept = kept_[places_[place] - 1U];
    if (kept.key != key) continue;
    if (kept.configurations.size() > most) return {};
    return kept.configurations;
  }
  auto made = make(entry, most);
  if (!made) return {};
  kept_.push_back({key, std::move(*made)});
  places_[place] = static_cast<std::uint16_t>(kept_.size());
  kept_configurations_ += kept_.back().configurations.size();
  return kept_.back().configurations;
}

/// What a configuration of so many atoms has to reach.
double ElementPatterns::lowest_log_probability(std::uint16_t atoms,
                                               const std::vector<IsotopeTerm>& terms) {
  know_log_factorials(atoms);
  const double lowest =
      highest_log_probability(atoms, terms, log_factorials_) + exact_log(kRelativeThreshold) - 1e-9;
  return version_ == AnalysisVersion::kV3 ? std::max(lowest, kLowestElementLogProbability) : lowest;
}

std::optional<std::size_t> ElementPatterns::configurations_of(const ElementCount& entry,
                                                              std::size_t most) {
  if (entry.count < 0 || entry.count >= kUsualCounts) return std::nullopt;
  const std::vector<IsotopeTerm> terms = isotope_terms(entry.element);
  if (terms.empty()) return 0;
  if (version_ == AnalysisVersion::kV1 && grid_too_large(terms.size(), entry.count)) {
    return std::nullopt;
  }
  const auto atoms = static_cast<std::uint16_t>(entry.count);
  const double lowest = lowest_log_probability(atoms, terms);
  std::size_t count = 0;
  Configurations(atoms, terms, log_factorials_, lowest).each([&](const Counts&, double) {
    return ++count <= most;
  });
  if (count > most) return std::nullopt;
  return count;
}

std::optional<std::vector<ElementConfiguration>> ElementPatterns::make(const ElementCount& entry,
                                                                       std::size_t most) {
  std::vector<ElementConfiguration> found;
  const std::vector<IsotopeTerm> terms = isotope_terms(entry.element);
  if (terms.empty()) return found;
  if (version_ == AnalysisVersion::kV1 && grid_too_large(terms.size(), entry.count)) return found;

  const auto atoms = static_cast<std::uint16_t>(entry.count);
  const double lowest = lowest_log_probability(atoms, terms);
  Configurations configurations(atoms, terms, log_factorials_, lowest);
  std::size_t count = 0;
  configurations.each([&](const Counts&, double) { return ++count <= most; });
  if (count > most) return std::nullopt;
  found.reserve(count);  // no byte more: it is kept
  configurations.each([&](const Counts& counts, double value) {
    found.push_back({mass(counts, terms), value});
    return true;
  });
  std::ranges::sort(found, [](const ElementConfiguration& a, const ElementConfiguration& b) {
    return a.log_probability != b.log_probability ? a.log_probability > b.log_probability
                                                  : a.mass_da < b.mass_da;
  });
  return found;
}

}  // namespace ionloom::chem
