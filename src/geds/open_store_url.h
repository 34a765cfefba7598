#pragma once

#include <memory>
#include <string_view>

#include "geds/metadata_client.h"
#include "store/open_store.h"

namespace ionloom::geds {

/// The store that a URL names. Beside those of store::open_store():
/// - geds://HOST:PORT/BUCKET[/PREFIX]   GEDS, by its metadata server. An object "B/K" of the store
///                                      is BUCKET/PREFIX/B/K there; without a bucket, B/K itself.
///   ?node=HOST:PORT                    the node that keeps new objects, instead of one that the
///                                      metadata server knows to be alive, best on this machine
///   &mbit_s=RATE                       what all data from and to other nodes than that keeps to,
///                                      Mbit/s of this store alone; a link that others need too
/// @param access as whom GEDS's servers are called
/// kBadName for a URL that is none of these.
[[nodiscard]] store::Outcome<std::unique_ptr<store::ObjectStore>> open_store_url(
    std::string_view url, const store::StoreLimits& limits = {}, const Access& access = {});

}  // namespace ionloom::geds
