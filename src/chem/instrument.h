#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ionloom::chem {

/// How resolving power falls with m/z.
enum class Analyzer : std::uint8_t {
  kOrbitrap,  ///< R x sqrt(200 / mz)
  kFticr,     ///< R x 200 / mz
  kTof,       ///< R at every m/z
};

/// FWHM of a Gaussian peak of unit sigma, 2 sqrt(2 ln 2).
inline constexpr double kSigmaToFwhm = 2.3548200450309493;

/// m/z at which resolving powers and sigmas are stated.
inline constexpr double kBaseMz = 200.0;

/// "orbitrap", "fticr" or "tof".
[[nodiscard]] std::optional<Analyzer> analyzer_from_name(std::string_view name);
[[nodiscard]] std::string_view analyzer_name(Analyzer analyzer);

/// Peak sigma (m/z units, at m/z 200) that METASPACE assumes for a resolving power stated at
/// m/z 200. Source: METASPACE engine, ds_config.get_isotope_generation (a table of eight steps).
[[nodiscard]] double sigma_from_resolving_power(double resolving_power);

/// Resolving power at `mz` of an instrument that has `at_base` at m/z 200.
[[nodiscard]] double resolving_power_at(Analyzer analyzer, double at_base, double mz);

}  // namespace ionloom::chem
