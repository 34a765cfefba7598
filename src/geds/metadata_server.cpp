#include "geds/metadata_server.h"

#include <chrono>
#include <utility>

#include <grpcpp/server.h>

#include "geds/access.h"
#include "geds/copy_service.h"
#include "geds/grpc_server.h"
#include "geds/metadata.h"
#include "geds/metadata_service.h"

namespace ionloom::geds {

struct MetadataServer::Parts {
  Parts(MetadataState state, std::unique_ptr<MetadataLog> log, AccessList list,
        const EventLog& events)
      : metadata(std::move(state), std::move(log), events),
        access(std::move(list)),
        service(metadata, access, counters, events) {
    metrics.counter("geds_mds_go_mds_pubsub_matching", "Events that were subscribed to",
                    [this] { return metadata.publisher().matched(); });
    metrics.counter("geds_mds_go_mds_pubsub_send_publication", "Events sent to subscribers",
                    [this] { return metadata.publisher().sent(); });
    metrics.counter("ionloom_geds_lookups_of_copies_total",
                    "Lookups that named a copy, as the object's own node is dead",
                    [this] { return metadata.lookups_of_copies(); });
  }

  Metrics metrics;
  MetadataCounters counters{metrics};
  Metadata metadata;
  AccessList access;
  MetadataService service;
  LeaseService leases{metadata, access};
  CopyService copies{metadata, access, counters};
  HostPort address;
  std::unique_ptr<grpc::Server> server;  // last: ends before what it calls
};

MetadataServer::MetadataServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

MetadataServer::~MetadataServer() {
  stop();
}

Result<std::unique_ptr<MetadataServer>> MetadataServer::start(
    const MetadataServerOptions& options) {
  AccessList access;
  if (options.token_file) {
    auto list = AccessList::read(*options.token_file);
    if (!list) return std::unexpected(list.error());
    access = std::move(*list);
  }
  MetadataState state;
  std::unique_ptr<MetadataLog> log;
  if (options.state_folder) {
    auto opened = MetadataLog::open(*options.state_folder, state);
    if (!opened) return std::unexpected(opened.error());
    log = std::move(*opened);
  }
  auto parts =
      std::make_unique<Parts>(std::move(state), std::move(log), std::move(access), options.events);
  if (options.any_names) parts->metadata.accept_any_names();
  grpc::Service* const services[] = {&parts->service, &parts->leases, &parts->copies};
  auto server = start_grpc_server(options.listen, options.identity, services);
  if (!server) return std::unexpected(server.error());
  parts->address = {options.listen.host, server->port};
  parts->server = std::move(server->server);
  return std::unique_ptr<MetadataServer>(new MetadataServer(std::move(parts)));
}

const HostPort& MetadataServer::address() const {
  return parts_->address;
}

const Metrics& MetadataServer::metrics() const {
  return parts_->metrics;
}

void MetadataServer::stop() {
  if (!parts_->server) return;
  parts_->metadata.publisher().close();
  parts_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  parts_->server.reset();
}

}  // namespace ionloom::geds
