#include "app/command_line.h"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "app/annotate_command.h"
#include "app/help_formatter.h"
#include "app/info_command.h"
#include "app/interruption.h"
#include "app/nearest_name.h"
#include "app/progress_line.h"
#include "app/simulate_command.h"
#include "app/simulation_run.h"
#include "app/version.h"

namespace ionloom::app {
namespace {

constexpr int kWrongUse = 2;

/// Options whose values may begin with a minus: "--adducts -H,+Cl".
constexpr std::string_view kSignedOptions[] = {"--adducts", "--neutral-losses", "--chem-mods"};

/// Joins such an option and its value by "=", so that the value is not taken for an option.
std::vector<std::string> with_joined_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool takes_sign =
        std::ranges::find(kSignedOptions, arguments[i]) != std::end(kSignedOptions);
    if (takes_sign && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--")) {
      joined.push_back(arguments[i] + "=" + arguments[i + 1]);
      ++i;
    } else {
      joined.push_back(arguments[i]);
    }
  }
  return joined;
}

/// One of some words or numbers; says so in an error, not in the help, which names them already.
template <class Value>
CLI::Validator one_of(std::initializer_list<Value> choices) {
  std::vector<std::string> names;
  for (const Value& choice : choices) names.push_back(fmt::format("{}", choice));
  return CLI::Validator(
      [names](std::string& text) {
        if (std::ranges::find(names, text) != names.end()) return std::string();
        std::string all;
        for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
        const auto nearest = nearest_name(text, names);
        return fmt::format("\"{}\" is not one of {}{}", text, all,
                           nearest ? fmt::format("; did you mean {}?", *nearest) : "");
      },
      "");
}

void add_annotate(CLI::App& app, AnnotateOptions& options) {
  CLI::App* command = app.add_subcommand(
      "annotate", "Annotate a dataset: which molecules of a list its spectra show, with FDR");
  command->add_option("dataset", options.dataset, "imzML file; its .ibd lies beside it")
      ->required()
      ->type_name("DATASET.imzML");
  command
      ->add_option("-m,--molecules", options.molecules,
                   "molecule list: tab- or comma-separated, with columns formula, id, name;\n"
                   "give the option again for more lists, each is ranked by itself")
      ->required()
      ->type_name("LIST")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("-o,--output", options.output, "folder for the results, made by the run")
      ->required()
      ->type_name("DIR");
  const auto list = [&](const char* name, std::vector<std::string>& values, const char* help) {
    command->add_option(name, values, help)
        ->delimiter(',')
        ->type_name("A,B,...")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  command->option_defaults()->group("Ions");
  list("--adducts", options.adducts,
       "adducts: +H, M+H and [M+H]+ mean the same; [M]+ and [M]- for bare ions\n"
       "(default +H,+Na,+K, or -H,+Cl in negative mode)");
  list("--neutral-losses", options.neutral_losses,
       "losses tried beside none, e.g. -H2O,-CO2 (default none)");
  list("--chem-mods", options.chem_mods,
       "modifications tried beside none, e.g. +C2H2O (default none)");
  command->add_option("--polarity", options.polarity, "ion mode (default: what the file says)")
      ->check(one_of({"positive", "negative"}))
      ->type_name("positive|negative");
  command->add_option("--decoys", options.decoys, "decoy adducts drawn for each formula, 1..80")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option(
          "--targeted", options.targeted,
          "measure every ion of a list fully and write all its rows; auto: lists of up\n"
          "to 1,000 formulas. With several lists, one choice for all or one for each: no,yes")
      ->delimiter(',')
      ->check(one_of({"auto", "yes", "no"}))
      ->default_str("auto")
      ->type_name("auto|yes|no");
  command->option_defaults()->group("Instrument");
  command
      ->add_option("--analyzer", options.analyzer,
                   "mass analyser (default: the file's instrument if it names one, else orbitrap)")
      ->check(one_of({"orbitrap", "fticr", "tof"}))
      ->type_name("orbitrap|fticr|tof");
  command
      ->add_option("--resolving-power", options.resolving_power,
                   "m / FWHM at m/z 200; peak widths follow METASPACE's table (default 140000)")
      ->type_name("R");
  command
      ->add_option("--isocalc-sigma", options.isocalc_sigma_mz,
                   "peak sigma at m/z 200, in m/z units, instead of the table's")
      ->type_name("SIGMA");
  command
      ->add_option("--ppm", options.ppm,
                   "tolerance of an isotope peak's m/z, to either side, in ppm\n"
                   "(default 3; 10 if --resolving-power is under 70000)")
      ->type_name("PPM");
  command->option_defaults()->group("Method");
  command->add_option("--isotope-peaks", options.isotope_peaks, "isotope peaks per ion, 2..16")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--min-px", options.min_px, "peaks that an isotope image must have to count")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--analysis-version", options.analysis_version,
                   "METASPACE's algorithm: 1 (its MSM annotations) or 3 (its newer ranking)")
      ->check(one_of({1, 3}))
      ->capture_default_str()
      ->type_name("1|3");
  command->add_flag("--fixes", options.fixes,
                    "compute right what METASPACE computes wrong: spatial in double precision,\n"
                    "chaos of large one-piece images, formulas with repeated elements");
  command->add_flag("--all-metrics", options.all_metrics,
                    "measure every ion fully, also those given up early, and keep them");
  command->option_defaults()->group("Results");
  command
      ->add_option("--fdr", options.fdr, "write annotations up to this false-discovery rate, 0..1")
      ->capture_default_str()
      ->type_name("RATE");
  command->add_flag("--all-ions", options.all_ions,
                    "also write every kept ion's metrics and rankings, decoys too");
  command->add_option("--images", options.images, "format of the ion images")
      ->check(one_of({"png", "npy", "none"}))
      ->capture_default_str()
      ->type_name("png|npy|none");
  command->add_flag("--force", options.force, "replace the results that DIR holds");
  command
      ->add_option("--memory", options.memory_bytes,
                   "memory that the run may take, e.g. 800M, 4G or 4GiB; peaks that do not fit go\n"
                   "to disk, results do not depend on it (default: what is available)")
      ->transform(CLI::AsSizeValue(true))
      ->type_name("SIZE");
  command
      ->add_option("--scratch", options.scratch,
                   "folder for peaks that do not fit into memory (default: beside the output)")
      ->type_name("DIR");
  command->option_defaults()->group("Run");
  command
      ->add_option("-t,--threads", options.threads,
                   "threads (default: all cores; results do not depend on it)")
      ->type_name("N");
  command->add_flag("--strict", options.strict,
                    "refuse datasets with a wrong UUID or checksum, or any other oddity");
}

void add_info(CLI::App& app, InfoOptions& options) {
  CLI::App* command =
      app.add_subcommand("info", "Tell what is in a dataset, and what is wrong with it");
  command->add_option("dataset", options.dataset, "imzML file; its .ibd lies beside it")
      ->required()
      ->type_name("DATASET.imzML");
  command->add_flag("--strict", options.strict, "fail on a wrong UUID or checksum");
  command->add_flag("--json", options.json, "print JSON");
}

/// Options of `simulate` that need a translation before they are used.
struct SimulateText {
  std::string preset = "small";
  std::string polarity = "positive";
  std::string analyzer = "fticr";
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  std::optional<double> coverage;
};

void add_simulate(CLI::App& app, simulate::SimulateOptions& options, SimulateText& text) {
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
          "--preset", text.preset,
          "size: small (2,304 spectra, 28 MB), p50 (12,000, 180 MB) or p94 (160,000, 2.4 GB):\n"
          "the 50th and 94th percentile of METASPACE's public datasets")
      ->check(one_of({"small", "p50", "p94"}))
      ->capture_default_str()
      ->type_name("small|p50|p94");
  command->add_option("--width", text.width, "pixels across, instead of the preset's")
      ->type_name("PX");
  command->add_option("--height", text.height, "pixels down, instead of the preset's")
      ->type_name("PX");
  command
      ->add_option("--coverage", text.coverage,
                   "share of the box that is measured, 0.4 to 1, instead of the preset's")
      ->type_name("SHARE");
  command
      ->add_option("--peaks-per-pixel", options.median_peaks, "median number of peaks of a pixel")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--seed", options.seed, "equal seeds give equal bytes")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--polarity", text.polarity, "ion mode")
      ->check(one_of({"positive", "negative"}))
      ->capture_default_str()
      ->type_name("positive|negative");
  command
      ->add_option("--adducts", options.adducts, "adducts planted (default +H,+Na,+K, or -H,+Cl)")
      ->delimiter(',')
      ->type_name("A,B,...");
  command->add_option("--ions", options.ions, "ions planted (default: 40 % of the list's formulas)")
      ->type_name("N");
  command->add_option("--analyzer", text.analyzer, "mass analyser")
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

Result<void> simulate_command(simulate::SimulateOptions options, const SimulateText& text) {
  if (auto preset = simulate::apply_preset(text.preset, options); !preset) return preset;
  if (text.width) options.width = *text.width;
  if (text.height) options.height = *text.height;
  if (text.coverage) options.coverage = text.coverage;
  options.polarity =
      text.polarity == "positive" ? simulate::Polarity::kPositive : simulate::Polarity::kNegative;
  options.analyzer = text.analyzer == "orbitrap" ? simulate::Analyzer::kOrbitrap
                     : text.analyzer == "fticr"  ? simulate::Analyzer::kFticr
                                                 : simulate::Analyzer::kTof;
  return simulate_with_progress(options);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// The mistake in the user's words, with the nearest name that exists.
int report_wrong_use(const CLI::App& app, const std::vector<std::string>& arguments,
                     const CLI::ParseError& error) {
  const auto subcommands = app.get_subcommands();
  const CLI::App& used = subcommands.empty() ? app : *subcommands.front();
  const std::string help =
      subcommands.empty() ? "ionloom --help" : "ionloom " + used.get_name() + " --help";
  std::string what = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      (subcommands.empty() && !arguments.empty())) {
    const auto extras = app.remaining(true);
    const std::string first = extras.empty() ? arguments.front() : extras.front();
    std::vector<std::string> names;
    if (first.starts_with("-")) {
      names = option_names(used);
    } else if (subcommands.empty()) {
      for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    }
    const std::string typed = first.substr(0, first.find('='));
    const auto nearest = nearest_name(typed, names);
    what = fmt::format("{} \"{}\" is not known{}",
                       first.starts_with("-") ? "option"
                       : subcommands.empty()  ? "command"
                                              : "argument",
                       typed, nearest ? fmt::format("; did you mean {}?", *nearest) : "");
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    // "Could not convert: --ppm = abc"
    what = what.substr(what.find("--"));
    what = fmt::format("{} is not a number", what);
  }
  if (arguments.empty()) what = "no command was given; expected annotate, info or simulate";
  fmt::print(stderr, "error: {}\n`{}` tells more.\n", what, help);
  return kWrongUse;
}

int report_failure(const Error& error) {
  fmt::print(stderr, "error: {}\n", error.message());
  switch (error.code) {
    case ErrorCode::kData:
      return 1;
    case ErrorCode::kUsage:
      return kWrongUse;
    case ErrorCode::kResource:
      return 3;
    case ErrorCode::kRemote:
      return 4;
    case ErrorCode::kInterrupted:
      return 130;
  }
  return 1;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments) {
  CLI::App app(
      "ionloom annotates imaging mass-spectrometry data: METASPACE's results, on your own machine.",
      "ionloom");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(
      "Exit codes: 0 done, 1 the data or the run failed, 2 wrong use, 3 too little memory or "
      "disk,\n"
      "4 a remote side failed, 130 stopped.");
  AnnotateOptions annotate;
  InfoOptions info;
  simulate::SimulateOptions simulation;
  SimulateText simulation_text;
  add_annotate(app, annotate);
  add_info(app, info);
  add_simulate(app, simulation, simulation_text);

  std::vector<std::string> reversed = with_joined_values(arguments);
  std::ranges::reverse(reversed);
  try {
    app.parse(reversed);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return report_wrong_use(app, arguments, error);
  }

  catch_interruptions();
  annotate.command_line = arguments;
  annotate.command_line.insert(annotate.command_line.begin(), "ionloom");
  const std::string command = app.get_subcommands().front()->get_name();
  const Result<void> done = command == "annotate" ? run_annotate(annotate)
                            : command == "info"   ? run_info(info, std::cout)
                                                  : simulate_command(simulation, simulation_text);
  return done ? 0 : report_failure(done.error());
}

}  // namespace ionloom::app
