#include "app/simulate_arguments.h"

#include "app/one_of.h"

namespace ionloom::app {

void add_simulate(CLI::App& app, SimulateArguments& arguments) {
  simulate::SimulateOptions& options = arguments.options;
  CLI::App* command = app.add_subcommand(
      "simulate",
      "Make a dataset whose molecules are known: imzML, .ibd, and the truth beside them");
  command->add_option("-m,--molecules", options.molecules, "list whose molecules are planted")
      ->required()
      ->type_name("LIST");
  command
      ->add_option("-o,--output", options.output_stem,
                   "stem of the files: STEM.imzML, STEM.ibd, STEM.truth.csv, STEM.truth.json")
      ->required()
      ->type_name("STEM");
  command
      ->add_option(
          "--preset", arguments.preset,
          "size: small (2,304 spectra, 28 MB), p50 (12,000, 180 MB) or p94 (160,000, 2.4 GB):\n"
          "the 50th and 94th percentile of METASPACE's public datasets")
      ->check(one_of({"small", "p50", "p94"}))
      ->capture_default_str()
      ->type_name("small|p50|p94");
  command->add_option("--width", arguments.width, "pixels across, instead of the preset's")
      ->type_name("PX");
  command->add_option("--height", arguments.height, "pixels down, instead of the preset's")
      ->type_name("PX");
  command
      ->add_option("--coverage", arguments.coverage,
                   "share of the box that is measured, 0.4 to 1, instead of the preset's")
      ->type_name("SHARE");
  command
      ->add_option("--peaks-per-pixel", options.median_peaks, "median number of peaks of a pixel")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--seed", options.seed, "equal seeds give equal bytes")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--polarity", arguments.polarity, "ion mode")
      ->check(one_of({"positive", "negative"}))
      ->capture_default_str()
      ->type_name("positive|negative");
  command
      ->add_option("--adducts", options.adducts, "adducts planted (default +H,+Na,+K, or -H,+Cl)")
      ->delimiter(',')
      ->type_name("A,B,...");
  command->add_option("--ions", options.ions, "ions planted (default: 40 % of the list's formulas)")
      ->type_name("N");
  command->add_option("--analyzer", arguments.analyzer, "mass analyser")
      ->check(one_of({"orbitrap", "fticr", "tof"}))
      ->capture_default_str()
      ->type_name("orbitrap|fticr|tof");
  command
      ->add_option("--resolving-power", options.resolving_power_at_200,
                   "m / FWHM at m/z 200 (default: usual for the analyser)")
      ->type_name("R");
  command->add_flag("--f32", options.mz_as_f32, "write m/z in 32 bits");
  command->add_flag("--force", options.overwrite, "replace existing files");
  command
      ->add_option("-t,--threads", options.threads,
                   "threads (default: all cores; bytes do not depend on it)")
      ->type_name("N");
}

Result<simulate::SimulateOptions> simulate_options(const SimulateArguments& arguments) {
  simulate::SimulateOptions options = arguments.options;
  if (auto preset = simulate::apply_preset(arguments.preset, options); !preset) {
    return std::unexpected(preset.error());
  }
  if (arguments.width) options.width = *arguments.width;
  if (arguments.height) options.height = *arguments.height;
  if (arguments.coverage) options.coverage = arguments.coverage;
  options.polarity = arguments.polarity == "positive" ? simulate::Polarity::kPositive
                                                      : simulate::Polarity::kNegative;
  options.analyzer = arguments.analyzer == "orbitrap" ? simulate::Analyzer::kOrbitrap
                     : arguments.analyzer == "fticr"  ? simulate::Analyzer::kFticr
                                                      : simulate::Analyzer::kTof;
  return options;
}

}  // namespace ionloom::app
