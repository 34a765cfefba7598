#include "geds/event_stream.h"

#include <cstddef>
#include <utility>

#include "geds/wire.h"

namespace ionloom::geds {
namespace {

/// A subscriber that is this far behind is cut off, so that it cannot fill the server's memory.
constexpr std::size_t kMostWaiting = 65536;

}  // namespace

EventStream::EventStream(Publisher& publisher, std::string subscriber)
    : publisher_(publisher), subscriber_(std::move(subscriber)) {}

EventStream* EventStream::open(Publisher& publisher, const std::string& subscriber) {
  if (subscriber.empty()) {
    return refused(publisher, {grpc::StatusCode::INVALID_ARGUMENT, "a stream has a subscriberID"});
  }
  const std::shared_ptr<EventStream> stream(new EventStream(publisher, subscriber));
  stream->self_ = stream;
  stream->StartSendInitialMetadata();
  publisher.attach(subscriber, stream);
  return stream.get();
}

EventStream* EventStream::refused(Publisher& publisher, const grpc::Status& status) {
  const std::shared_ptr<EventStream> stream(new EventStream(publisher, {}));
  stream->self_ = stream;
  stream->end(status);
  return stream.get();
}

void EventStream::deliver(const Event& event) {
  bool too_slow = false;
  const wire::SubscriptionStreamResponse* next = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (ending_) return;
    too_slow = queue_.size() >= kMostWaiting;
    if (!too_slow) {
      auto& message = queue_.emplace_back();
      message.set_publicationtype(static_cast<wire::PublicationType>(event.publication));
      if (event.publication == Publication::kDelete) {
        to_wire(event.object.id, *message.mutable_object()->mutable_id());
      } else {
        to_wire(event.object, *message.mutable_object());
      }
      if (std::exchange(writing_, true)) return;
      next = &message;
    }
  }
  if (too_slow) {
    end({grpc::StatusCode::RESOURCE_EXHAUSTED, "the subscriber reads its events too slowly"});
  } else {
    StartWrite(next);
  }
}

void EventStream::end(const grpc::Status& status) {
  {
    const std::scoped_lock lock(mutex_);
    if (ending_) return;
    ending_ = status;
    if (writing_) return;  // OnWriteDone() finishes
  }
  Finish(status);
}

void EventStream::replaced() {
  end(grpc::Status::OK);
}

void EventStream::OnWriteDone(bool ok) {
  std::optional<grpc::Status> finish;
  const wire::SubscriptionStreamResponse* next = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    queue_.pop_front();
    if (!ok && !ending_) ending_ = grpc::Status::CANCELLED;
    finish = ending_;
    writing_ = !finish && !queue_.empty();
    if (!finish && !writing_) return;
    if (writing_) next = &queue_.front();
  }
  if (finish) {
    Finish(*finish);
  } else {
    StartWrite(next);
  }
}

void EventStream::OnCancel() {
  end(grpc::Status::CANCELLED);
}

void EventStream::OnDone() {
  publisher_.detach(subscriber_, this);
  const std::shared_ptr<EventStream> last = std::move(self_);
}

}  // namespace ionloom::geds
