#include <chrono>

#include "geds/geds_cluster.h"
#include "netns/fault_scene.h"
#include "netns/traffic.h"

namespace ionloom::netns {
namespace {

using Clock = std::chrono::steady_clock;

class NodeFault : public FaultTest {
 protected:
  /// Kills some of the nodes while objects are put on all and read from all, and looks at what is
  /// left.
  void kill_nodes_under_traffic(std::size_t count, std::size_t killed) {
    std::vector<ServerProcess> nodes;
    std::vector<geds::HostPort> addresses;
    for (std::size_t i = 0; i < count; ++i) {
      nodes.push_back(scene().start_node(scene().add_host()));
      addresses.push_back(nodes.back().address());
    }
    Traffic traffic(scene().client(), addresses, 2, 3);
    ASSERT_TRUE(traffic.wait_for_successes(40, 40));
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < killed; ++i) nodes[i].kill();
    ASSERT_TRUE(traffic.wait_for_successes(20, 20)) << "the others go on";
    traffic.stop();
    const Traffic::Observed seen = traffic.observed();
    EXPECT_EQ(seen.wrong_reads, 0);
    EXPECT_LE(seen.longest_read, kStatedTime + kMachineNoise);
    EXPECT_LE(seen.longest_put, kStatedTime + kMachineNoise);
    for (const auto& [status, times] : seen.reads) {
      EXPECT_TRUE(status == "OK" || status == "UNAVAILABLE") << status << ", " << times << " times";
    }
    for (const auto& [id, node] : seen.acknowledged) {
      if (node >= killed) {
        EXPECT_TRUE(geds::read(scene().client(), id) == content_of(id)) << id.text();
        continue;
      }
      const auto unavailable = [&] {
        const auto found = scene().metadata().lookup(id);
        return !found && found.error().code == geds::StatusCode::kUnavailable;
      };
      EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise, unavailable)) << id.text();
      EXPECT_EQ(geds::read(scene().client(), id), "UNAVAILABLE");
    }
    EXPECT_LE(Clock::now() - begin, std::chrono::seconds(40));
  }
};

TEST_F(NodeFault, kill_9_of_one_of_two_nodes_costs_its_objects_and_nothing_else) {
  kill_nodes_under_traffic(2, 1);
}

TEST_F(NodeFault, kill_9_of_two_of_four_nodes_costs_their_objects_and_nothing_else) {
  kill_nodes_under_traffic(4, 2);
}

TEST_F(NodeFault, a_node_killed_9_and_started_again_serves_what_its_disk_had) {
  Host& host = scene().add_host();
  const std::vector<std::string> arguments{"--memory", "100K", "--disk",
                                           (scene().folder() / "disk").string() + ":1G"};
  ServerProcess node = scene().start_node(host, arguments);
  const geds::ObjectId large{"bucket", "large"};
  const std::string bytes(1000000, 'x');  // beyond the memory
  ASSERT_TRUE(geds::put(node.address(), large, bytes));
  node.kill();
  EXPECT_EQ(geds::read(scene().client(), large), "UNAVAILABLE");
  node = scene().start_node(host, arguments);
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise,
                         [&] { return geds::read(scene().client(), large) == bytes; }));
}

}  // namespace
}  // namespace ionloom::netns
