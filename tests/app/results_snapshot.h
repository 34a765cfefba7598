#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace ionloom::app::testing {

/// Everything in a results folder: names below it, "images/..." too, and their bytes. Of run.json
/// only what the run may not choose: no times, memory, threads, runtime, store or command line.
using ResultsSnapshot = std::map<std::string, std::string>;

ResultsSnapshot results_in(const std::filesystem::path& folder);

/// Fails the test, naming the files, unless both hold the same names and bytes.
void expect_same_results(const ResultsSnapshot& one, const ResultsSnapshot& other);

}  // namespace ionloom::app::testing
