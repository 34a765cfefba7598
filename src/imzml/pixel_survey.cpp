#include "imzml/pixel_survey.h"

#include <algorithm>
#include <tuple>

namespace ionloom::imzml {

PixelSurvey survey_pixels(const std::vector<Spectrum>& spectra) {
  PixelSurvey survey;
  const auto [left, right] = std::ranges::minmax_element(spectra, {}, &Spectrum::x);
  const auto [top, bottom] = std::ranges::minmax_element(spectra, {}, &Spectrum::y);
  survey.left = left->x;
  survey.top = top->y;
  survey.width = std::uint64_t{right->x} - left->x + 1;
  survey.height = std::uint64_t{bottom->y} - top->y + 1;

  // Raster order, then file order: spectra of one pixel lie side by side, the earliest first.
  std::vector<std::size_t> order(spectra.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto place = [&](std::size_t i) { return std::tuple(spectra[i].y, spectra[i].x, i); };
  if (!std::ranges::is_sorted(order, {}, place)) std::ranges::sort(order, {}, place);
  survey.occupied = 1;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Spectrum& spectrum = spectra[order[i]];
    const Spectrum& before = spectra[order[i - 1]];
    if (spectrum.x != before.x || spectrum.y != before.y) {
      ++survey.occupied;
      continue;
    }
    ++survey.repeated;
    survey.first_repeated = std::min(survey.first_repeated.value_or(order[i]), order[i]);
  }

  std::vector<std::uint32_t> planes;
  for (std::size_t i = 0; i < spectra.size(); ++i) {
    const Spectrum& spectrum = spectra[i];
    if (planes.empty() || planes.back() != spectrum.z) planes.push_back(spectrum.z);
    if (spectrum.x > 0 && spectrum.y > 0) continue;
    ++survey.zero_positions;
    if (!survey.first_zero) survey.first_zero = i;
  }
  std::ranges::sort(planes);
  survey.z_planes =
      static_cast<std::uint64_t>(std::ranges::unique(planes).begin() - planes.begin());
  return survey;
}

}  // namespace ionloom::imzml
