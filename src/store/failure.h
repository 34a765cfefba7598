#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace ionloom::store {

/// Why the store did not do what it was asked.
enum class FailureCode : std::uint8_t {
  kBadName,      ///< the bucket or key may not be used
  kNotFound,     ///< no sealed object of this name
  kExists,       ///< the name is taken; objects are never replaced
  kSealed,       ///< the writer is sealed already
  kOutOfSpace,   ///< the bound of a tier, the disk, or memory
  kCorrupt,      ///< bytes differ from their checksum; none of them were given out
  kUnavailable,  ///< the place that has the object does not answer now; trying again may help
  kRemote,       ///< another machine or service refused
  kIo,           ///< the operating system refused
};

/// `where` names the object ("bucket/key") or the file; `what` is a sentence: what was found, what
/// was expected, what to do.
struct Failure {
  FailureCode code = FailureCode::kIo;
  std::string where;
  std::string what;

  [[nodiscard]] std::string message() const { return where.empty() ? what : where + ": " + what; }
};

/// A value, or why there is none.
template <class T>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> refuse(FailureCode code, std::string where,
                                                     std::string what) {
  return std::unexpected(Failure{code, std::move(where), std::move(what)});
}

/// "not found", "out of space" and so on.
[[nodiscard]] std::string_view name_of(FailureCode code);

/// The same failure for the command line: bad names are kUsage, lack of space kResource, what
/// another machine did kRemote, the rest kData.
[[nodiscard]] Error to_error(const Failure& failure);

}  // namespace ionloom::store
