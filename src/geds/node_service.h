#pragma once

#include <mutex>
#include <string>

#include "geds.grpc.pb.h"
#include "geds/names.h"

namespace ionloom::geds {

/// geds.rpc.GEDSService of a node: where its data transport listens. It names the address by which
/// the node is known first, as a reader looks for exactly that one, then this machine's others.
class NodeService final : public ::geds::rpc::GEDSService::Service {
 public:
  /// From now on GetAvailEndpoints names `known` first, and with `all_addresses` those of this
  /// machine's interfaces behind it.
  /// @param shared_folder  as shared_objects.h has it; "" for none
  void announce(const HostPort& known, bool all_addresses, const std::string& shared_folder);

  grpc::Status GetAvailEndpoints(grpc::ServerContext* context,
                                 const ::geds::rpc::EmptyParams* request,
                                 ::geds::rpc::AvailTransportEndpoints* response) override;

 private:
  std::mutex mutex_;
  ::geds::rpc::AvailTransportEndpoints endpoints_;  ///< none until the data transport listens
};

}  // namespace ionloom::geds
