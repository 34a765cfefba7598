#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/annotate_options.h"
#include "app/named_model.h"
#include "base/error.h"
#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "imzml/dataset.h"
#include "report/run_record.h"

namespace ionloom::app {

/// All choices of a run, made from options, file and defaults.
struct RunSettings {
  exec::AnnotationSettings annotation;
  std::shared_ptr<const NamedModel> scoring_model;  ///< that `annotation` ranks by; null: MSM
  std::vector<bool> targeted;                       ///< one a list
  bool positive = true;
  double fdr = 0.5;
  ImageFormat images = ImageFormat::kPng;
  bool all_ions = false;
  std::string ppm_rule;  ///< which rule gave the tolerance, for the first lines
  /// Every choice with its origin, for run.json and the parameters' hash.
  std::vector<report::Parameter> parameters;
};

/// Threads of a run: as many as asked for, else as the machine has.
[[nodiscard]] std::uint32_t run_threads(const AnnotateOptions& options);

/// REQUIRES: check_ranges(options). Resolves what the options leave open. Fails (kUsage) for
/// unknown adducts and modifiers, an adduct of the other polarity, a polarity that neither file nor
/// option states, and a scoring model with version 1; and (kData) for a scoring model that cannot
/// be read.
[[nodiscard]] Result<RunSettings> resolve_settings(const AnnotateOptions& options,
                                                   const imzml::Dataset& dataset,
                                                   const std::vector<chem::MoleculeList>& lists,
                                                   Warnings& warnings);

/// The plan decides the threads, which no option did.
void set_threads(RunSettings& settings, std::uint32_t threads);

}  // namespace ionloom::app
