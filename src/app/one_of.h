#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "app/nearest_name.h"

namespace ionloom::app {

/// One of some words or numbers; says so in an error, not in the help, which names them already.
template <class Value>
CLI::Validator one_of(std::initializer_list<Value> choices) {
  std::vector<std::string> names;
  for (const Value& choice : choices) names.push_back(fmt::format("{}", choice));
  return CLI::Validator(
      [names](std::string& text) {
        if (std::ranges::find(names, text) != names.end()) return std::string();
        std::string all;
        for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
        const auto nearest = nearest_name(text, names);
        return fmt::format("\"{}\" is not one of {}{}", text, all,
                           nearest ? fmt::format("; did you mean {}?", *nearest) : "");
      },
      "");
}

}  // namespace ionloom::app
