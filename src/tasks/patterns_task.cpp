#include "tasks/patterns_task.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "stages/patterns.h"
#include "tasks/ion_rows.h"
#include "tasks/ion_table_object.h"
#include "tasks/stage_settings.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {
namespace {

/// Some milliseconds.
constexpr std::size_t kIonsBetweenQuestions = 512;

/// Texts of consecutive ions.
struct IonTexts {
  std::vector<std::uint64_t> begins;
  std::vector<char> characters;

  [[nodiscard]] std::string_view text(std::size_t i) const {
    return std::string_view(characters.data(), characters.size())
        .substr(begins[i] - begins[0], begins[i + 1] - begins[i]);
  }
};

Result<IonTexts> read_texts(const RunningTask& running, const PatternsTask& settings) {
  auto begins = read_column<std::uint64_t>(running, settings.begins);
  if (!begins) return std::unexpected(std::move(begins.error()));
  auto characters = read_column<char>(running, settings.characters);
  if (!characters) return std::unexpected(std::move(characters.error()));
  if (!std::ranges::is_sorted(*begins) || begins->back() - begins->front() != characters->size()) {
    return data_error(input_place(running.task, settings.begins),
                      "the texts that begin here do not fill the " +
                          std::to_string(characters->size()) + " characters of the task");
  }
  return IonTexts{std::move(*begins), std::move(*characters)};
}

}  // namespace

Result<PatternsTask> PatternsTask::read(const Task& task) {
  TaskReader reader(task);
  PatternsTask own;
  own.settings.shape.version = take_analysis_version(reader);
  own.settings.shape.analyzer =
      reader.choice<chem::Analyzer>("analyzer", {{"orbitrap", chem::Analyzer::kOrbitrap},
                                                 {"fticr", chem::Analyzer::kFticr},
                                                 {"tof", chem::Analyzer::kTof}});
  own.settings.shape.sigma_mz = reader.number("sigma_mz");
  own.settings.charge = reader.choice<std::int32_t>("charge", {{"1", 1}, {"-1", -1}});
  own.settings.max_peaks = static_cast<std::uint32_t>(reader.whole("isotope_peaks", 2, 16));
  if (reader.has("isotopologues")) {
    own.settings.most_isotopologues =
        static_cast<std::uint32_t>(reader.whole("isotopologues", 1, chem::kMostIsotopologues));
  }
  own.first_ion = reader.whole("first_ion", 0, UINT32_MAX);
  own.begins = reader.input("begins");
  own.characters = reader.input("characters");
  own.flags = reader.input("flags");
  own.table = reader.output("ions");
  own.ions = reader.values_in(own.flags, sizeof(std::uint8_t));
  own.characters_bytes = reader.values_in(own.characters, 1);
  reader.expect_values(own.begins, sizeof(std::uint64_t), own.ions + 1);
  if (!(own.settings.shape.sigma_mz > 0)) reader.fail_with("parameter sigma_mz must be above 0");
  if (own.first_ion + own.ions > UINT32_MAX) {
    reader.fail_with("there cannot be so many ions: their numbers would not fit into 32 bits");
  }
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

std::uint64_t PatternsTask::memory_bound_bytes() const {
  const std::uint64_t texts = (ions + 1) * sizeof(std::uint64_t) + characters_bytes;
  const std::uint64_t rows = ions * (sizeof(std::uint32_t) + sizeof(std::uint8_t));
  // The calculator and the texts are gone before the table is put in order.
  return rows + std::max(texts + stages::patterns_memory_bound_bytes(ions, settings.max_peaks, 1,
                                                                     settings.most_isotopologues),
                         stages::patterns_memory_bound_bytes(ions, settings.max_peaks, 0) +
                             table_rows_memory_bound_bytes(ions, settings.max_peaks));
}

Result<Summary> PatternsTask::execute(const RunningTask& running) const {
  IonRows rows;
  rows.patterns.peaks_per_ion = settings.max_peaks;
  rows.patterns.resize(ions);
  rows.ion.resize(ions);
  auto read_flags = read_column<std::uint8_t>(running, flags);
  if (!read_flags) return std::unexpected(std::move(read_flags.error()));
  rows.flags = std::move(*read_flags);
  for (std::uint8_t& value : rows.flags) value = flags_without_level(value);
  {
    const auto texts = read_texts(running, *this);
    if (!texts) return std::unexpected(texts.error());
    chem::IsotopicPatternCalculator calculator(settings);
    chem::Composition composition;
    for (std::size_t i = 0; i < ions; ++i) {
      if (i % kIonsBetweenQuestions == 0) {
        if (auto fine = running.io.may_go_on(); !fine) return std::unexpected(fine.error());
      }
      rows.ion[i] = static_cast<std::uint32_t>(first_ion + i);
      stages::compute_pattern(texts->text(i), i, composition, calculator, rows.patterns);
      if (calculator.was_told_too_few()) {
        return data_error({}, "ion " + std::to_string(first_ion + i) + ", " +
                                  std::string(texts->text(i)) +
                                  ", has more isotopologues than the task says: " +
                                  std::to_string(settings.most_isotopologues));
      }
    }
  }
  const IonRows ordered = table_rows(rows);
  if (auto written = write_ion_table(running.io, table, ordered); !written) {
    return std::unexpected(std::move(written.error()));
  }
  Summary summary;
  summary.add("ions", ions);
  summary.add("patterns", ordered.ion.size());
  return summary;
}

}  // namespace ionloom::tasks
