#pragma once

#include <string_view>

namespace ionloom::app {

/// data/demo_molecules.tsv, which is part of the program.
[[nodiscard]] std::string_view demo_list();

}  // namespace ionloom::app
