#include "tasks/decoy_map_object.h"

#include <string>

namespace ionloom::tasks {

Result<void> write_decoy_map(TaskIo& io, std::uint32_t output, const stages::ListIons& list,
                             std::uint64_t modifiers, std::uint64_t draws) {
  return write_object(
      io, output, kDecoyMapKind, {list.targets.size() / modifiers, modifiers, draws, 0},
      {bytes_of(list.targets), bytes_of(list.decoys), bytes_of(list.decoy_adducts)});
}

Result<stages::ListIons> decode_decoy_map(std::span<const std::byte> bytes, std::uint64_t modifiers,
                                          std::uint64_t draws) {
  auto columns = ObjectColumns::open(bytes, kDecoyMapKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  if (columns->count(1) != modifiers || columns->count(2) != draws) {
    return data_error({}, "is of " + std::to_string(columns->count(1)) + " modifiers and " +
                              std::to_string(columns->count(2)) + " draws, expected " +
                              std::to_string(modifiers) + " and " + std::to_string(draws));
  }
  const std::uint64_t targets = product(columns->count(0), modifiers);
  const std::uint64_t decoys = product(targets, draws);
  stages::ListIons list;
  list.targets = columns->next<std::uint32_t>(targets);
  list.decoys = columns->next<std::uint32_t>(decoys);
  list.decoy_adducts = columns->next<std::uint8_t>(decoys);
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  return list;
}

}  // namespace ionloom::tasks
