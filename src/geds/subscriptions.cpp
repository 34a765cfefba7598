#include "geds/subscriptions.h"

#include <iterator>

namespace ionloom::geds {

Outcome<void> Subscriptions::subscribe(const Subscription& subscription) {
  if (subscription.subscriber.empty() || subscription.bucket.empty()) {
    return refuse(StatusCode::kInvalidArgument, "a subscription names a subscriber and a bucket");
  }
  switch (subscription.kind) {
    case SubscriptionKind::kBucket:
      buckets_[subscription.bucket].whole.insert(subscription.subscriber);
      return {};
    case SubscriptionKind::kObject:
      buckets_[subscription.bucket].objects[subscription.key].insert(subscription.subscriber);
      return {};
    case SubscriptionKind::kPrefix:
      buckets_[subscription.bucket].prefixes[subscription.key].insert(subscription.subscriber);
      return {};
    case SubscriptionKind::kNone:
      break;
  }
  return refuse(StatusCode::kInvalidArgument,
                "a subscription is to a bucket (1), an object (2) or a prefix (3)");
}

Outcome<void> Subscriptions::unsubscribe(const Subscription& subscription) {
  const auto bucket = buckets_.find(subscription.bucket);
  bool found = false;
  if (bucket != buckets_.end()) {
    OfBucket& of = bucket->second;
    if (subscription.kind == SubscriptionKind::kBucket) {
      found = of.whole.erase(subscription.subscriber) > 0;
    } else {
      auto& lists = subscription.kind == SubscriptionKind::kObject ? of.objects : of.prefixes;
      if (const auto list = lists.find(subscription.key); list != lists.end()) {
        found = list->second.erase(subscription.subscriber) > 0;
        if (list->second.empty()) lists.erase(list);
      }
    }
    if (of.empty()) buckets_.erase(bucket);
  }
  if (found) return {};
  return refuse(StatusCode::kNotFound,
                subscription.subscriber + " has no such subscription in " + subscription.bucket);
}

void Subscriptions::forget(const std::string& subscriber) {
  for (auto bucket = buckets_.begin(); bucket != buckets_.end();) {
    OfBucket& of = bucket->second;
    of.whole.erase(subscriber);
    for (auto* lists : {&of.objects, &of.prefixes}) {
      for (auto& [key, names] : *lists) names.erase(subscriber);
      std::erase_if(*lists, [](const auto& list) { return list.second.empty(); });
    }
    bucket = of.empty() ? buckets_.erase(bucket) : std::next(bucket);
  }
}

std::vector<std::string> Subscriptions::subscribers_of(const ObjectId& id) const {
  const auto bucket = buckets_.find(id.bucket);
  if (bucket == buckets_.end()) return {};
  const OfBucket& of = bucket->second;
  Names names = of.whole;
  if (const auto object = of.objects.find(id.key); object != of.objects.end()) {
    names.insert(object->second.begin(), object->second.end());
  }
  for (const auto& [prefix, subscribers] : of.prefixes) {
    if (id.key.starts_with(prefix)) names.insert(subscribers.begin(), subscribers.end());
  }
  return {names.begin(), names.end()};
}

}  // namespace ionloom::geds
