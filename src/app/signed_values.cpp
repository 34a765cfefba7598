#include "app/signed_values.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include <fmt/core.h>

namespace ionloom::app {
namespace {

constexpr std::string_view kSignedOptions[] = {"--adducts", "--neutral-losses", "--chem-mods"};

bool takes_sign(std::string_view option) {
  return std::ranges::find(kSignedOptions, option) != std::end(kSignedOptions);
}

/// All ways to write the commands' options that take a value: "--output", "-o".
std::set<std::string> options_with_value(const CLI::App& app) {
  std::set<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_items_expected_min() == 0) continue;
      for (const std::string& name : option->get_lnames()) names.insert("--" + name);
      for (const std::string& name : option->get_snames()) names.insert("-" + name);
    }
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> with_joined_values(const CLI::App& app,
                                                    const std::vector<std::string>& arguments) {
  const std::set<std::string> needing_value = options_with_value(app);
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") {  // what follows is another program's
      joined.insert(joined.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i),
                    arguments.end());
      break;
    }
    const bool next_is_value =
        i + 1 < arguments.size() && takes_sign(arguments[i]) && !arguments[i + 1].starts_with("--");
    std::string argument = arguments[i];
    if (!next_is_value && needing_value.contains(argument)) {
      if (i + 1 == arguments.size()) {
        return usage_error(fmt::format("{} needs a value, but nothing follows it", argument));
      }
      if (arguments[i + 1].starts_with("--")) {
        return usage_error(
            fmt::format("{} needs a value, but {} follows it", argument, arguments[i + 1]));
      }
    }
    if (next_is_value) argument += "=" + arguments[++i];
    if (argument.ends_with('=') && takes_sign(argument.substr(0, argument.size() - 1))) {
      argument.pop_back();
      return usage_error(fmt::format(
          "{} was given an empty value; leave the option out to have its default", argument));
    }
    joined.push_back(std::move(argument));
  }
  return joined;
}

}  // namespace ionloom::app
