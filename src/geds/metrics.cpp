#include "geds/metrics.h"

#include <utility>

#include <fmt/core.h>

namespace ionloom::geds {

void Histogram::add(std::uint64_t value) {
  std::size_t at = 0;
  for (std::uint64_t bound = 1; at < kPowersOfTen && value > bound; bound *= 10) ++at;
  counts_[at].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::string Histogram::lines(std::string_view name) const {
  std::string lines;
  std::uint64_t bound = 1;
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < kPowersOfTen; ++at, bound *= 10) {
    count += counts_[at].load(std::memory_order_relaxed);
    lines += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, bound, count);
  }
  count += counts_[kPowersOfTen].load(std::memory_order_relaxed);
  return lines + fmt::format("{0}_bucket{{le=\"+Inf\"}} {2}\n{0}_sum {1}\n{0}_count {2}\n", name,
                             sum_.load(std::memory_order_relaxed), count);
}

void Metrics::add_number(std::string name, std::string help, std::string_view type,
                         std::function<std::uint64_t()> value) {
  auto lines = [name, value = std::move(value)] { return fmt::format("{} {}\n", name, value()); };
  entries_.push_back({std::move(name), std::move(help), type, std::move(lines)});
}

Counter& Metrics::counter(std::string name, std::string help) {
  const std::scoped_lock lock(mutex_);
  Counter& counter = counters_.emplace_back();
  add_number(std::move(name), std::move(help), "counter", [&counter] { return counter.value(); });
  return counter;
}

Level& Metrics::level(std::string name, std::string help) {
  const std::scoped_lock lock(mutex_);
  Level& level = levels_.emplace_back();
  add_number(std::move(name), std::move(help), "gauge", [&level] { return level.value(); });
  return level;
}

Histogram& Metrics::histogram(std::string name, std::string help) {
  const std::scoped_lock lock(mutex_);
  Histogram& histogram = histograms_.emplace_back();
  auto lines = [name, &histogram] { return histogram.lines(name); };
  entries_.push_back({std::move(name), std::move(help), "histogram", std::move(lines)});
  return histogram;
}

void Metrics::gauge(std::string name, std::string help, std::function<std::uint64_t()> value) {
  const std::scoped_lock lock(mutex_);
  add_number(std::move(name), std::move(help), "gauge", std::move(value));
}

void Metrics::counter(std::string name, std::string help, std::function<std::uint64_t()> value) {
  const std::scoped_lock lock(mutex_);
  add_number(std::move(name), std::move(help), "counter", std::move(value));
}

std::string Metrics::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const Entry& entry : entries_) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{3}", entry.name, entry.help, entry.type,
                        entry.lines());
  }
  return text;
}

}  // namespace ionloom::geds
