#pragma once

#include <vector>

#include "app/run_settings.h"
#include "base/warnings.h"
#include "chem/molecule_list.h"
#include "imzml/dataset.h"
#include "stages/index.h"

namespace ionloom::app {

/// Prints, before the work starts, what will be annotated and how: the dataset, one line a molecule
/// list, ions and instrument, with the rule that gave the tolerance.
void print_heading(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                   const std::vector<chem::MoleculeList>& lists, const RunSettings& settings);

/// One line a warning, on stderr.
void print_warnings(const Warnings& warnings);

}  // namespace ionloom::app
