#include "app/run_settings.h"

#include <algorithm>
#include <cctype>
#include <thread>

#include <fmt/core.h>

#include "cache/cache_folder.h"
#include "chem/modifier.h"

namespace ionloom::app {
namespace {

constexpr double kDefaultResolvingPower = 140'000;
constexpr double kWideToleranceBelow = 70'000;
constexpr double kDefaultPpm = 3;
constexpr double kWidePpm = 10;

/// The analyser that a free text names, by METASPACE's rules (ds_config.py), or nothing.
std::optional<chem::Analyzer> analyzer_in_text(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto has_any = [&](std::initializer_list<const char*> words) {
    return std::ranges::any_of(
        words, [&](const char* word) { return text.find(word) != std::string::npos; });
  };
  if (has_any({"orbitrap", "exactive", "exploris", "hf-x", "uhmr"}))
    return chem::Analyzer::kOrbitrap;
  if (has_any({"fticr", "ft-icr", "ftms", "ft-ms"})) return chem::Analyzer::kFticr;
  if (has_any({"tof", "mrt", "synapt", "xevo"})) return chem::Analyzer::kTof;
  return std::nullopt;
}

/// Builds RunSettings; the first failure is kept.
class Resolver {
 public:
  Resolver(const AnnotateOptions& options, const imzml::Dataset& dataset,
           const std::vector<chem::MoleculeList>& lists, Warnings& warnings)
      : options_(options), dataset_(dataset), lists_(lists), warnings_(warnings) {}

  Result<RunSettings> resolve() {
    for (auto step : {&Resolver::polarity, &Resolver::modifiers, &Resolver::scoring,
                      &Resolver::instrument, &Resolver::targets, &Resolver::outputs}) {
      if (auto done = (this->*step)(); !done) return std::unexpected(done.error());
    }
    return std::move(settings_);
  }

 private:
  /// Where a value comes from that no file can state.
  [[nodiscard]] const char* origin(const char* option) const {
    return options_.given.contains(option) ? "option" : "default";
  }

  void note(const char* name, report::ParameterValue value, const char* from, bool affects = true) {
    settings_.parameters.push_back({name, std::move(value), from, affects});
  }

  Result<void> polarity() {
    using imzml::Polarity;
    const Polarity stated = dataset_.polarity;
    const bool known = stated == Polarity::kPositive || stated == Polarity::kNegative;
    if (options_.polarity) {
      settings_.positive = *options_.polarity == "positive";
      if (known && settings_.positive != (stated == Polarity::kPositive)) {
        warnings_.add(
            "polarity",
            fmt::format("{}: the file says {}, the option says {}; the option counts",
                        dataset_.imzml_path.string(), settings_.positive ? "negative" : "positive",
                        *options_.polarity));
      }
    } else if (known) {
      settings_.positive = stated == Polarity::kPositive;
    } else {
      return usage_error(
          fmt::format("{}: the file {}; give --polarity positive or --polarity negative",
                      dataset_.imzml_path.string(),
                      stated == Polarity::kMixed ? "holds spectra of both polarities"
                                                 : "does not state its polarity"));
    }
    settings_.annotation.pattern.charge = settings_.positive ? 1 : -1;
    note("polarity", std::string(settings_.positive ? "positive" : "negative"),
         options_.polarity ? "option" : "file");
    return {};
  }

  Result<void> modifiers() {
    stages::IonSettings& ions = settings_.annotation.ions;
    std::vector<std::string> adducts = options_.adducts;
    if (adducts.empty()) {
      adducts = settings_.positive ? std::vector<std::string>{"+H", "+Na", "+K"}
                                   : std::vector<std::string>{"-H", "+Cl"};
    }
    for (const std::string& adduct : adducts) {
      auto normal = chem::normalise_adduct(adduct, settings_.positive);
      if (!normal) return std::unexpected(normal.error());
      if (std::ranges::find(ions.adducts, *normal) == ions.adducts.end())
        ions.adducts.push_back(*normal);
    }
    for (auto [texts, parsed] : {std::pair{&options_.neutral_losses, &ions.neutral_losses},
                                 std::pair{&options_.chem_mods, &ions.chem_mods}}) {
      for (const std::string& text : *texts) {
        auto modifier = chem::parse_modifier(text);
        if (!modifier) return std::unexpected(modifier.error());
        if (modifier->text.empty())
          return usage_error("an empty modifier was given; leave the option out instead");
        if (std::ranges::find(*parsed, text) == parsed->end()) parsed->push_back(text);
      }
    }
    ions.decoy_sample_size = options_.decoys;
    ions.version =
        options_.analysis_version == 1 ? chem::AnalysisVersion::kV1 : chem::AnalysisVersion::kV3;
    ions.right_compositions = options_.fixes;
    note("adducts", ions.adducts, origin("--adducts"));
    note("neutral_losses", ions.neutral_losses, origin("--neutral-losses"));
    note("chem_mods", ions.chem_mods, origin("--chem-mods"));
    note("decoys", std::int64_t{options_.decoys}, origin("--decoys"));
    note("analysis_version", std::int64_t{options_.analysis_version}, origin("--analysis-version"));
    return {};
  }

  Result<void> scoring() {
    if (!options_.scoring_model) {
      note("scoring_model", std::monostate{}, "default");
      return {};
    }
    if (options_.analysis_version == 1) {
      return usage_error(
          "--scoring-model goes with --analysis-version 3 only: METASPACE's version 1 ranks by "
          "MSM");
    }
    auto model = read_scoring_model(*options_.scoring_model);
    if (!model) return std::unexpected(model.error());
    settings_.scoring_model = std::make_shared<const NamedModel>(std::move(*model));
    settings_.annotation.scoring = {.model = &settings_.scoring_model->model,
                                    .abs_errors = options_.fixes ? fdr::AbsErrorRule::kAsTrained
                                                                 : fdr::AbsErrorRule::kReference};
    settings_.annotation.model_file = settings_.scoring_model->content;
    note("scoring_model", settings_.scoring_model->name, "option");
    note("scoring_model_checksum", settings_.scoring_model->file.checksum, "option");
    return {};
  }

  Result<void> instrument() {
    chem::PatternSettings& pattern = settings_.annotation.pattern;
    const auto from_file = analyzer_in_text(dataset_.instrument);
    const auto given =
        options_.analyzer ? chem::analyzer_from_name(*options_.analyzer) : std::nullopt;
    pattern.shape.analyzer = given ? *given : from_file.value_or(chem::Analyzer::kOrbitrap);
    pattern.shape.version = settings_.annotation.ions.version;
    pattern.max_peaks = options_.isotope_peaks;
    const double power = options_.resolving_power.value_or(kDefaultResolvingPower);
    pattern.shape.sigma_mz =
        options_.isocalc_sigma_mz.value_or(chem::sigma_from_resolving_power(power));
    note("analyzer", std::string(chem::analyzer_name(pattern.shape.analyzer)),
         given       ? "option"
         : from_file ? "file"
                     : "default");
    if (options_.isocalc_sigma_mz && !options_.resolving_power) {
      note("resolving_power", std::monostate{}, "default");
    } else {
      note("resolving_power", power, origin("--resolving-power"));
    }
    note("isocalc_sigma", pattern.shape.sigma_mz, origin("--isocalc-sigma"));

    imaging::MetricSettings& metrics = settings_.annotation.metrics;
    const bool wide = options_.resolving_power && power < kWideToleranceBelow;
    metrics.tolerance_ppm = options_.ppm.value_or(wide ? kWidePpm : kDefaultPpm);
    settings_.ppm_rule = options_.ppm ? "as given"
                         : wide       ? "default for a resolving power under 70,000"
                                      : "default";
    metrics.min_px = options_.min_px;
    metrics.spatial =
        settings_.annotation.ions.version == chem::AnalysisVersion::kV1 || options_.fixes
            ? imaging::SpatialArithmetic::kDouble
            : imaging::SpatialArithmetic::kRunningSingle;
    metrics.chaos = options_.fixes ? imaging::ChaosRule::kFixed : imaging::ChaosRule::kReference;
    settings_.annotation.all_metrics = options_.all_metrics;
    note("ppm", metrics.tolerance_ppm, origin("--ppm"));
    note("isotope_peaks", std::int64_t{options_.isotope_peaks}, origin("--isotope-peaks"));
    note("min_px", std::int64_t{options_.min_px}, origin("--min-px"));
    note("fixes", options_.fixes, origin("--fixes"));
    note("all_metrics", options_.all_metrics, origin("--all-metrics"));
    return {};
  }

  Result<void> targets() {
    const std::vector<std::string>& choices = options_.targeted;
    if (choices.size() != 1 && choices.size() != lists_.size()) {
      return usage_error(fmt::format(
          "--targeted names {} choices for {} molecule lists; expected one for all or one for each",
          choices.size(), lists_.size()));
    }
    std::vector<std::string> names;
    std::vector<std::string> targeted;
    for (std::size_t l = 0; l < lists_.size(); ++l) {
      const std::string& choice = choices[choices.size() == 1 ? 0 : l];
      const bool is_targeted =
          choice == "yes" ||
          (choice == "auto" && lists_[l].formulas.size() <= chem::kTargetedThreshold);
      settings_.targeted.push_back(is_targeted);
      names.push_back(lists_[l].name);
      if (is_targeted) targeted.push_back(lists_[l].name);
    }
    note("molecule_lists", std::move(names), "option");
    note("targeted_lists", std::move(targeted), origin("--targeted"));
    return {};
  }

  Result<void> outputs() {
    settings_.fdr = options_.fdr;
    settings_.all_ions = options_.all_ions;
    settings_.annotation.rank_decoys = options_.all_ions;
    settings_.images = options_.images == "png"   ? ImageFormat::kPng
                       : options_.images == "npy" ? ImageFormat::kNpy
                                                  : ImageFormat::kNone;
    settings_.annotation.threads = run_threads(options_);
    if (const auto folder = cache::default_cache_folder(cache::kPatterns);
        folder && !options_.no_pattern_cache) {
      settings_.annotation.pattern_cache = {*folder, options_.pattern_cache_bytes};
    }
    note("fdr", options_.fdr, origin("--fdr"));
    note("images", options_.images, origin("--images"), false);
    note("all_ions", options_.all_ions, origin("--all-ions"), false);
    note("threads", std::int64_t{settings_.annotation.threads}, origin("--threads"), false);
    note("runtime", options_.runtime.runtime, origin("--runtime"), false);
    note("planner", options_.planner, origin("--planner"), false);
    note("pattern_cache", settings_.annotation.pattern_cache.has_value(),
         origin("--no-pattern-cache"), false);
    note("strict", options_.strict, origin("--strict"), false);
    return {};
  }

  const AnnotateOptions& options_;
  const imzml::Dataset& dataset_;
  const std::vector<chem::MoleculeList>& lists_;
  Warnings& warnings_;
  RunSettings settings_;
};

}  // namespace

std::uint32_t run_threads(const AnnotateOptions& options) {
  return options.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

void set_threads(RunSettings& settings, std::uint32_t threads) {
  settings.annotation.threads = threads;
  const auto noted = std::ranges::find(settings.parameters, "threads", &report::Parameter::name);
  if (noted == settings.parameters.end()) return;
  noted->value = std::int64_t{threads};
  noted->origin = "plan";
}

Result<RunSettings> resolve_settings(const AnnotateOptions& options, const imzml::Dataset& dataset,
                                     const std::vector<chem::MoleculeList>& lists,
                                     Warnings& warnings) {
  return Resolver(options, dataset, lists, warnings).resolve();
}

}  // namespace ionloom::app
