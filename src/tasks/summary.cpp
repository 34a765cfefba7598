#include "tasks/summary.h"

#include <algorithm>

#include "tasks/number_text.h"

namespace ionloom::tasks {

void Summary::add(std::string_view name, std::uint64_t count) {
  counts_.emplace_back(name, count);
  text_ += std::string(name) + " " + std::to_string(count) + "\n";
}

void Summary::add_number(std::string_view name, double number) {
  text_ += std::string(name) + " " + shortest_text(number) + "\n";
}

std::optional<std::uint64_t> Summary::count(std::string_view name) const {
  const auto found = std::ranges::find(
      counts_, name, [](const auto& entry) -> std::string_view { return entry.first; });
  if (found == counts_.end()) return std::nullopt;
  return found->second;
}

std::string Summary::text() const {
  return text_;
}

}  // namespace ionloom::tasks
