#include "geds/status.h"

#include <array>

namespace ionloom::geds {
namespace {

constexpr std::array<std::string_view, 17> kNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

ErrorCode kind_of(StatusCode code) {
  switch (code) {
    case StatusCode::kNotFound:
    case StatusCode::kAlreadyExists:
    case StatusCode::kDataLoss:
    case StatusCode::kOutOfRange:
      return ErrorCode::kData;
    case StatusCode::kInvalidArgument:
    case StatusCode::kFailedPrecondition:
      return ErrorCode::kUsage;
    case StatusCode::kResourceExhausted:
      return ErrorCode::kResource;
    default:
      return ErrorCode::kRemote;
  }
}

}  // namespace

std::string_view name_of(StatusCode code) {
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : kNames[2];
}

StatusCode status_code(std::int32_t code) {
  if (code < 0 || code >= static_cast<std::int32_t>(kNames.size())) return StatusCode::kUnknown;
  return static_cast<StatusCode>(code);
}

Error to_error(const Status& status, std::string where) {
  std::string what(name_of(status.code));
  if (!status.message.empty()) what += ": " + status.message;
  return {kind_of(status.code), std::move(where), std::move(what)};
}

Status to_status(const Error& error) {
  StatusCode code = StatusCode::kInternal;
  if (error.code == ErrorCode::kUsage) code = StatusCode::kInvalidArgument;
  if (error.code == ErrorCode::kResource) code = StatusCode::kResourceExhausted;
  if (error.code == ErrorCode::kRemote) code = StatusCode::kUnavailable;
  if (error.code == ErrorCode::kInterrupted) code = StatusCode::kCancelled;
  return {code, error.message()};
}

}  // namespace ionloom::geds
