#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace ionloom::app {

/// Help as this program writes it: each option with its value's name, what it does, and its default
/// in words at the end.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }

  [[nodiscard]] std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return "";
    return " " + option->get_type_name() + (option->get_required() ? " (required)" : "");
  }

  [[nodiscard]] std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    const std::string value = option->get_default_str();
    if (!value.empty()) text += " (default " + value + ")";
    return text;
  }
};

}  // namespace ionloom::app
