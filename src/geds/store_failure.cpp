#include "geds/store_failure.h"

#include <utility>

namespace ionloom::geds {

Status to_status(const store::Failure& failure) {
  StatusCode code = StatusCode::kInternal;
  switch (failure.code) {
    case store::FailureCode::kBadName:
      code = StatusCode::kInvalidArgument;
      break;
    case store::FailureCode::kNotFound:
      code = StatusCode::kNotFound;
      break;
    case store::FailureCode::kExists:
    case store::FailureCode::kSealed:
      code = StatusCode::kAlreadyExists;
      break;
    case store::FailureCode::kOutOfSpace:
      code = StatusCode::kResourceExhausted;
      break;
    case store::FailureCode::kCorrupt:
      code = StatusCode::kDataLoss;
      break;
    case store::FailureCode::kUnavailable:
    case store::FailureCode::kRemote:
      code = StatusCode::kUnavailable;
      break;
    case store::FailureCode::kIo:
      break;
  }
  return {code, failure.message()};
}

store::Failure to_failure(const Status& status, std::string where) {
  const auto code = [&] {
    switch (status.code) {
      case StatusCode::kInvalidArgument:
        return store::FailureCode::kBadName;
      case StatusCode::kNotFound:
        return store::FailureCode::kNotFound;
      case StatusCode::kAlreadyExists:
        return store::FailureCode::kExists;
      case StatusCode::kResourceExhausted:
        return store::FailureCode::kOutOfSpace;
      case StatusCode::kDataLoss:
        return store::FailureCode::kCorrupt;
      case StatusCode::kUnavailable:
      case StatusCode::kDeadlineExceeded:
        return store::FailureCode::kUnavailable;
      default:
        return store::FailureCode::kRemote;
    }
  }();
  return {code, std::move(where), std::string(name_of(status.code)) + ": " + status.message};
}

}  // namespace ionloom::geds
