#include "plan/device.h"

#include <charconv>

#include <fmt/core.h>

namespace ionloom::plan {

std::string device_text(const Device& device) {
  return fmt::format("{} {} x{}", device.machine, device.runtime, device.threads);
}

std::optional<Device> device_from_text(std::string_view text) {
  const std::size_t last = text.rfind(" x");
  if (last == std::string_view::npos || last == 0) return std::nullopt;
  const std::size_t before = text.rfind(' ', last - 1);
  if (before == std::string_view::npos || before == 0) return std::nullopt;
  Device device{.machine = std::string(text.substr(0, before)),
                .runtime = std::string(text.substr(before + 1, last - before - 1))};
  const std::string_view number = text.substr(last + 2);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), device.threads);
  const bool is_number = error == std::errc() && end == number.data() + number.size();
  if (!is_number || device.threads == 0 || device.runtime.empty()) return std::nullopt;
  return device;
}

}  // namespace ionloom::plan
