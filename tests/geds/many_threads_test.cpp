#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "geds/geds_cluster.h"
#include "netns/traffic.h"
#include "support/scratch_folder.h"

// Many threads do everything at once with two nodes and their metadata server.
namespace ionloom::geds {
namespace {

using netns::Traffic;

class ManyThreads : public testing::Test {
 protected:
  ManyThreads() {
    for (const char* disk : {"one", "two"}) {
      NodeOptions options;
      options.memory_bytes = std::uint64_t{4} << 20;  // so that most objects go to disk and back
      options.disk = DiskSpace{folder_ / disk, std::uint64_t{1} << 30};
      options.copies = 2;
      nodes_.push_back(cluster_.node(options));
      addresses_.push_back(nodes_.back()->address());
    }
  }

  /// Does `work` in a thread until the test's end.
  void again_and_again(const std::function<void()>& work) {
    others_.emplace_back([work](const std::stop_token& stop) {
      while (!stop.stop_requested()) work();
    });
  }

  void end_others() { others_.clear(); }

  test_support::ScratchFolder folder_;
  GedsCluster cluster_{keeping_state(folder_ / "state")};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<HostPort> addresses_;
  std::vector<std::jthread> others_;
};

TEST_F(ManyThreads, put_read_list_remove_watch_relocate_and_look_at_the_metrics) {
  std::atomic<int> events = 0;
  ASSERT_TRUE(cluster_.metadata().ensure_bucket("bucket"));
  ASSERT_TRUE(cluster_.metadata().subscribe({SubscriptionKind::kBucket, "me", "bucket", {}}));
  std::jthread watcher([&] {
    EXPECT_TRUE(cluster_.metadata().watch(
        "me", [] {},
        [&](const Event&) {
          ++events;
          return true;
        }));
  });
  again_and_again([&] {
    for (const auto& node : nodes_) EXPECT_FALSE(node->metrics().text().empty());
    EXPECT_FALSE(cluster_.server().metrics().text().empty());
  });
  again_and_again([&] {
    EXPECT_TRUE(cluster_.metadata().list({"bucket", "0/"}, '/'));
    EXPECT_TRUE(cluster_.metadata().live_nodes());
  });
  again_and_again([&] {
    const auto stayed = nodes_[0]->relocate("bucket");
    EXPECT_TRUE(stayed && stayed->objects == 0) << "no S3 store is registered";
  });
  std::atomic<int> next = 0;
  for (int i = 0; i < 2; ++i) {
    again_and_again([&] {
      const ObjectId id{"bucket", "short-lived/" + std::to_string(++next)};
      EXPECT_TRUE(put(addresses_[0], id, "here"));
      EXPECT_EQ(read(cluster_.client(), id), "here");
      EXPECT_TRUE(cluster_.client().remove(id));
      EXPECT_EQ(read(cluster_.client(), id), "NOT_FOUND");
    });
  }
  Traffic traffic(cluster_.client(), addresses_, 3, 3);
  EXPECT_TRUE(traffic.wait_for_successes(60, 60));
  traffic.stop();
  end_others();
  cluster_.metadata().stop_watching();
  watcher.join();
  const Traffic::Observed seen = traffic.observed();
  EXPECT_EQ(seen.wrong_reads, 0);
  EXPECT_EQ(seen.puts.size(), 1U) << "all of them OK";
  EXPECT_EQ(seen.reads.size(), 1U);
  EXPECT_GT(events, 0);
}

TEST_F(ManyThreads, a_node_that_stops_in_the_middle_of_it_ends_its_connections_and_nothing_more) {
  Traffic traffic(cluster_.client(), addresses_, 2, 3);
  ASSERT_TRUE(traffic.wait_for_successes(20, 20));
  nodes_.pop_back();
  ASSERT_TRUE(traffic.wait_for_successes(0, 20)) << "what it had is read from the other one";
  traffic.stop();
  EXPECT_EQ(traffic.observed().wrong_reads, 0);
}

TEST_F(ManyThreads, a_metadata_server_that_is_started_anew_in_the_middle_of_it_is_found_again) {
  Traffic traffic(cluster_.client(), addresses_, 2, 3);
  ASSERT_TRUE(traffic.wait_for_successes(20, 20));
  cluster_.stop_server();
  cluster_.start_server();
  EXPECT_TRUE(traffic.wait_for_successes(20, 20));
  traffic.stop();
  const Traffic::Observed seen = traffic.observed();
  EXPECT_EQ(seen.wrong_reads, 0);
  for (const auto& [id, node] : seen.acknowledged) {
    EXPECT_TRUE(read(cluster_.client(), id) == netns::content_of(id)) << id.text();
  }
}

}  // namespace
}  // namespace ionloom::geds
