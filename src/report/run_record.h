#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/warnings.h"

namespace ionloom::report {

/// Version of run.json's layout; raised when a key changes its meaning or goes away.
inline constexpr int kRunRecordSchema = 1;

/// Name of the record in a results folder, and the mark by which such a folder is known.
inline constexpr std::string_view kRunRecordFile = "run.json";

/// monostate: no value (null in JSON).
using ParameterValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// One resolved parameter.
struct Parameter {
  std::string name;  ///< of the option, "isotope_peaks"
  ParameterValue value;
  std::string origin;           ///< "default", "option" or "file"
  bool affects_results = true;  ///< false for threads, output folder and the like
};

struct InputFile {
  std::string role;  ///< "imzml", "ibd", "molecules" ...
  std::string path;  ///< as the user wrote it
  std::uint64_t size_bytes = 0;
  std::string checksum;  ///< "sha256:..."; empty when it was not computed
};

/// One molecule list's share of the run.
struct ListCounts {
  std::string list;
  bool targeted = false;
  std::uint64_t molecules = 0;
  std::uint64_t formulas = 0;
  std::uint64_t targets = 0;            ///< distinct target ions with a score
  std::uint64_t decoys = 0;             ///< distinct decoy ions with a score
  std::uint64_t annotations_fdr_5 = 0;  ///< fdr <= 0.05, and so on
  std::uint64_t annotations_fdr_10 = 0;
  std::uint64_t annotations_fdr_20 = 0;
  std::uint64_t annotations_fdr_50 = 0;
};

struct RunCounts {
  std::uint64_t spectra = 0;
  std::uint64_t pixels = 0;  ///< distinct ones with a spectrum
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t peaks = 0;  ///< with intensity > 0
  std::uint64_t formulas = 0;
  std::uint64_t ions = 0;  ///< distinct ion formulas, decoys too
  std::uint64_t target_ions = 0;
  std::uint64_t ions_in_range = 0;
  std::uint64_t ions_with_metrics = 0;
  std::uint64_t annotations_written = 0;
  std::vector<ListCounts> lists;
};

/// What a run passed its objects through.
struct StoreRecord {
  std::string url;
  bool objects_kept = false;
  std::uint64_t tasks_found = 0;  ///< whose outputs earlier runs had left there
};

/// A count of work by its name, "peaks".
struct Amount {
  std::string name;
  double value = 0;
};

/// What was expected of a stage.
struct PlannedStage {
  double seconds = 0;  ///< before the run
  double least_s = 0;
  double most_s = 0;
  double level = 0;         ///< probability that the time lies between the two; 0: none is promised
  std::string basis;        ///< what it rests on: "measured on this device"
  double known_work_s = 0;  ///< for the work as it was known when the stage began
  double replanned_s = 0;   ///< and at the speed of the stages before it
  bool was_passed_over = false;  ///< it needed not be done
  std::vector<Amount> work;
  std::vector<Amount> known_work;
};

/// What was expected of the run.
struct PlannedRun {
  std::string planner = "exact";
  double seconds = 0;  ///< median
  double least_s = 0;
  double most_s = 0;
  double level = 0;
  std::string machine;
};

struct StageRecord {
  std::string name;
  double seconds = 0;
  std::uint64_t peak_memory_bytes = 0;  ///< of the process, up to the end of the stage
  // Of objects; written only when the run has a store.
  std::uint64_t store_put_bytes = 0;
  std::uint64_t store_got_bytes = 0;
  std::optional<double> pace = {};  ///< of the processor; absent: it was not measured
  std::optional<PlannedStage> planned = {};
};

/// Everything about a run that is not a result (docs/formats/run-json.md).
struct RunRecord {
  std::string status = "FINISHED";
  std::string program_version;
  std::vector<std::string> command_line;
  std::vector<Parameter> parameters;
  std::vector<InputFile> inputs;
  RunCounts counts;
  std::string pattern_source;  ///< where the isotopic patterns came from
  std::optional<StoreRecord> store;
  std::vector<StageRecord> stages;
  std::optional<PlannedRun> planned;  ///< absent: the run was not planned
  double seconds = 0;
  std::uint64_t memory_bound_bytes = 0;  ///< said before the run; 0: none was
  std::uint64_t peak_memory_bytes = 0;
  std::vector<Warning> warnings;
  /// Paths inside the results folder; a folder ends in '/'. run.json itself need not be named.
  std::vector<std::string> outputs;
};

/// The parameters that affect results as one line of JSON, {"adducts":["+H"],"ppm":3.0}, by name:
/// equal settings give equal text whatever their order or origin.
[[nodiscard]] std::string parameters_json(std::span<const Parameter> parameters);

/// 64-bit FNV-1a of parameters_json(), 16 hexadecimal digits. Tells runs apart; protects nothing.
[[nodiscard]] std::string parameters_hash(std::span<const Parameter> parameters);

/// The text of run.json; its keys come in a fixed order.
[[nodiscard]] std::string run_record_json(const RunRecord& record);

/// Writes run_record_json() as `folder`/run.json.
[[nodiscard]] Result<void> write_run_record(const std::filesystem::path& folder,
                                            const RunRecord& record);

/// The "outputs" of an existing run.json, or why it is not one of ionloom's.
[[nodiscard]] Result<std::vector<std::string>> read_recorded_outputs(
    const std::filesystem::path& run_json);

}  // namespace ionloom::report
