#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "geds/arrivals.h"
#include "geds/copy_maker.h"
#include "geds/event_log.h"
#include "geds/metadata_client.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// Has the copies made again that were lost with other nodes: of objects that lie on this node
/// alone but were put on two. Looks for them in a thread of its own when a node has been gone for a
/// while, and again as long as some could not be copied.
class CopyKeeper {
 public:
  struct Node {
    std::string location;
    MetadataClient& metadata;
    CopyMaker& copies;
    store::ObjectStore& objects;
    Arrivals& arrivals;
    EventLog events;
  };

  /// @param node       the node's own parts, which must outlive this
  /// @param gone_after so long after a node has died, copies that it held are made again
  CopyKeeper(Node node, std::chrono::milliseconds gone_after);

 private:
  using Clock = std::chrono::steady_clock;

  void keep(const std::stop_token& stop, std::chrono::milliseconds gone_after);
  /// Notes who lives. @return whether it is time to look for what is lacking
  [[nodiscard]] bool due(std::chrono::milliseconds gone_after);
  void make_lacking(const std::stop_token& stop);
  [[nodiscard]] Outcome<void> make_again(const Object& object);

  Node node_;
  std::set<std::string> living_;
  std::optional<Clock::time_point>
      missing_since_;      ///< a node died whose copies were not looked for
  bool some_left_ = true;  ///< nodes may have died before this one started
  std::jthread thread_;
};

}  // namespace ionloom::geds
