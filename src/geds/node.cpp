#include "geds/node.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <grpcpp/server.h>

#include "geds/access.h"
#include "geds/copy_keeper.h"
#include "geds/copy_maker.h"
#include "geds/data_server.h"
#include "geds/grpc_server.h"
#include "geds/node_service.h"
#include "geds/shared_objects.h"

namespace ionloom::geds {
namespace {

constexpr std::uint16_t kPortsToTry = 100;
constexpr std::size_t kMostKnownBuckets = 1024;

/// The next free port above the gRPC service's.
Outcome<TcpSocket> listen_above(const HostPort& grpc_at) {
  Outcome<TcpSocket> listener =
      refuse(StatusCode::kUnavailable, "no port left above " + grpc_at.text());
  for (std::uint16_t step = 1; step <= kPortsToTry && grpc_at.port + step <= 65535; ++step) {
    listener = TcpSocket::listen({grpc_at.host, static_cast<std::uint16_t>(grpc_at.port + step)});
    if (listener) break;
  }
  return listener;
}

Result<void> check_copies(const NodeOptions& options, MetadataClient& metadata) {
  if (options.copies == 1) return {};
  if (options.copies != 2) {
    return usage_error(fmt::format("an object can lie on 1 or 2 nodes, not on {}", options.copies));
  }
  if (options.lease.count() == 0) {
    return usage_error(
        "copies need leases: without them a dead node is not told from a living one");
  }
  const auto nodes = metadata.live_nodes();
  if (!nodes && nodes.error().code == StatusCode::kUnimplemented) {
    return usage_error("the metadata server at " + options.metadata +
                       " is not ionloom's: it knows neither living nodes nor copies");
  }
  if (!nodes) return std::unexpected(to_error(nodes.error(), {}));
  return {};
}

bool any_address(const std::string& host) {
  return host == "0.0.0.0" || host == "[::]" || host == "::";
}

}  // namespace

struct Node::Parts {
  Outcome<void> open_for_objects() const {
    if (leaving) return refuse(StatusCode::kUnavailable, location + " is about to stop");
    return {};
  }

  Outcome<void> register_object(const ObjectId& id, std::uint64_t size_bytes) {
    if (auto open = open_for_objects(); !open) return open;
    Object object{id, {location, size_bytes, size_bytes, std::nullopt}};
    if (two_copies) {
      auto copy = copies->make(id, size_bytes);
      if (!copy) return std::unexpected(std::move(copy.error()));
      object.info.copies = {*std::move(copy)};
    }
    auto done = create(object);
    if (!done) forget_copies(object);
    return done;
  }

  /// Registers an object. Its bucket is made when it is not known to exist.
  Outcome<void> create(const Object& object) {
    const std::string& bucket = object.id.bucket;
    const bool known = [&] {
      const std::scoped_lock lock(bucket_mutex);
      return known_buckets.contains(bucket);
    }();
    if (known) {
      auto done = metadata->create(object);
      // It may have been deleted.
      if (done || done.error().code != StatusCode::kNotFound) return done;
    }
    if (auto done = metadata->ensure_bucket(bucket); !done) return done;
    auto done = metadata->create(object);
    const std::scoped_lock lock(bucket_mutex);
    if (known_buckets.size() >= kMostKnownBuckets) known_buckets.clear();
    if (done) known_buckets.insert(bucket);
    return done;
  }

  void forget_copies(const Object& object) {
    for (const std::string& copy : object.info.copies) copies->forget(object.id, copy);
  }

  /// Whether the metadata server is sure that there is no object of this name.
  bool unknown(const ObjectId& id) const {
    const auto found = metadata->lookup(id);
    return !found && found.error().code == StatusCode::kNotFound;
  }

  Outcome<Relocated> relocate(const std::string& bucket) const {
    std::vector<std::string> buckets{bucket};
    if (bucket.empty()) {
      auto all = metadata->buckets();
      if (!all) return std::unexpected(all.error());
      buckets = *std::move(all);
    }
    Relocated result;
    for (const std::string& each : buckets) relocate_bucket(each, *objects, *s3, result);
    return result;
  }

  /// Renews the lease a few times within its duration; a metadata server without leases ends it.
  void keep_lease(const std::stop_token& stop, std::chrono::milliseconds lease) {
    std::mutex mutex;
    std::condition_variable_any asked_to_stop;
    std::unique_lock lock(mutex);
    bool heard = true;
    while (!asked_to_stop.wait_for(lock, stop, lease / 4, [&] { return stop.stop_requested(); })) {
      const auto renewed = metadata->renew_lease(location, lease);
      if (!renewed && heard) {
        events.warning("lease_not_renewed", {{"reason", renewed.error().message}});
      } else if (renewed && !heard) {
        events.info("lease_renewed_again");
      }
      heard = renewed.has_value();
    }
  }

  EventLog events;
  Metrics metrics;
  DataCounters counters{metrics};
  AccessList access;
  Counter& relocated{metrics.counter("geds__storage_relocated", "Bytes moved to S3")};
  std::atomic<bool> leaving = false;
  std::shared_ptr<RelocationTier> s3;
  std::shared_ptr<store::SharedMemoryTier> shared;  ///< the first tier; none: own memory
  std::shared_ptr<store::TieredStore> objects;
  std::unique_ptr<MetadataClient> metadata;
  std::mutex bucket_mutex;
  std::set<std::string> known_buckets;
  std::unique_ptr<CopyMaker> copies;
  bool two_copies = false;  ///< of what is put here
  HostPort address;
  std::string location;
  bool leased = false;
  NodeService service;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<DataServer> data;
  std::jthread lease_keeper;
  std::unique_ptr<CopyKeeper> copy_keeper;
};

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() {
  stop();
}

Result<std::unique_ptr<Node>> Node::start(const NodeOptions& options) {
  auto parts = std::make_unique<Parts>();
  Parts* const node = parts.get();
  node->events = options.events;
  if (options.token_file) {
    auto list = AccessList::read(*options.token_file);
    if (!list) return std::unexpected(list.error());
    node->access = *std::move(list);
  }
  auto metadata = MetadataClient::make(options.metadata, options.access);
  if (!metadata) return std::unexpected(metadata.error());
  node->metadata = *std::move(metadata);
  if (auto fine = check_copies(options, *node->metadata); !fine) {
    return std::unexpected(std::move(fine.error()));
  }
  const auto seen = node->metadata->own_address();
  if (!seen) return std::unexpected(to_error(seen.error(), {}));

  grpc::Service* const services[] = {&node->service};
  std::shared_ptr<const TlsContext> tls;
  if (options.identity) {
    auto context = TlsContext::of_server(*options.identity);
    if (!context) return std::unexpected(context.error());
    tls = *std::move(context);
  }
  auto server = start_grpc_server(options.listen, options.identity, services);
  if (!server) return std::unexpected(server.error());
  node->server = std::move(server->server);
  const bool everywhere = any_address(options.listen.host);
  node->address = {!options.host.empty() ? options.host
                   : everywhere          ? *seen
                                         : options.listen.host,
                   server->port};
  node->location = node_location(node->address);

  node->s3 = std::make_shared<RelocationTier>(
      *node->metadata, node->location, node->relocated, node->events,
      [node](const Object& object) { node->forget_copies(object); });
  if (options.shared_memory) {
    auto shared = store::SharedMemoryTier::open(*options.shared_memory, options.memory_bytes);
    if (!shared) return std::unexpected(store::to_error(shared.error()));
    node->shared = *std::move(shared);
  }
  auto objects = open_node_store(options.memory_bytes, node->shared, options.disk, node->s3);
  if (!objects) return std::unexpected(objects.error());
  node->objects = *std::move(objects);

  node->two_copies = options.copies == 2;
  node->copies = std::make_unique<CopyMaker>(
      *node->metadata, options.access, *node->objects, node->address,
      node->metrics.counter("ionloom_geds_copies_made_total", "Copies that other nodes keep"));

  auto listener = listen_above({options.listen.host, server->port});
  if (!listener) return std::unexpected(to_error(listener.error(), "data transport"));
  node->service.announce({node->address.host, listener->port()}, everywhere,
                         node->shared ? shared_folder_text(*options.shared_memory) : "");
  node->data = std::make_unique<DataServer>(
      *std::move(listener), *node->objects, node->access, std::move(tls), node->counters,
      node->events,
      DataServer::Calls{[node] { return node->open_for_objects(); },
                        [node](const ObjectId& id, std::uint64_t size) {
                          return node->register_object(id, size);
                        },
                        [node](const std::string& bucket) { return node->relocate(bucket); },
                        [node](const ObjectId& id) { return node->unknown(id); }, options.settled});

  show_store(node->objects, node->metrics);
  show_other_places(node->metrics);

  if (options.lease.count() > 0) {
    const auto held = node->metadata->renew_lease(node->location, options.lease, true);
    node->leased = held.has_value();
    if (!held && held.error().code != StatusCode::kUnimplemented) {
      return std::unexpected(to_error(held.error(), {}));
    }
  }
  if (node->leased) {
    node->lease_keeper = std::jthread([node, lease = options.lease](const std::stop_token& stop) {
      node->keep_lease(stop, lease);
    });
    if (options.copy_again_after.count() > 0) {
      node->copy_keeper = std::make_unique<CopyKeeper>(
          CopyKeeper::Node{node->location, *node->metadata, *node->copies, *node->objects,
                           node->data->arrivals(), node->events},
          options.copy_again_after);
    }
  }
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

const std::string& Node::location() const {
  return parts_->location;
}

const HostPort& Node::address() const {
  return parts_->address;
}

std::uint16_t Node::data_port() const {
  return parts_->data->port();
}

const Metrics& Node::metrics() const {
  return parts_->metrics;
}

std::shared_ptr<store::ObjectStore> Node::objects() const {
  return parts_->objects;
}

Outcome<Relocated> Node::relocate(const std::string& bucket) {
  return parts_->relocate(bucket);
}

Outcome<Relocated> Node::leave_for_s3() {
  parts_->leaving = true;
  return parts_->relocate({});
}

void Node::stop() {
  if (!parts_->server) return;
  parts_->copy_keeper.reset();
  if (parts_->leased) {
    parts_->lease_keeper.request_stop();
    parts_->lease_keeper.join();
    // If the server cannot be told, the lease runs out by itself.
    std::ignore = parts_->metadata->renew_lease(parts_->location, std::chrono::milliseconds(0));
  }
  parts_->data.reset();
  // As the node's own memory would be; who has a view keeps it.
  if (parts_->shared) {
    for (const auto& [name, size] : parts_->shared->names_and_sizes_by_age()) {
      std::ignore = parts_->shared->remove(name);
    }
  }
  parts_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  parts_->server.reset();
}

}  // namespace ionloom::geds
