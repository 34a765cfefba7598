#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace ionloom {

/// What kind of mistake happened; decides the exit code of the command line.
enum class ErrorCode : std::uint8_t {
  kData,         ///< an input is damaged, or the run failed (exit 1)
  kUsage,        ///< the caller asked for something that does not exist (exit 2)
  kResource,     ///< too little memory or disk (exit 3)
  kRemote,       ///< another machine or service failed (exit 4)
  kInterrupted,  ///< stopped on request (exit 130)
};

/// The exit code of a command that ended so.
[[nodiscard]] constexpr int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kData:
      return 1;
    case ErrorCode::kUsage:
      return 2;
    case ErrorCode::kResource:
      return 3;
    case ErrorCode::kRemote:
      return 4;
    case ErrorCode::kInterrupted:
      return 130;
  }
  return 1;
}

/// Why something failed, for the person who can mend it. `where` names the file (and line, spectrum
/// or row when known); `what` is a sentence: what was found, what was expected, what to do.
struct Error {
  ErrorCode code = ErrorCode::kData;
  std::string where;
  std::string what;

  /// "WHERE: WHAT", or the sentence alone when no place is known.
  [[nodiscard]] std::string message() const { return where.empty() ? what : where + ": " + what; }
};

/// A value, or the reason why there is none.
template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string where,
                                                 std::string what) {
  return std::unexpected(Error{code, std::move(where), std::move(what)});
}

[[nodiscard]] inline std::unexpected<Error> data_error(std::string where, std::string what) {
  return fail(ErrorCode::kData, std::move(where), std::move(what));
}

[[nodiscard]] inline std::unexpected<Error> usage_error(std::string what) {
  return fail(ErrorCode::kUsage, {}, std::move(what));
}

}  // namespace ionloom
