#include "app/wrong_use.h"

#include <charconv>
#include <cstdio>

#include <fmt/core.h>

#include "app/nearest_name.h"
#include "app/standard_streams.h"

namespace ionloom::app {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// "annotate, info or cache".
std::string command_names(const CLI::App& app) {
  std::string names;
  const auto commands = app.get_subcommands({});
  for (std::size_t i = 0; i < commands.size(); ++i) {
    names += (i == 0 ? "" : i + 1 == commands.size() ? " or " : ", ") + commands[i]->get_name();
  }
  return names;
}

/// The parser's "Could not convert: --ppm = abc" in words that fit what was typed.
std::string unconverted(const std::string& said) {
  const std::size_t option = said.find("--");
  const std::size_t equals = said.find(" = ", option);
  if (option == std::string::npos || equals == std::string::npos) return said;
  const std::string name = said.substr(option, equals - option);
  const std::string value = said.substr(equals + 3);
  double number = 0;
  const char* end = value.data() + value.size();
  const bool is_number = std::from_chars(value.data(), end, number).ptr == end && !value.empty();
  return fmt::format("{}: \"{}\" {}", name, value,
                     is_number ? "does not fit (expected a whole number, neither negative nor huge)"
                               : "is not a number");
}

}  // namespace

int report_wrong_use(const CLI::App& app, const std::vector<std::string>& arguments,
                     const CLI::ParseError& error) {
  const auto subcommands = app.get_subcommands();
  const CLI::App* innermost = &app;
  std::string asked = "ionloom";
  while (!innermost->get_subcommands().empty()) {
    innermost = innermost->get_subcommands().front();
    asked += " " + innermost->get_name();
  }
  const CLI::App& used = *innermost;
  std::string what = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      (subcommands.empty() && !arguments.empty())) {
    const auto extras = app.remaining(true);
    const std::string first = extras.empty() ? arguments.front() : extras.front();
    std::vector<std::string> names;
    if (first.starts_with("-")) {
      names = option_names(used);
    } else if (subcommands.empty()) {
      for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    }
    const std::string typed = first.substr(0, first.find('='));
    const auto nearest = nearest_name(typed, names);
    what = fmt::format("{} \"{}\" is not known{}",
                       first.starts_with("-") ? "option"
                       : subcommands.empty()  ? "command"
                                              : "argument",
                       typed, nearest ? fmt::format("; did you mean {}?", *nearest) : "");
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    what = unconverted(what);
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && app.remaining(true).empty() &&
      !used.get_subcommands({}).empty()) {
    what = fmt::format("no command was given; expected {}", command_names(used));
  }
  say(stderr, "error: {}\n`{}` tells more.\n", what, asked + " --help");
  return kWrongUse;
}

}  // namespace ionloom::app
