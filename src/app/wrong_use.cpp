#include "app/wrong_use.h"

#include <cstdio>

#include <fmt/core.h>

#include "app/nearest_name.h"

namespace ionloom::app {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

int report_wrong_use(const CLI::App& app, const std::vector<std::string>& arguments,
                     const CLI::ParseError& error) {
  const auto subcommands = app.get_subcommands();
  const CLI::App& used = subcommands.empty() ? app : *subcommands.front();
  const std::string help =
      subcommands.empty() ? "ionloom --help" : "ionloom " + used.get_name() + " --help";
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
    // "Could not convert: --ppm = abc"
    what = what.substr(what.find("--"));
    what = fmt::format("{} is not a number", what);
  }
  if (arguments.empty()) what = "no command was given; expected annotate, info, cache or simulate";
  fmt::print(stderr, "error: {}\n`{}` tells more.\n", what, help);
  return kWrongUse;
}

}  // namespace ionloom::app
