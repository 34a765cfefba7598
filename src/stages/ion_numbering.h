#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ionloom::stages {

/// Numbers ion formulas as they come; sorted and renumbered at the end. A hash table over one run
/// of text, without an allocation per ion.
class IonNumbering {
 public:
  IonNumbering();

  /// The number of this text: that of an equal one met before, or the next.
  std::uint32_t number(std::string_view text);

  /// The texts in byte order, and for each number its place among them. Empties the table.
  std::vector<std::string> sorted(std::vector<std::uint32_t>& place_of);

 private:
  /// Empty when `number` is kNone.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = UINT32_MAX;
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  [[nodiscard]] std::string_view text(std::size_t number) const;
  void grow();

  std::string characters_;
  std::vector<std::uint64_t> ends_;  ///< of each text in characters_
  std::vector<Slot> slots_;          ///< a power of two of them, at most two thirds full
};

}  // namespace ionloom::stages
