#include "geds/node_choice.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace ionloom::geds {
namespace {

/// So long the list of nodes is used without asking again: less than a lease.
constexpr std::chrono::milliseconds kFresh{1000};

bool loopback(const std::string& host) {
  return host.starts_with("127.") || host == "localhost" || host == "[::1]";
}

/// Appends the nodes, beginning with the one that the object's name chooses.
void append_in_turn(std::vector<HostPort> nodes, const ObjectId& id, std::vector<HostPort>& order) {
  if (nodes.empty()) return;
  const std::size_t first = std::hash<std::string>{}(id.text()) % nodes.size();
  std::ranges::rotate(nodes, nodes.begin() + static_cast<std::ptrdiff_t>(first));
  order.insert(order.end(), nodes.begin(), nodes.end());
}

}  // namespace

Outcome<NodeChoice::Known> NodeChoice::nodes() {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::scoped_lock lock(mutex_);
    if (known_ && now - known_since_ < kFresh) return *known_;
  }
  const auto locations = metadata_.live_nodes();
  if (!locations && locations.error().code == StatusCode::kUnimplemented) {
    return refuse(StatusCode::kFailedPrecondition,
                  "the metadata server does not know its nodes: name one, with ?node=HOST:PORT");
  }
  if (!locations) return std::unexpected(locations.error());
  const auto own = metadata_.own_address();
  if (!own) return std::unexpected(own.error());
  Known known;
  for (const std::string& location : *locations) {
    auto node = parse_node_location(location);
    if (!node) return std::unexpected(node.error());
    const bool here = node->host == *own || loopback(node->host);
    (here ? known.here : known.elsewhere).push_back(*std::move(node));
  }
  if (known.here.empty() && known.elsewhere.empty()) {
    return refuse(StatusCode::kUnavailable, "no node holds a lease now, so none can keep objects");
  }
  const std::scoped_lock lock(mutex_);
  known_ = known;
  known_since_ = now;
  return known;
}

Outcome<std::vector<HostPort>> NodeChoice::for_object(const ObjectId& id) {
  if (named_) return std::vector{*named_};
  auto known = nodes();
  if (!known) return std::unexpected(known.error());
  std::vector<HostPort> order;
  append_in_turn(std::move(known->here), id, order);
  append_in_turn(std::move(known->elsewhere), id, order);
  return order;
}

Outcome<std::vector<HostPort>> NodeChoice::for_copy(const ObjectId& id, const HostPort& holder) {
  auto known = nodes();
  if (!known) return std::unexpected(known.error());
  std::erase(known->here, holder);
  std::erase(known->elsewhere, holder);
  std::vector<HostPort> order;
  append_in_turn(std::move(known->elsewhere), id, order);
  append_in_turn(std::move(known->here), id, order);
  return order;
}

}  // namespace ionloom::geds
