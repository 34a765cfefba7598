#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <grpcpp/support/server_callback.h>

#include "geds.pb.h"
#include "geds/publisher.h"

namespace ionloom::geds {

/// The server's end of one SubscribeStream: writes the subscriber's events in the order in which
/// they come. No thread waits for it. It lives until gRPC is done with it.
class EventStream final : public grpc::ServerWriteReactor<::geds::rpc::SubscriptionStreamResponse>,
                          public EventSink {
 public:
  /// Attaches the subscriber. Initial metadata is sent at once, which tells the client that it will
  /// miss nothing from now on.
  /// @return what gRPC owns until OnDone()
  [[nodiscard]] static EventStream* open(Publisher& publisher, const std::string& subscriber);

  /// A stream that ends at once, with this status.
  [[nodiscard]] static EventStream* refused(Publisher& publisher, const grpc::Status& status);

  void deliver(const Event& event) override;
  void replaced() override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  EventStream(Publisher& publisher, std::string subscriber);
  void end(const grpc::Status& status);

  Publisher& publisher_;
  std::string subscriber_;
  std::shared_ptr<EventStream> self_;

  std::mutex mutex_;
  std::deque<::geds::rpc::SubscriptionStreamResponse> queue_;  ///< the first is being written
  std::optional<grpc::Status> ending_;  ///< finish with this once nothing is being written
  bool writing_ = false;
};

}  // namespace ionloom::geds
