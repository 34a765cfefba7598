#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exec/annotation_run.h"
#include "exec/quiet_progress.h"
#include "imzml/sample_dataset.h"
#include "tasks/new_task.h"
#include "tasks/support/object_shelf.h"

namespace ionloom::tasks::testing {

struct StudySize {
  int width = 24;
  int height = 16;
  int noise_peaks = 120;  ///< of a pixel, beside those of ions
  double highest_noise_mz = 600;
  int formulas = 60;
};

/// A small dataset with ions in it, a molecule list, and the settings of a run.
struct Study {
  explicit Study(const StudySize& size = {});

  imzml::testing::ScratchFolder folder;
  imzml::Dataset dataset;
  chem::MoleculeList list;
  exec::AnnotationSettings settings;

  /// The run as one process does it, without tasks.
  [[nodiscard]] exec::AnnotationRun annotated(std::uint32_t threads) const;
};

/// How a study is cut into tasks.
struct Cuts {
  std::uint64_t ingest = 1;
  std::uint64_t patterns = 1;
  std::uint64_t annotate = 1;
};

/// Runs a study's stages as tasks, one after the other.
class TaskRun {
 public:
  TaskRun(const Study& study, const Cuts& cuts);

  ObjectShelf shelf;
  DatasetObjects objects;
  ImageRun images;
  std::vector<RunIndex> runs;
  std::vector<Task> tasks;  ///< all that were run

  /// Peaks of the ingested runs together.
  [[nodiscard]] std::uint64_t peaks() const;
  /// Ions that were kept, ascending.
  [[nodiscard]] std::vector<stages::MeasuredIon> measured() const;
  [[nodiscard]] stages::PatternTable patterns(std::size_t ions) const;
  /// Ion formulas and, for the one list, which of them are targets and decoys.
  [[nodiscard]] stages::IonSet ions(const Study& study) const;
  [[nodiscard]] std::vector<stages::RankedIon> ranked() const;
  [[nodiscard]] std::vector<stages::RankedDecoy> ranked_decoys() const;

 private:
  void run(Task task);
  void ingest(const Study& study, std::uint64_t cuts);
  void make_ions(const Study& study);
  void compute_patterns(const Study& study, std::uint64_t cuts);
  void annotate(std::uint64_t cuts);
  void rank(const Study& study);

  std::vector<std::string> tables_;
  std::vector<SizedObject> metrics_;
};

}  // namespace ionloom::tasks::testing
