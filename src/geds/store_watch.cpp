#include "geds/store_watch.h"

#include <chrono>
#include <tuple>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>

#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

/// Between two attempts to find a lost server.
constexpr std::chrono::milliseconds kPause{250};

}  // namespace

StoreWatch::StoreWatch(StoreRoot root, std::string bucket, std::string prefix)
    : root_(std::move(root)), bucket_(std::move(bucket)), prefix_(std::move(prefix)) {
  const ObjectId where = root_.id(bucket_, prefix_);
  subscription_ = {where.key.empty() ? SubscriptionKind::kBucket : SubscriptionKind::kPrefix,
                   fmt::format("ionloom-store-{}-{}-{}", ::gethostid(), ::getpid(),
                               static_cast<const void*>(this)),
                   where.bucket, where.key};
}

store::Outcome<std::unique_ptr<store::Watch>> StoreWatch::open(const std::string& server,
                                                               const Access& access,
                                                               const StoreRoot& root,
                                                               const std::string& bucket,
                                                               const std::string& prefix) {
  std::unique_ptr<StoreWatch> watch(new StoreWatch(root, bucket, prefix));
  auto queue = watch->board_.watch(bucket, prefix);
  if (!queue) return std::unexpected(std::move(queue.error()));
  watch->queue_ = *std::move(queue);
  auto metadata = MetadataClient::make(server, access);
  if (!metadata) return std::unexpected(to_failure(to_status(metadata.error()), bucket));
  watch->metadata_ = *std::move(metadata);
  if (auto done = watch->metadata_->subscribe(watch->subscription_); !done) {
    return std::unexpected(to_failure(done.error(), bucket));
  }
  watch->follower_ = std::jthread(
      [watching = watch.get()](const std::stop_token& stop) { watching->follow(stop); });
  std::unique_lock lock(watch->mutex_);
  watch->changed_.wait_for(lock, access.patience,
                           [&] { return watch->ready_ || watch->failed_.has_value(); });
  if (!watch->ready_ && watch->failed_) {
    return std::unexpected(to_failure(*watch->failed_, bucket));
  }
  lock.unlock();
  return watch;
}

StoreWatch::~StoreWatch() {
  if (!follower_.joinable()) return;
  follower_.request_stop();
  metadata_->stop_watching();
  follower_.join();
  std::ignore = metadata_->unsubscribe(subscription_);  // it ends with us in any case
}

void StoreWatch::follow(const std::stop_token& stop) {
  const auto ready = [this] {
    const std::scoped_lock lock(mutex_);
    if (ready_) board_.tell(store::Event::Kind::kMissed, {bucket_, prefix_});
    ready_ = true;
    changed_.notify_all();
  };
  while (!stop.stop_requested()) {
    auto ended = metadata_->watch(subscription_.subscriber, ready, [this](const Event& event) {
      take(event);
      return true;
    });
    std::unique_lock lock(mutex_);
    failed_ = ended ? Status{StatusCode::kUnavailable, "the server ended the stream"}
                    : std::move(ended.error());
    changed_.notify_all();
    // A server that was started anew has forgotten who subscribed.
    do {
      changed_.wait_for(lock, stop, kPause, [] { return false; });
    } while (!stop.stop_requested() && !metadata_->subscribe(subscription_));
  }
}

void StoreWatch::take(const Event& event) {
  const auto key = root_.key_in(bucket_, event.object.id);
  if (!key) return;
  if (event.publication == Publication::kCreate) {
    board_.tell(store::Event::Kind::kSealed, {bucket_, *key});
  } else if (event.publication == Publication::kDelete) {
    board_.tell(store::Event::Kind::kDeleted, {bucket_, *key});
  }
}

std::optional<store::Event> StoreWatch::next(std::chrono::milliseconds patience) {
  auto event = queue_->next(patience);
  if (event && event->kind == store::Event::Kind::kMissed) event->name = {};
  return event;
}

}  // namespace ionloom::geds
