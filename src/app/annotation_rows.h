#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/run_settings.h"
#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "report/annotation.h"
#include "report/annotation_table.h"
#include "report/ion_images.h"

namespace ionloom::app {

/// The annotations to write: those with FDR at most settings.fdr, and every row of targeted lists.
/// In the order of all results: FDR ascending, score descending, then ion text and list name by
/// bytes. Isomers and isobars are counted among all that METASPACE would store, not only among
/// those written. Rows are made when they are asked for. Thread-safe.
class ResultRows {
 public:
  /// REQUIRES: all outlive the rows.
  ResultRows(const exec::AnnotationRun& run, const std::vector<chem::MoleculeList>& lists,
             const RunSettings& settings);

  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  /// Everything about a row.
  [[nodiscard]] report::Annotation operator[](std::size_t i) const;
  /// What its images are called by and show; without peaks, molecules and neighbours.
  [[nodiscard]] report::Annotation named(std::size_t i) const;
  [[nodiscard]] const stages::RankedIon& ranked(std::size_t i) const;
  [[nodiscard]] const stages::MeasuredIon& measured(std::size_t i) const;

  [[nodiscard]] report::AnnotationRows all() const {
    return {size(), [this](std::size_t i) { return (*this)[i]; }};
  }

  /// Bytes that are held at most.
  /// @param targets    rows that METASPACE may store
  /// @param molecules  of all lists
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t targets,
                                                        std::uint32_t peaks_per_ion,
                                                        std::uint64_t molecules,
                                                        std::uint64_t lists);

 private:
  /// A row of one list: its place among those that METASPACE stores.
  struct Row {
    std::uint32_t list = 0;
    std::uint32_t place = 0;
  };
  /// What METASPACE would store of one list.
  struct StoredList {
    explicit StoredList(double tolerance_ppm) : neighbours(tolerance_ppm) {}

    std::vector<std::uint32_t> ranked;  ///< places in run.ranked, in the order of the results
    report::IonNeighbours neighbours;
    std::vector<std::uint32_t> molecules;        ///< places in the list, by formula
    std::vector<std::uint32_t> molecule_begins;  ///< of each formula, and where the last ends
  };

  /// What ranking has of a row, and its names; no m/z, which has to be computed.
  [[nodiscard]] report::Annotation described_at(std::uint32_t list, std::uint32_t place) const;
  [[nodiscard]] report::Annotation named_at(std::uint32_t list, std::uint32_t place) const;
  [[nodiscard]] std::string ion_text_at(std::uint32_t list, std::uint32_t place) const;
  [[nodiscard]] const stages::RankedIon& ranked_at(std::uint32_t list, std::uint32_t place) const;
  [[nodiscard]] bool is_before(const Row& a, const Row& b) const;

  const exec::AnnotationRun& run_;
  const std::vector<chem::MoleculeList>& lists_;
  const RunSettings& settings_;
  std::vector<StoredList> stored_;
  std::vector<Row> rows_;
  std::optional<report::IonImageStems> stems_;
};

/// Annotations of one list with FDR at most `level`, among those that METASPACE would store.
[[nodiscard]] std::uint64_t count_at_fdr(const exec::AnnotationRun& run, std::size_t list,
                                         bool targeted, double level);

/// What report needs of an ion's peaks.
[[nodiscard]] std::vector<report::IsotopePeak> isotope_peaks(const exec::AnnotationRun& run,
                                                             const stages::MeasuredIon& measured);

/// nullopt for a metric that was not computed.
[[nodiscard]] std::optional<double> computed(double metric);

}  // namespace ionloom::app
