#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "geds/geds_cluster.h"
#include "netns/fault_scene.h"

namespace ionloom::netns {
namespace {

class MetadataFault : public FaultTest {};

geds::Object object(const std::string& key) {
  return {{"bucket", key}, {"s3://bucket/" + key, key.size(), key.size(), key}};
}

/// Threads that create objects as fast as they can and remember which were acknowledged. While the
/// server is known to be gone they wait.
class Burst {
 public:
  Burst(geds::MetadataClient& metadata, int writers) : metadata_(metadata) {
    for (int i = 0; i < writers; ++i) threads_.emplace_back([this, i] { create_all(i); });
  }

  /// Waits until so many more were acknowledged; false when that takes over 30 s.
  bool wait_for(std::size_t more) {
    std::unique_lock lock(mutex_);
    const std::size_t enough = acknowledged_.size() + more;
    return changed_.wait_for(lock, std::chrono::seconds(30),
                             [&] { return acknowledged_.size() >= enough; });
  }
  void set_server_gone(bool gone) {
    const std::scoped_lock lock(mutex_);
    gone_ = gone;
    changed_.notify_all();
  }
  std::set<std::string> stop() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    threads_.clear();
    return acknowledged_;
  }

 private:
  void create_all(int writer) {
    for (int i = 0;; ++i) {
      const std::string key = std::to_string(writer) + "/" + std::to_string(i);
      const bool created = metadata_.create(object(key)).has_value();
      std::unique_lock lock(mutex_);
      if (created) acknowledged_.insert(key);
      changed_.notify_all();
      changed_.wait(lock, [&] { return created || !gone_ || stopping_; });
      if (stopping_) return;
    }
  }

  geds::MetadataClient& metadata_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> acknowledged_;
  bool gone_ = false;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

TEST_F(MetadataFault, kill_9_in_a_burst_of_creates_loses_nothing_that_was_acknowledged) {
  ASSERT_TRUE(scene().metadata().ensure_bucket("bucket"));
  Burst burst(scene().metadata(), 4);
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(burst.wait_for(100)) << "writers find the server again";
    scene().metadata_server().kill();  // while they write
    burst.set_server_gone(true);
    scene().start_metadata_server();
    burst.set_server_gone(false);
  }
  EXPECT_TRUE(burst.wait_for(100));
  for (const std::string& key : burst.stop()) {
    const auto found = scene().metadata().lookup({"bucket", key});
    EXPECT_TRUE(found && *found == object(key)) << key;
  }
}

TEST_F(MetadataFault, after_a_restart_dead_nodes_are_unavailable_and_living_ones_are_read) {
  ServerProcess living = scene().start_node(scene().add_host());
  ServerProcess dying = scene().start_node(scene().add_host());
  const geds::ObjectId kept{"bucket", "kept"};
  const geds::ObjectId lost{"bucket", "lost"};
  ASSERT_TRUE(geds::put(living.address(), kept, "still here"));
  ASSERT_TRUE(geds::put(dying.address(), lost, "gone"));
  scene().metadata_server().kill();
  dying.kill();
  scene().start_metadata_server();
  const auto unavailable = [&] {
    const auto found = scene().metadata().lookup(lost);
    return !found && found.error().code == geds::StatusCode::kUnavailable &&
           found.error().message.find("heard") != std::string::npos;
  };
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise, unavailable));
  EXPECT_EQ(geds::read(scene().client(), kept), "still here");
}

TEST_F(MetadataFault, while_the_server_is_gone_callers_are_told_so_within_the_stated_time) {
  ServerProcess node = scene().start_node(scene().add_host());
  ASSERT_TRUE(geds::put(node.address(), {"bucket", "a"}, "a"));
  scene().metadata_server().kill();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}), "UNAVAILABLE");
  EXPECT_LE(std::chrono::steady_clock::now() - begin, kStatedTime + kMachineNoise);
  const auto refused = geds::put(node.address(), {"bucket", "b"}, "b");
  EXPECT_EQ(refused.error().code, geds::StatusCode::kUnavailable);
  EXPECT_LE(std::chrono::steady_clock::now() - begin, 2 * kStatedTime + kMachineNoise);
  scene().start_metadata_server();
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise, [&] {
    return geds::read(scene().client(), {"bucket", "a"}) == "a";
  }));
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "b"}), "NOT_FOUND") << "was not acknowledged";
}

}  // namespace
}  // namespace ionloom::netns
