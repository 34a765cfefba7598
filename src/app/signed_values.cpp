#include "app/signed_values.h"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

namespace ionloom::app {
namespace {

constexpr std::string_view kSignedOptions[] = {"--adducts", "--neutral-losses", "--chem-mods"};

bool takes_sign(std::string_view option) {
  return std::ranges::find(kSignedOptions, option) != std::end(kSignedOptions);
}

}  // namespace

Result<std::vector<std::string>> with_joined_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool next_is_value =
        i + 1 < arguments.size() && takes_sign(arguments[i]) && !arguments[i + 1].starts_with("--");
    std::string argument = arguments[i];
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
