#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "geds/object.h"
#include "geds/status.h"

namespace ionloom::geds {

/// Numbers as on the wire.
enum class SubscriptionKind : std::int32_t { kNone = 0, kBucket = 1, kObject = 2, kPrefix = 3 };
enum class Publication : std::int32_t { kNone = 0, kCreate = 1, kUpdate = 2, kDelete = 3 };

/// Who wants to hear of what.
struct Subscription {
  SubscriptionKind kind = SubscriptionKind::kNone;
  std::string subscriber;
  std::string bucket;
  std::string key;  ///< the object's, or a prefix; not read for a bucket
};

/// Who hears of which objects. Pure; the caller serialises changes.
class Subscriptions {
 public:
  /// Subscribing twice is the same as once. INVALID_ARGUMENT for kNone.
  [[nodiscard]] Outcome<void> subscribe(const Subscription& subscription);
  /// NOT_FOUND when there is no such subscription.
  [[nodiscard]] Outcome<void> unsubscribe(const Subscription& subscription);
  /// Ends all subscriptions of a subscriber.
  void forget(const std::string& subscriber);
  /// Everybody to whom the object belongs, each once, by name.
  [[nodiscard]] std::vector<std::string> subscribers_of(const ObjectId& id) const;
  [[nodiscard]] bool empty() const { return buckets_.empty(); }

 private:
  using Names = std::set<std::string>;
  struct OfBucket {
    Names whole;
    std::map<std::string, Names, std::less<>> objects;
    std::map<std::string, Names, std::less<>> prefixes;

    [[nodiscard]] bool empty() const {
      return whole.empty() && objects.empty() && prefixes.empty();
    }
  };

  std::map<std::string, OfBucket, std::less<>> buckets_;
};

}  // namespace ionloom::geds
