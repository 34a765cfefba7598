#pragma once

#include <memory>

#include <arrow/filesystem/s3fs.h>

namespace ionloom::store {

/// Asks S3 again where that may help: after answers 500, 503 and the like, and after none.
///
/// Also after an error whose body did not fit into the bytes that were asked for: the SDK writes
/// every body there, and then takes what the server said for a fault of its own.
/// @param attempts  of a request in all; with pauses of 0.1 s to 2 s between them
[[nodiscard]] std::shared_ptr<arrow::fs::S3RetryStrategy> s3_retries(int attempts);

}  // namespace ionloom::store
