#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulate/random_stream.h"

namespace ionloom::simulate {

/// An m/z of the chemical background (matrix clusters, contaminants, fragments) that recurs in many
/// pixels. In a pixel where it may appear it does so with probability `presence`.
struct BackgroundPeak {
  double mz = 0;
  double presence = 1;     ///< Beta(2.2, 1) over the peaks
  double ln_presence = 0;  ///< its logarithm
  double level_dex = 0;    ///< log10(intensity / detection floor), Gamma(2, theta) over the peaks
  double ln_reach = 0;     ///< ln of a number in (0, 1) that decides how far it spreads, see below
  std::uint8_t field = 0;  ///< the tissue field whose low ranks it fills first
};

inline constexpr std::size_t kBackgroundPeaks = 1500;  ///< for kMedianPeaks in a pixel
inline constexpr double kPresenceShape = 2.2;          ///< Beta(2.2, 1): mean 0.6875

/// One m/z of the mixture measured on real pixels: 45 % uniform in 150-650, 47 % normal(780, 70)
/// (the lipid hump), the rest uniform in 900-2,600; then moved, within its nominal mass, to the
/// mass defects of organic matter (0.05 % of the mass, 0.07 % in the hump), where ions are looked
/// for.
[[nodiscard]] double draw_background_mz(RandomStream& random);

/// The recurrent background of one dataset, ascending in m/z. Strong peaks are present more often
/// and spread wider than weak ones; many of the weak are 13C peaks of the strong.
[[nodiscard]] std::vector<BackgroundPeak> draw_background(std::size_t count, double scale_dex,
                                                          RandomStream& random);

/// A peak may appear at the ranks below reach^(1 / share - 1) of its field; over all peaks that is
/// the wanted share of the tissue, everything when share is 1.
/// @param ln_rank ln of the field's value at the pixel
/// @param share   mean share of the background that may appear in this pixel, in (0, 1]
[[nodiscard]] inline bool may_appear(const BackgroundPeak& peak, double ln_rank, double share) {
  return ln_rank < (1 / share - 1) * peak.ln_reach;
}

}  // namespace ionloom::simulate
