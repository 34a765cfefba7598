#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ionloom::tasks {

/// What a task found, in numbers: the text of its output `summary`, and what expected counts are
/// compared with.
class Summary {
 public:
  void add(std::string_view name, std::uint64_t count);
  void add_number(std::string_view name, double number);

  [[nodiscard]] std::optional<std::uint64_t> count(std::string_view name) const;

  /// A line "NAME VALUE" each, in the order they were added.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::pair<std::string, std::uint64_t>> counts_;
  std::string text_;
};

}  // namespace ionloom::tasks
