#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/measurement.h"
#include "store/object_store.h"

namespace ionloom::app {

/// The tier that plans know a store by: "memory", "disk", "s3" or "geds". Empty for no store's URL.
[[nodiscard]] std::string tier_of(const std::string& url);

/// Writes and reads objects of several sizes, by 1, 4 and 16 writers at a time, until `budget_s`
/// are over; one measurement a round and task, without work of a stage. What it wrote is removed.
/// Fails as the store does.
/// @param tier  as tier_of() calls it
[[nodiscard]] Result<std::vector<plan::Measurement>> profile_store(store::ObjectStore& store,
                                                                   const std::string& tier,
                                                                   const std::string& device,
                                                                   double budget_s);

}  // namespace ionloom::app
