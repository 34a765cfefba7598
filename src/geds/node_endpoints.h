#pragma once

#include <cstdint>
#include <string>

#include "geds/metadata_client.h"
#include "geds/names.h"
#include "geds/status.h"

namespace ionloom::geds {

/// Where a node's data transport listens, and what it can do.
struct DataEndpoint {
  HostPort at;                      ///< port 0: not known yet
  std::uint64_t at_once_bytes = 0;  ///< of the largest object that may come with its announcement
  std::string shared_folder = {};   ///< of its objects, as shared_objects.h has it; "" for none
};

/// Asks a node's gRPC service where its data transport listens. Of several addresses it takes the
/// one that equals the node's host, as IBM's client does; a node that does not name it (IBM's leave
/// out 127.0.0.1) listens there all the same, on the port it names for others.
[[nodiscard]] Outcome<DataEndpoint> ask_data_endpoint(const HostPort& node, const Access& access);

}  // namespace ionloom::geds
