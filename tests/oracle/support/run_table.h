#pragma once

#include <array>
#include <ostream>
#include <string>

namespace ionloom::oracle {

/// A run of the reference: ../shared/oracle/DATASET/RUN.
struct RunName {
  const char* dataset;
  const char* run;
  const char* imzml;                 ///< below ../shared
  std::array<const char*, 2> lists;  ///< in the dataset's folder; the second may be missing (null)

  [[nodiscard]] bool has_one_list() const { return lists[1] == nullptr; }
  /// "syn_a_v3", as a test may be called.
  [[nodiscard]] std::string test_name() const { return std::string(dataset) + "_" + run; }
};

inline void PrintTo(const RunName& name, std::ostream* out) {
  *out << name.dataset << "/" << name.run;
}

namespace paths {
inline constexpr const char* kSynA = "oracle/syn_a/syn_a.imzML";
inline constexpr const char* kSynC = "oracle/syn_c/syn_c.imzML";
inline constexpr const char* kEdge = "oracle/edge/edge.imzML";
inline constexpr const char* kContinuous = "oracle/continuous/continuous.imzML";
inline constexpr const char* kRealContinuous = "data/ms_imaging_example/Example_Continuous.imzML";
inline constexpr const char* kRealProcessed = "data/ms_imaging_example/Example_Processed.imzML";
inline constexpr const char* kTiny = "data/untreated_tiny/Untreated_3_434_tiny.imzML";
}  // namespace paths

/// Every run of the reference.
inline constexpr std::array kRuns = {
    RunName{"continuous", "v1", paths::kContinuous, {"db.tsv"}},
    RunName{"continuous", "v3", paths::kContinuous, {"db.tsv"}},
    RunName{"edge", "v1", paths::kEdge, {"db1.tsv", "db2.tsv"}},
    RunName{"edge", "v3", paths::kEdge, {"db1.tsv", "db2.tsv"}},
    RunName{"edge", "v3_losses", paths::kEdge, {"db1.tsv"}},
    RunName{"edge", "v3_min_px5_all_metrics", paths::kEdge, {"db1.tsv", "db2.tsv"}},
    RunName{"real_example_continuous", "v1", paths::kRealContinuous, {"db.tsv"}},
    RunName{"real_example_continuous", "v3", paths::kRealContinuous, {"db.tsv"}},
    RunName{"real_example_processed", "v3", paths::kRealProcessed, {"db.tsv"}},
    RunName{"real_untreated_tiny", "v1", paths::kTiny, {"db.tsv"}},
    RunName{"real_untreated_tiny", "v3", paths::kTiny, {"db.tsv"}},
    RunName{"syn_a", "v1", paths::kSynA, {"db.csv"}},
    RunName{"syn_a", "v3", paths::kSynA, {"db.csv"}},
    RunName{"syn_a", "v3_neutral_losses", paths::kSynA, {"db.csv"}},
    RunName{"syn_a", "v3_catboost", paths::kSynA, {"db.csv"}},
    RunName{"syn_c", "v1", paths::kSynC, {"db.csv"}},
    RunName{"syn_c", "v3", paths::kSynC, {"db.csv"}},
    RunName{"syn_c", "v3_catboost", paths::kSynC, {"db.csv"}},
    RunName{"syn_d", "v3", "oracle/syn_d/syn_d.imzML", {"db.csv"}},
};

}  // namespace ionloom::oracle
