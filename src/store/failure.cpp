#include "store/failure.h"

namespace ionloom::store {

std::string_view name_of(FailureCode code) {
  switch (code) {
    case FailureCode::kBadName:
      return "bad name";
    case FailureCode::kNotFound:
      return "not found";
    case FailureCode::kExists:
      return "exists";
    case FailureCode::kSealed:
      return "sealed";
    case FailureCode::kOutOfSpace:
      return "out of space";
    case FailureCode::kCorrupt:
      return "corrupt";
    case FailureCode::kUnavailable:
      return "unavailable";
    case FailureCode::kRemote:
      return "remote";
    case FailureCode::kIo:
      return "input/output";
  }
  return "unknown";
}

Error to_error(const Failure& failure) {
  const auto code = [&] {
    switch (failure.code) {
      case FailureCode::kBadName:
        return ErrorCode::kUsage;
      case FailureCode::kOutOfSpace:
        return ErrorCode::kResource;
      case FailureCode::kUnavailable:
      case FailureCode::kRemote:
        return ErrorCode::kRemote;
      default:
        return ErrorCode::kData;
    }
  }();
  return {code, failure.where, failure.what};
}

}  // namespace ionloom::store
