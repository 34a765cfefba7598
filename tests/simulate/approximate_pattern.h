#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ionloom::simulate {

/// Elements and counts of a plain formula such as C6H12O6.
inline std::map<std::string, int> elements_of(const std::string& formula) {
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < formula.size();) {
    std::size_t end = i + 1;
    while (end < formula.size() && formula[end] >= 'a' && formula[end] <= 'z') ++end;
    const std::string element = formula.substr(i, end - i);
    int count = 0;
    for (i = end; i < formula.size() && formula[i] >= '0' && formula[i] <= '9'; ++i) {
      count = count * 10 + (formula[i] - '0');
    }
    counts[element] += count > 0 ? count : 1;
  }
  return counts;
}

/// Monoisotopic masses (NIST atomic weights and isotopic compositions), Da.
inline double monoisotopic_mass(const std::map<std::string, int>& counts) {
  static const std::map<std::string, double> kMass = {
      {"C", 12.0},           {"H", 1.00782503223}, {"N", 14.00307400443}, {"O", 15.99491461957},
      {"P", 30.97376199842}, {"S", 31.9720711744}, {"I", 126.9044719},    {"Na", 22.989769282},
      {"K", 38.9637064864},  {"Cl", 34.968852682},
  };
  double sum = 0;
  for (const auto& [element, count] : counts) sum += kMass.at(element) * count;
  return sum;
}

/// Four peaks at steps of one neutron, from the heavy isotopes of C, N, O, S alone: near enough to
/// test a generator, no substitute for the isotopic patterns of the engine.
inline std::vector<std::pair<double, double>> approximate_pattern(const std::string& formula,
                                                                  const std::string& adduct) {
  std::map<std::string, int> counts = elements_of(formula);
  const double electron = 0.000548579909;
  const bool negative = adduct == "-H" || adduct == "+Cl";
  if (adduct.front() == '-') {
    if (--counts[adduct.substr(1)] < 0) return {};
  } else {
    ++counts[adduct.substr(1)];
  }
  const double mass = monoisotopic_mass(counts) + (negative ? electron : -electron);
  std::array<double, 4> abundance = {1, 0, 0, 0};
  const auto add_heavy = [&](const std::string& element, std::size_t step, double share) {
    for (int i = 0; i < counts[element]; ++i) {
      for (std::size_t k = 4; k-- > step;) abundance[k] += abundance[k - step] * share;
    }
  };
  add_heavy("C", 1, 0.0108);
  add_heavy("N", 1, 0.0037);
  add_heavy("O", 2, 0.00205);
  add_heavy("S", 2, 0.0447);
  std::vector<std::pair<double, double>> peaks;
  for (std::size_t k = 0; k < 4; ++k) {
    if (abundance[k] >= 1e-4)
      peaks.emplace_back(mass + 1.00335 * static_cast<double>(k), abundance[k]);
  }
  return peaks;
}

}  // namespace ionloom::simulate
