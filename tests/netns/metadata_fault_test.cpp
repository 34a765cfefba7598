#include <atomic>
#include <set>
#include <thread>

#include "geds/geds_cluster.h"
#include "netns/fault_scene.h"

namespace ionloom::netns {
namespace {

class MetadataFault : public FaultTest {};

geds::Object object(const std::string& key) {
  return {{"bucket", key}, {"s3://bucket/" + key, key.size(), key.size(), key}};
}

TEST_F(MetadataFault, kill_9_in_a_burst_of_creates_loses_nothing_that_was_acknowledged) {
  constexpr int kWriters = 4;
  ASSERT_TRUE(scene().metadata().ensure_bucket("bucket"));
  std::atomic<bool> stopping = false;
  std::atomic<int> acknowledged = 0;
  std::vector<std::set<std::string>> known(kWriters);
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !stopping; ++i) {
        const std::string key = std::to_string(writer) + "/" + std::to_string(i);
        if (!scene().metadata().create(object(key))) continue;
        known[static_cast<std::size_t>(writer)].insert(key);
        ++acknowledged;
      }
    });
  }
  const auto reaches = [&](int count) {
    return comes_true(std::chrono::seconds(30), [&] { return acknowledged >= count; });
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(reaches(acknowledged + 200));
    scene().metadata_server().kill();
    scene().start_metadata_server();
  }
  EXPECT_TRUE(reaches(acknowledged + 200)) << "writers find the server again";
  stopping = true;
  writers.clear();
  for (const std::set<std::string>& keys : known) {
    for (const std::string& key : keys) {
      const auto found = scene().metadata().lookup({"bucket", key});
      EXPECT_TRUE(found && *found == object(key)) << key;
    }
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
