#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "geds/metadata_client.h"
#include "geds/store_names.h"
#include "store/notice_board.h"

namespace ionloom::geds {

/// What happens to the objects of a bucket, whoever does it, as the metadata server tells it. When
/// the server is lost and found again, one kMissed tells that events may have been.
class StoreWatch final : public store::Watch {
 public:
  /// Returns once nothing more will be missed. (IBM's server does not say when; with it, after the
  /// patience of `access`.) kUnavailable when the server cannot be reached.
  [[nodiscard]] static store::Outcome<std::unique_ptr<store::Watch>> open(
      const std::string& server, const Access& access, const StoreRoot& root,
      const std::string& bucket, const std::string& prefix);

  StoreWatch(const StoreWatch&) = delete;
  StoreWatch& operator=(const StoreWatch&) = delete;
  ~StoreWatch() override;

  std::optional<store::Event> next(std::chrono::milliseconds patience) override;

 private:
  StoreWatch(StoreRoot root, std::string bucket, std::string prefix);
  void follow(const std::stop_token& stop);
  void take(const Event& event);

  StoreRoot root_;
  std::string bucket_;
  std::string prefix_;
  store::NoticeBoard board_;
  std::unique_ptr<store::Watch> queue_;
  std::unique_ptr<MetadataClient> metadata_;
  Subscription subscription_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool ready_ = false;
  std::optional<Status> failed_;  ///< why the last stream ended
  std::jthread follower_;
};

}  // namespace ionloom::geds
