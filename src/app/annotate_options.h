#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/runtime_options.h"
#include "app/store_options.h"

namespace ionloom::app {

enum class ImageFormat : std::uint8_t { kPng, kNpy, kNone };

/// `ionloom annotate` as the user typed it; what was not given is absent and resolved later.
struct AnnotateOptions {
  std::filesystem::path dataset;
  std::vector<std::filesystem::path> molecules;
  std::filesystem::path output;
  std::vector<std::string> adducts;
  std::vector<std::string> neutral_losses;
  std::vector<std::string> chem_mods;
  std::optional<std::string> polarity;    ///< "positive" or "negative"
  std::optional<std::string> analyzer;    ///< "orbitrap", "fticr" or "tof"
  std::optional<double> resolving_power;  ///< at m/z 200
  std::optional<double> isocalc_sigma_mz;
  std::optional<double> ppm;
  std::uint32_t isotope_peaks = 4;
  std::uint32_t min_px = 1;
  std::uint32_t decoys = 20;
  std::uint32_t analysis_version = 3;
  std::optional<std::filesystem::path> scoring_model;  ///< .cbm file; absent: MSM
  std::vector<std::string> targeted = {
      "auto"};  ///< "auto", "yes", "no": one for all, or one a list
  double fdr = 0.5;
  bool all_ions = false;
  bool all_metrics = false;
  std::string images = "png";
  std::optional<std::uint32_t> threads;
  RuntimeOptions runtime;
  StoreOptions store;
  std::optional<std::filesystem::path> hand_out;  ///< absent: all tasks are done here
  /// What is known of the .ibd; made when it is missing. Absent: the .ibd is there whole.
  std::optional<std::filesystem::path> ibd_record;
  std::optional<std::uint64_t> memory_bytes;  ///< absent: what is available
  std::optional<std::filesystem::path> scratch;
  bool no_pattern_cache = false;
  std::uint64_t pattern_cache_bytes = 2'000'000'000;
  std::string planner = "exact";  ///< or "metaspace", "note", "ditto", "fixed"
  bool no_measurements = false;
  bool fixes = false;
  bool force = false;
  bool strict = false;
  std::set<std::string> given;     ///< names of the options that were typed, "--ppm"
  std::string executor = "local";  ///< or "lithops"
  std::optional<std::filesystem::path> lithops_config;  ///< absent: what Lithops finds
  bool resume = false;
  std::vector<std::uint32_t> pieces;  ///< at least, of ingest, patterns, annotate; empty: no matter
  std::optional<std::filesystem::path> sites;  ///< absent: one executor
  std::string goal = "time";                   ///< or "cost", "energy", "bytes"
  std::string keep_raw_at;                     ///< the site that no peak may leave; empty: none
  std::string placement = "best";              ///< or "runner-up", or a file with one
  std::vector<std::string> command_line;

  /// Whether stages are cut into tasks.
  [[nodiscard]] bool by_tasks() const { return runtime.is_wasm() || store.url; }
};

}  // namespace ionloom::app
