#include "tasks/ion_set_object.h"

#include <algorithm>

#include "chem/isotopologue_bound.h"
#include "tasks/ion_rows.h"

namespace ionloom::tasks {

IonSetColumns IonSetColumns::of(const stages::IonSet& set) {
  const std::vector<std::string>& ions = set.ions;
  IonSetColumns columns;
  columns.begins.reserve(ions.size() + 1);
  columns.flags.reserve(ions.size());
  std::uint64_t end = 0;
  for (const std::string& ion : ions) {
    columns.begins.push_back(end);
    end += ion.size();
  }
  columns.begins.push_back(end);
  columns.characters.reserve(end);
  for (std::size_t i = 0; i < ions.size(); ++i) {
    columns.characters.insert(columns.characters.end(), ions[i].begin(), ions[i].end());
    columns.flags.push_back(flags_with_level(
        flags_of(set.is_target[i] != 0, set.is_targeted[i] != 0), set.isotopologue_levels[i]));
  }
  return columns;
}

Result<void> IonSetColumns::write(TaskIo& io, std::uint32_t output) const {
  return write_object(io, output, kIonSetKind, {size(), characters.size(), 0, 0},
                      {bytes_of(begins), bytes_of(flags), bytes_of(characters)});
}

std::vector<std::byte> IonSetColumns::encode() const {
  return encode_object(kIonSetKind, {size(), characters.size(), 0, 0},
                       {bytes_of(begins), bytes_of(flags), bytes_of(characters)});
}

Result<IonSetColumns> IonSetColumns::decode(std::span<const std::byte> bytes) {
  auto columns = ObjectColumns::open(bytes, kIonSetKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t ions = columns->count(0);
  IonSetColumns set;
  set.begins = columns->next<std::uint64_t>(ions + 1);
  set.flags = columns->next<std::uint8_t>(ions);
  set.characters = columns->next<char>(columns->count(1));
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  if (set.begins.empty() || set.begins.front() != 0 || !std::ranges::is_sorted(set.begins) ||
      set.begins.back() != set.characters.size()) {
    return data_error({}, "the texts of its ions do not fill its characters");
  }
  return set;
}

std::uint32_t StoredIonSet::most_isotopologues(std::uint64_t first, std::uint64_t last) const {
  std::uint8_t highest = 0;
  for (std::uint64_t i = first; i < last; ++i) {
    highest = std::max(highest, level_of_flags(flags[i]));
  }
  return chem::isotopologues_of_level(highest);
}

IonSetRanges ion_set_ranges(std::span<const std::uint64_t> begins, std::uint64_t first,
                            std::uint64_t last) {
  const std::uint64_t ions = begins.size() - 1;
  ColumnPlaces places;
  IonSetRanges ranges;
  ranges.begins = places.next(ions + 1, sizeof(std::uint64_t), first, last + 1);
  ranges.flags = places.next(ions, sizeof(std::uint8_t), first, last);
  ranges.characters = places.next(begins.back(), 1, begins[first], begins[last]);
  return ranges;
}

}  // namespace ionloom::tasks
