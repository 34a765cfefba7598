#pragma once

#include <cstddef>
#include <string>

namespace ionloom::report {

/// What every result file says about the run it comes from. Nothing here depends on the day, the
/// machine or the number of threads, so that equal runs write equal bytes.
struct RunIdentity {
  std::string program_version;     ///< "0.1.0"
  std::string dataset_name;        ///< stem of the imzML file
  std::string parameters_json;     ///< parameters_json() of run_record.h
  std::string parameters_hash;     ///< parameters_hash() of run_record.h
  bool positive = true;            ///< ion polarity
  std::size_t molecule_lists = 1;  ///< number of lists ranked in the run
};

}  // namespace ionloom::report
