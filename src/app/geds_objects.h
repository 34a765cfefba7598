#pragma once

#include "app/geds_arguments.h"
#include "base/error.h"

/// `ionloom geds put`, `get`, `ls`, `stat`, `rm`, `watch` and `register-s3`. What there is to tell
/// goes to stdout, with --json as one JSON object (`watch`: one a line).
namespace ionloom::app {

[[nodiscard]] Result<void> put_object(const GedsArguments& arguments);
[[nodiscard]] Result<void> get_object(const GedsArguments& arguments);
[[nodiscard]] Result<void> list_objects(const GedsArguments& arguments);
[[nodiscard]] Result<void> show_object(const GedsArguments& arguments);
[[nodiscard]] Result<void> remove_object(const GedsArguments& arguments);
[[nodiscard]] Result<void> watch_objects(const GedsArguments& arguments);
[[nodiscard]] Result<void> register_s3(const GedsArguments& arguments);
[[nodiscard]] Result<void> relocate_objects(const GedsArguments& arguments);

}  // namespace ionloom::app
