#include "simulate/dataset_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "chem/transcendental.h"
#include "simulate/dex.h"
#include "simulate/random_stream.h"

namespace ionloom::simulate {
namespace {

constexpr double kPlantedNoiseSdLn = 0.2;  // of one peak's intensity around its ion image
constexpr double kFloorNoise = 0.4;        // added noise, in detection floors: drowns weak peaks
constexpr double kHopeless = 0.25;         // below this many floors a peak is never detected
constexpr std::size_t kCalibrationSpectra = 32;
constexpr double kBackgroundNoiseSdLn = 0.2;
constexpr double kBackgroundSlopeDex = 0.8;  // along the field that a background peak follows
constexpr double kPresenceMean = kPresenceShape / (kPresenceShape + 1);

/// What is particular to one pixel.
struct Pixel {
  std::uint32_t place = 0;  // in the box
  double tic = 1;
  double mass_shift = 0;  // relative, bias and drift
};

class SpectrumMaker {
 public:
  SpectrumMaker(const DatasetModel& model, std::size_t index, std::vector<SimulatedPeak>& peaks)
      : model_(model), random_(model.seed, Purpose::kPixel, index), peaks_(peaks) {
    pixel_.place = model.tissue.pixels[index];
    smooth_ln_ = chem::exact_log(model.tissue.tic[pixel_.place]);
    pixel_.tic = chem::exact_exp(smooth_ln_ + kLocalTicSdLn * random_.normal());
    const Instrument& instrument = model.instrument;
    pixel_.mass_shift =
        1e-6 * (instrument.mass_bias_ppm + instrument.pixel_drift_sd_ppm * random_.normal());
  }

  /// Half of the spread follows the tissue's TIC, half is chance.
  [[nodiscard]] double draw_peak_count() {
    const double smooth = smooth_ln_ / model_.tissue.tic_sd_ln;
    const double z = (smooth + random_.normal()) * 0.70710678118654752;
    return model_.unmerged_per_peak *
           std::clamp(model_.median_peaks * chem::exact_exp(kPeaksSdLn * z),
                      kFewestOfMedian * model_.median_peaks, kMostOfMedian * model_.median_peaks);
  }

  void add_planted(IonPixelCounts& counts) {
    const PlantedIons& planted = model_.planted;
    for (std::size_t i = 0; i < planted.ions.size(); ++i) {
      const PlantedIon& ion = planted.ions[i];
      const double level =
          ion.abundance * pixel_.tic * ion_map_value(ion.map, model_.tissue, pixel_.place);
      if (level == 0) continue;
      for (std::size_t k = 0; k < ion.peaks; ++k) {
        const double expected = level * ion.ratio[k];
        if (!ion.detected[k] || expected < kHopeless * planted.floor[k]) continue;
        const double intensity = expected * chem::exact_exp(kPlantedNoiseSdLn * random_.normal()) +
                                 kFloorNoise * planted.floor[k] * random_.normal();
        if (intensity < planted.floor[k]) continue;
        add(ion.mz[k], intensity);
        ++counts[i][k];
      }
    }
  }

  void add_background(double wanted) {
    const Tissue& tissue = model_.tissue;
    std::array<double, Tissue::kFields> ln_rank;
    for (std::size_t f = 0; f < ln_rank.size(); ++f) {
      ln_rank[f] = chem::exact_log(tissue.fields[f][pixel_.place]);
    }
    // First narrow down where the background reaches; only when even all of it is too little (or
    // chance has it otherwise) change how often its peaks are present: presence^g, where a
    // Beta(a, 1) has the mean a / (a + g), which is solved for a at g = 1 and then for g.
    const auto all = static_cast<double>(model_.background.size());
    const double share = std::clamp(wanted / (all * kPresenceMean), 0.02, 1.0);
    double possible = 0;
    double present = 0;
    for (const BackgroundPeak& peak : model_.background) {
      if (!may_appear(peak, ln_rank[peak.field], share)) continue;
      possible += 1;
      present += peak.presence;
    }
    if (possible == 0) return;
    const double shape = present / (possible - present);
    const double mean = std::clamp(wanted / possible, 0.02, 0.98);
    const double power = shape * (1 / mean - 1);
    const double tic_dex = to_dex(pixel_.tic);
    for (const BackgroundPeak& peak : model_.background) {
      if (!may_appear(peak, ln_rank[peak.field], share)) continue;
      if (random_.exponential() < -power * peak.ln_presence) continue;
      const double slope = kBackgroundSlopeDex * (0.5 - tissue.fields[peak.field][pixel_.place]);
      add(peak.mz, background_intensity(peak.level_dex + slope + tic_dex));
    }
  }

  void add_once(std::size_t count) {
    const double scale = model_.instrument.background_scale_dex;
    for (std::size_t i = 0; i < count; ++i) {
      const double mz = draw_background_mz(random_);
      // Noise: mostly close to the floor.
      add(mz, background_intensity(0.5 * scale * random_.exponential()));
    }
  }

 private:
  /// What falls below the floor is folded up: presence is decided elsewhere.
  [[nodiscard]] double background_intensity(double level_dex) {
    const double noise_dex = kBackgroundNoiseSdLn * 0.43429448190325182765 * random_.normal();
    return model_.instrument.detection_floor * from_dex(std::abs(level_dex + noise_dex));
  }

  void add(double mz, double intensity) {
    const double jitter = 1e-6 * model_.instrument.peak_jitter_sd_ppm * random_.normal();
    peaks_.push_back({mz * (1 + pixel_.mass_shift + jitter), intensity});
  }

  const DatasetModel& model_;
  RandomStream random_;
  std::vector<SimulatedPeak>& peaks_;
  Pixel pixel_;
  double smooth_ln_ = 0;
};

void make_peaks(const DatasetModel& model, std::size_t index, std::vector<SimulatedPeak>& peaks,
                IonPixelCounts& counts) {
  peaks.clear();
  SpectrumMaker maker(model, index, peaks);
  const double wanted = maker.draw_peak_count();
  maker.add_planted(counts);
  const double once = wanted * model.once_share;
  // A pixel full of planted ions still has some background.
  const double left = wanted - once - static_cast<double>(peaks.size());
  maker.add_background(std::max(left, 0.15 * model.median_peaks));
  maker.add_once(static_cast<std::size_t>(once + 0.5));
  std::sort(peaks.begin(), peaks.end(), [](const SimulatedPeak& a, const SimulatedPeak& b) {
    return a.mz != b.mz ? a.mz < b.mz : a.intensity < b.intensity;
  });
}

double measure_unmerged_per_peak(const DatasetModel& model) {
  const std::size_t step =
      std::max<std::size_t>(1, model.tissue.pixels.size() / kCalibrationSpectra);
  IonPixelCounts unused(model.planted.ions.size());
  std::vector<SimulatedPeak> peaks;
  std::size_t before = 0;
  std::size_t after = 0;
  for (std::size_t i = 0; i < model.tissue.pixels.size(); i += step) {
    make_peaks(model, i, peaks, unused);
    before += peaks.size();
    merge_unresolved(peaks, model.instrument);
    after += peaks.size();
  }
  return static_cast<double>(before) / static_cast<double>(after);
}

}  // namespace

Result<DatasetModel> make_model(const ModelOptions& options,
                                const std::vector<std::string>& formulas,
                                const PatternFunction& pattern) {
  DatasetModel model;
  model.seed = options.seed;
  model.instrument = options.instrument;
  RandomStream parameters(options.seed, Purpose::kParameters);
  const double bias_ppm = parameters.uniform(0.0, 2.0);
  model.instrument.mass_bias_ppm = parameters.below(2) == 0 ? bias_ppm : -bias_ppm;
  model.once_share = parameters.uniform(0.03, 0.1);
  model.tissue = make_tissue(options.tissue, options.seed);
  model.median_peaks = options.median_peaks;

  Result<PlantedIons> planted =
      plant_ions(options.planting, formulas, pattern, model.tissue, model.instrument, options.seed);
  if (!planted) return std::unexpected(std::move(planted.error()));
  model.planted = std::move(*planted);

  RandomStream background(options.seed, Purpose::kBackground);
  const auto background_peaks = static_cast<std::size_t>(static_cast<double>(kBackgroundPeaks) *
                                                         options.median_peaks / kMedianPeaks);
  model.background =
      draw_background(background_peaks, model.instrument.background_scale_dex, background);
  model.unmerged_per_peak = measure_unmerged_per_peak(model);
  return model;
}

void merge_unresolved(std::vector<SimulatedPeak>& peaks, const Instrument& instrument) {
  if (peaks.empty()) return;
  std::size_t last = 0;
  for (std::size_t i = 1; i < peaks.size(); ++i) {
    SimulatedPeak& kept = peaks[last];
    const SimulatedPeak& next = peaks[i];
    if (next.mz - kept.mz < kept.mz / instrument.resolving_power(kept.mz)) {
      const double sum = kept.intensity + next.intensity;
      kept.mz += (next.mz - kept.mz) * (next.intensity / sum);
      kept.intensity = sum;
    } else {
      peaks[++last] = next;
    }
  }
  peaks.resize(last + 1);
}

void simulate_spectrum(const DatasetModel& model, std::size_t index, SimulatedSpectrum& spectrum,
                       IonPixelCounts& counts) {
  std::vector<SimulatedPeak>& peaks = spectrum.unmerged;
  make_peaks(model, index, peaks, counts);
  merge_unresolved(peaks, model.instrument);

  spectrum.mz.clear();
  spectrum.intensity.clear();
  for (const SimulatedPeak& peak : peaks) {
    double intensity = peak.intensity;
    if (model.instrument.integer_counts) intensity = std::floor(intensity + 0.5);
    spectrum.mz.push_back(peak.mz);
    spectrum.intensity.push_back(static_cast<float>(intensity));
  }
}

}  // namespace ionloom::simulate
