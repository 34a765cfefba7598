#include "geds/metrics.h"

#include <fmt/core.h>

namespace ionloom::geds {

Counter& Metrics::counter(std::string name, std::string help) {
  const std::scoped_lock lock(mutex_);
  Counter& counter = counters_.emplace_back();
  entries_.push_back(
      {std::move(name), std::move(help), "counter", [&counter] { return counter.value(); }});
  return counter;
}

void Metrics::gauge(std::string name, std::string help, std::function<std::uint64_t()> value) {
  const std::scoped_lock lock(mutex_);
  entries_.push_back({std::move(name), std::move(help), "gauge", std::move(value)});
}

std::string Metrics::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const Entry& entry : entries_) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", entry.name, entry.help,
                        entry.type, entry.value());
  }
  return text;
}

}  // namespace ionloom::geds
