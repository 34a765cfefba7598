#include "app/annotate_arguments.h"

#include "app/byte_size.h"
#include "app/one_of.h"

namespace ionloom::app {

namespace {

/// A run over several sites.
void add_sites(CLI::App* command, AnnotateOptions& options) {
  command
      ->add_option("--sites", options.sites,
                   "run at several sites at once, each with an executor of Lithops and a store of\n"
                   "its own, placed as ionloom plan --sites tells (docs/formats/sites.md)")
      ->type_name("FILE.toml");
  command
      ->add_option("--goal", options.goal,
                   "with --sites: what is to be least: time, cost, energy, or the bytes over links")
      ->check(one_of({"time", "cost", "energy", "bytes"}))
      ->needs("--sites")
      ->capture_default_str()
      ->type_name("NAME");
  command
      ->add_option("--keep-raw-at", options.keep_raw_at,
                   "with --sites: no peak leaves this site, in whatever order; only metrics and\n"
                   "images do")
      ->needs("--sites")
      ->type_name("SITE");
  command
      ->add_option(
          "--placement", options.placement,
          "with --sites: which placement to go by: best, which changes as the run shows how fast\n"
          "sites are, or runner-up or a file, which are kept while their sites answer, with one "
          "as\n"
          "ionloom plan --sites --json prints it, shares changed at will")
      ->needs("--sites")
      ->capture_default_str()
      ->type_name("best|runner-up|FILE.json");
}

/// The dataset and the lists.
void add_inputs(CLI::App* command, AnnotateOptions& options) {
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
}

/// What decides the results.
void add_method(CLI::App* command, AnnotateOptions& options) {
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
  command
      ->add_option("--scoring-model", options.scoring_model,
                   "rank by a METASPACE-ML model's score instead of MSM (CatBoost's .cbm file;\n"
                   "METASPACE publishes one for animals and one for plants)")
      ->type_name("FILE.cbm");
  command->add_flag("--fixes", options.fixes,
                    "compute right what METASPACE computes wrong: spatial in double precision,\n"
                    "chaos of large one-piece images, formulas with repeated elements, the mass\n"
                    "errors that a scoring model looks at");
  command->add_flag("--all-metrics", options.all_metrics,
                    "measure every ion fully, also those given up early, and keep them");
}

}  // namespace

void add_job(CLI::App& command, AnnotateOptions& options) {
  add_inputs(&command, options);
  add_method(&command, options);
}

void add_annotate(CLI::App& app, AnnotateOptions& options) {
  CLI::App* command = app.add_subcommand(
      "annotate", "Annotate a dataset: which molecules of a list its spectra show, with FDR");
  add_inputs(command, options);
  command->add_option("-o,--output", options.output, "folder for the results, made by the run")
      ->required()
      ->type_name("DIR");
  add_method(command, options);
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
  command->option_defaults()->group("Run");
  command
      ->add_option(
          "-t,--threads", options.threads,
          "threads (default: all cores, or fewer where earlier runs tell that this is sooner;\n"
          "results do not depend on it)")
      ->type_name("N");
  command
      ->add_option(
          "--planner", options.planner,
          "who decides the threads, and with --runtime wasm how many tasks a stage has:\n"
          "exact: models learned from earlier runs; fixed: all cores, tasks of a constant\n"
          "size; metaspace, note, ditto: rules of others, to compare with")
      ->check(one_of({"exact", "metaspace", "note", "ditto", "fixed"}))
      ->capture_default_str()
      ->type_name("NAME");
  command->add_flag("--no-measurements", options.no_measurements,
                    "do not add this run's times to those that plans are learned from\n"
                    "(ionloom models shows them and tells where they are)");
  command
      ->add_option("--executor", options.executor,
                   "who does the stages: this machine's threads, or functions of a cloud through\n"
                   "Lithops (the Python package; results do not depend on it)")
      ->check(one_of({"local", "lithops"}))
      ->capture_default_str()
      ->type_name("local|lithops");
  CLI::Option* config = command->add_option("--lithops-config", options.lithops_config,
                                            "Lithops' configuration (default: what Lithops finds)");
  config->type_name("FILE.yaml");
  command->add_flag("--resume", options.resume,
                    "go on with a run of --executor lithops that was stopped or killed: only what\n"
                    "is missing is done");
  add_sites(command, options);
  add_runtime_options(*command, options.runtime);
  add_store_options(*command, options.store);
  command
      ->add_option("--hand-out", options.hand_out,
                   "do no large task here: write those whose objects are missing in the store to\n"
                   "FILE, for ionloom task work, and stop; results come when none is missing\n"
                   "(docs/formats/handed-out-tasks.md)")
      ->needs("--store")
      ->excludes("--remove-objects")
      ->type_name("FILE");
  command
      ->add_option(
          "--pieces", options.pieces,
          "with --hand-out: cut ingest, patterns and annotate into so many tasks at least;\n"
          "the same in every step of a run")
      ->delimiter(',')
      ->expected(3)
      ->check(CLI::Range(1, 65536))
      ->needs("--hand-out")
      ->type_name("N,N,N");
  command
      ->add_option("--ibd-record", options.ibd_record,
                   "with --hand-out: FILE says of the .ibd what all its bytes are needed for, and\n"
                   "the .ibd may hold no more than the parts that it names; it is made by the\n"
                   "first step, where it is missing (docs/formats/ibd-record.md)")
      ->needs("--hand-out")
      ->type_name("FILE");
  command
      ->add_option("--memory", options.memory_bytes,
                   "memory that the run may take, e.g. 800M, 4G or 4GiB; peaks that do not fit go\n"
                   "to disk, results do not depend on it (default: what is available)")
      ->transform(byte_size())
      ->type_name("SIZE");
  command
      ->add_option("--scratch", options.scratch,
                   "folder for peaks that do not fit into memory (default: beside the output)")
      ->type_name("DIR");
  command->add_flag("--no-pattern-cache", options.no_pattern_cache,
                    "compute isotopic patterns, also those that an earlier run has kept, and keep\n"
                    "none (ionloom cache tells where; results do not depend on it)");
  command
      ->add_option("--pattern-cache-size", options.pattern_cache_bytes,
                   "disk that kept patterns may take; those not used for longest go first\n"
                   "(default 2G, or what IONLOOM_PATTERN_CACHE_SIZE says)")
      ->envname("IONLOOM_PATTERN_CACHE_SIZE")
      ->transform(byte_size())
      ->type_name("SIZE");
  command->add_flag("--strict", options.strict,
                    "refuse datasets whose UUID or checksum is wrong or missing");
}

}  // namespace ionloom::app
