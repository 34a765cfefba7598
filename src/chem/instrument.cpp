#include "chem/instrument.h"

#include <array>
#include <cmath>

namespace ionloom::chem {
namespace {

struct SigmaStep {
  double below_resolving_power;
  double sigma_mz;
};

constexpr std::array<SigmaStep, 7> kSigmaSteps = {{
    {85'000, 0.002476},
    {120'000, 0.001733},
    {195'000, 0.001238},
    {265'000, 0.000693},
    {390'000, 0.000619},
    {625'000, 0.000347},
    {875'000, 0.000231},
}};
constexpr double kSmallestSigmaMz = 0.000173;

}  // namespace

std::optional<Analyzer> analyzer_from_name(std::string_view name) {
  for (const Analyzer analyzer : {Analyzer::kOrbitrap, Analyzer::kFticr, Analyzer::kTof}) {
    if (analyzer_name(analyzer) == name) return analyzer;
  }
  return std::nullopt;
}

std::string_view analyzer_name(Analyzer analyzer) {
  switch (analyzer) {
    case Analyzer::kOrbitrap:
      return "orbitrap";
    case Analyzer::kFticr:
      return "fticr";
    case Analyzer::kTof:
      return "tof";
  }
  return "";
}

double sigma_from_resolving_power(double resolving_power) {
  for (const SigmaStep& step : kSigmaSteps) {
    if (resolving_power < step.below_resolving_power) return step.sigma_mz;
  }
  return kSmallestSigmaMz;
}

double resolving_power_at(Analyzer analyzer, double at_base, double mz) {
  switch (analyzer) {
    case Analyzer::kOrbitrap:
      return at_base * std::sqrt(kBaseMz / mz);
    case Analyzer::kFticr:
      return at_base * kBaseMz / mz;
    case Analyzer::kTof:
      return at_base;
  }
  return at_base;
}

}  // namespace ionloom::chem
