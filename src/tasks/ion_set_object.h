#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "stages/ions.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kIonSetKind = {'I', 'L', 'I', 'O', 'N', 'S', 'E', '1'};

/// The ions of a run as columns (docs/formats/stage-objects.md).
struct IonSetColumns {
  std::vector<std::uint64_t> begins;  ///< one more than there are ions
  std::vector<std::uint8_t> flags;    ///< see ion_rows.h
  std::vector<char> characters;

  [[nodiscard]] std::uint64_t size() const { return flags.size(); }

  /// REQUIRES: isotopologue levels are known.
  [[nodiscard]] static IonSetColumns of(const stages::IonSet& set);
  [[nodiscard]] Result<void> write(TaskIo& io, std::uint32_t output) const;
  [[nodiscard]] std::vector<std::byte> encode() const;
  [[nodiscard]] static Result<IonSetColumns> decode(std::span<const std::byte> bytes);

  /// REQUIRES: i < size().
  [[nodiscard]] std::string text(std::size_t i) const {
    return {characters.data() + begins[i], characters.data() + begins[i + 1]};
  }
};

/// An ion set among a run's objects, with the columns that tasks are made by.
struct StoredIonSet {
  std::string object;
  std::vector<std::uint64_t> begins;
  std::vector<std::uint8_t> flags;

  /// Isotopologues that any of the ions [first, last) has at most.
  [[nodiscard]] std::uint32_t most_isotopologues(std::uint64_t first, std::uint64_t last) const;
};

/// Where the ions [first, last) lie in an ion set.
struct IonSetRanges {
  ByteRange begins;
  ByteRange flags;
  ByteRange characters;
};
[[nodiscard]] IonSetRanges ion_set_ranges(std::span<const std::uint64_t> begins,
                                          std::uint64_t first, std::uint64_t last);

}  // namespace ionloom::tasks
