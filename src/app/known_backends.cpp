#include "app/known_backends.h"

#include <fmt/core.h>

#include "app/joined.h"
#include "app/nearest_name.h"
#include "plan/backend_file.h"
#include "plan/shipped_data.h"

namespace ionloom::app {

Result<plan::Backend> find_backend(const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".json")) {
    return plan::read_backend(name);
  }
  std::vector<std::string> names;
  for (const plan::ShippedText& shipped : plan::shipped_backends()) {
    if (shipped.name == name) {
      return plan::parse_backend(shipped.text, fmt::format("backend {}", name));
    }
    names.emplace_back(shipped.name);
  }
  const auto nearest = nearest_name(name, names);
  return usage_error(fmt::format("--backend \"{}\" is not one of {}, nor a file{}", name,
                                 joined(names, ", "),
                                 nearest ? fmt::format("; did you mean {}?", *nearest) : ""));
}

}  // namespace ionloom::app
