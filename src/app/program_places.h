#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/mount_text.h"
#include "app/program_arguments.h"
#include "base/error.h"
#include "geds/node.h"
#include "store/object_store.h"
#include "wasi/bucket_mount.h"
#include "wasi/program.h"
#include "wasi/quotas.h"

namespace ionloom::app {

/// What a program is given, and what has to live as long as it runs.
struct ProgramPlaces {
  std::unique_ptr<geds::Node> node;  ///< served here; none where none is needed
  /// What the named node has in memory that it shares with this machine; none where it does not.
  std::shared_ptr<store::ObjectStore> shared_objects;
  std::map<std::string, std::shared_ptr<store::ObjectStore>> stores;  ///< by URL, GEDS by ""
  std::vector<wasi::GivenFolder> folders;
  std::vector<wasi::GivenBucket> buckets;
};

/// Opens the stores, and starts a node where the program may write to GEDS and no node is named.
/// kUsage for what is not as it should be typed; kRemote when a server does not answer.
[[nodiscard]] Result<ProgramPlaces> open_places(const ProgramArguments& arguments,
                                                const std::shared_ptr<wasi::QuotaCount>& quotas);

}  // namespace ionloom::app
