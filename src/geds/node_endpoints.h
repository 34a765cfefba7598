#pragma once

#include "geds/metadata_client.h"
#include "geds/names.h"
#include "geds/status.h"

namespace ionloom::geds {

/// Asks a node's gRPC service where its data transport listens. Of several addresses it takes the
/// one that equals the node's host, as IBM's client does; a node that does not name it (IBM's leave
/// out 127.0.0.1) listens there all the same, on the port it names for others.
[[nodiscard]] Outcome<HostPort> ask_data_endpoint(const HostPort& node, const Access& access);

}  // namespace ionloom::geds
