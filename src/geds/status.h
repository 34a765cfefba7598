#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace ionloom::geds {

/// GEDS's status codes, which are gRPC's.
enum class StatusCode : std::int32_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

/// Why a call of the protocol failed; `code` is never kOk. It travels to the caller as it is.
struct Status {
  StatusCode code = StatusCode::kUnknown;
  std::string message;

  friend bool operator==(const Status&, const Status&) = default;
};

/// The value of a call, or the status with which it is answered.
template <class T>
using Outcome = std::expected<T, Status>;

[[nodiscard]] inline std::unexpected<Status> refuse(StatusCode code, std::string message) {
  return std::unexpected(Status{code, std::move(message)});
}

/// "NOT_FOUND" and so on; "code 99" is named "UNKNOWN", as gRPC does.
[[nodiscard]] std::string_view name_of(StatusCode code);

/// A code as it was read from the wire; what is not a code becomes kUnknown.
[[nodiscard]] StatusCode status_code(std::int32_t code);

/// The same failure for a person: what is missing is kData, what the caller did wrong kUsage, lack
/// of space kResource, everything about the other side kRemote.
[[nodiscard]] Error to_error(const Status& status, std::string where);

/// The reverse, for a server that met an Error while it served a call.
[[nodiscard]] Status to_status(const Error& error);

}  // namespace ionloom::geds
