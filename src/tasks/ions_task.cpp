#include "tasks/ions_task.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "tasks/decoy_map_object.h"
#include "tasks/ion_set_object.h"
#include "tasks/stage_settings.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {
namespace {

/// A formula as a string: of a list's formulas hardly any is longer than the letters it holds.
constexpr std::uint64_t kBytesPerFormula = sizeof(std::string) + 32;

/// A list's formulas, one a line.
Result<std::vector<std::string>> read_formulas(const RunningTask& running, std::uint32_t input) {
  const auto text = read_column<char>(running, input);
  if (!text) return std::unexpected(text.error());
  if (!text->empty() && text->back() != '\n') {
    return data_error(input_place(running.task, input), "its last line has no end");
  }
  std::vector<std::string> formulas;
  formulas.reserve(static_cast<std::size_t>(std::ranges::count(*text, '\n')));
  std::string_view rest(text->data(), text->size());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    formulas.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return formulas;
}

std::uint64_t targets_in(const stages::IonSet& set) {
  return static_cast<std::uint64_t>(std::ranges::count(set.is_target, 1));
}

}  // namespace

Result<IonsTask> IonsTask::read(const Task& task) {
  TaskReader reader(task);
  IonsTask own;
  own.settings = take_ion_settings(reader);
  own.settings.right_compositions = reader.yes("right_compositions");
  own.formulas = reader.expected("formulas");
  own.ions = reader.output("ions");
  const auto plain = reader.inputs("formulas");
  const auto targeted = reader.inputs("targeted_formulas");
  const auto decoys = reader.outputs("decoys");
  if (decoys.size() != plain.size() + targeted.size()) {
    reader.fail_with(std::to_string(plain.size() + targeted.size()) +
                     " lists need as many outputs "
                     "decoys, found " +
                     std::to_string(decoys.size()));
  }
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  for (const std::uint32_t input : plain) own.lists.push_back({input, 0, false});
  for (const std::uint32_t input : targeted) own.lists.push_back({input, 0, true});
  std::ranges::sort(own.lists, {}, &List::formulas);
  for (std::size_t l = 0; l < own.lists.size(); ++l) {
    own.lists[l].decoys = decoys[l];
    own.text_bytes += task.inputs[own.lists[l].formulas].length_bytes;
  }
  return own;
}

std::uint64_t IonsTask::memory_bound_bytes() const {
  // The columns of the ion set take no more than what ions are numbered with, which is gone then.
  return 2 * text_bytes + formulas * kBytesPerFormula +
         stages::ions_memory_bound_bytes(formulas, settings);
}

Result<Summary> IonsTask::execute(const RunningTask& running) const {
  std::vector<std::vector<std::string>> texts;
  std::vector<stages::FormulaList> formula_lists;
  std::uint64_t count = 0;
  for (const List& list : lists) {
    auto formulas_read = read_formulas(running, list.formulas);
    if (!formulas_read) return std::unexpected(std::move(formulas_read.error()));
    count += formulas_read->size();
    texts.push_back(std::move(*formulas_read));
  }
  if (count != formulas) {  // which memory was computed from
    return data_error({}, "the lists hold " + std::to_string(count) + " formulas, expected " +
                              std::to_string(formulas));
  }
  formula_lists.reserve(lists.size());
  for (std::size_t l = 0; l < lists.size(); ++l) {
    formula_lists.push_back({texts[l], lists[l].targeted});
  }
  const auto set = stages::enumerate_ions(formula_lists, settings, stages::Isotopologues::kBounded);
  if (!set) return std::unexpected(set.error());
  auto written = IonSetColumns::of(*set).write(running.io, ions);
  for (std::size_t l = 0; written && l < lists.size(); ++l) {
    written = write_decoy_map(running.io, lists[l].decoys, set->lists[l], set->modifiers.size(),
                              set->sample_size);
  }
  if (!written) return std::unexpected(std::move(written.error()));
  Summary summary;
  summary.add("formulas", count);
  summary.add("ions", set->ions.size());
  summary.add("target_ions", targets_in(*set));
  return summary;
}

}  // namespace ionloom::tasks
