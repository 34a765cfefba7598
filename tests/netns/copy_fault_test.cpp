#include <algorithm>
#include <chrono>
#include <vector>

#include "geds/geds_cluster.h"
#include "netns/fault_scene.h"
#include "netns/traffic.h"

namespace ionloom::netns {
namespace {

using Clock = std::chrono::steady_clock;

/// Nodes that have each other keep a copy of what is put there.
class CopyFault : public FaultTest {
 protected:
  [[nodiscard]] ServerProcess start_careful_node() {
    return scene().start_node(scene().add_host(), {"--copies", "2", "--copy-again-s", "1"});
  }
  void start_one_more() { more_.push_back(start_careful_node()); }

  /// All of them, whoever has to be asked, within the stated time.
  void expect_all_read(const std::vector<geds::ObjectId>& ids) {
    const auto begin = Clock::now();
    for (const geds::ObjectId& id : ids) {
      EXPECT_TRUE(geds::read(scene().client(), id) == content_of(id)) << id.text();
    }
    EXPECT_LE(Clock::now() - begin, kStatedTime + kMachineNoise);
  }

  std::vector<geds::ObjectId> put_some(const ServerProcess& node) {
    std::vector<geds::ObjectId> ids;
    for (int i = 0; i < 20; ++i) {
      const geds::ObjectId id{"bucket", "0/" + std::to_string(i)};
      const auto kept = geds::put(node.address(), id, content_of(id));
      EXPECT_TRUE(kept) << kept.error().message;
      ids.push_back(id);
    }
    return ids;
  }

 private:
  std::vector<ServerProcess> more_;
};

TEST_F(CopyFault, kill_9_of_a_node_loses_nothing_and_its_objects_are_read_from_the_copies) {
  ServerProcess one = start_careful_node();
  const ServerProcess two = start_careful_node();
  const auto ids = put_some(one);
  one.kill();
  expect_all_read(ids);
  // What a client hears that knows GEDS's own calls only.
  const auto moved = [&] {
    const auto found = scene().metadata().lookup(ids.front());
    return found && found->info.location == geds::node_location(two.address());
  };
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise, moved));
  expect_all_read(ids);
}

TEST_F(CopyFault, kill_9_of_the_copys_node_costs_nothing_and_the_next_put_finds_another) {
  const ServerProcess one = start_careful_node();
  ServerProcess two = start_careful_node();
  const auto ids = put_some(one);
  two.kill();
  expect_all_read(ids);
  const geds::ObjectId later{"bucket", "later"};
  const auto begin = Clock::now();
  EXPECT_EQ(geds::put(one.address(), later, "x").error().code, geds::StatusCode::kUnavailable)
      << "there is nobody to keep a copy";
  EXPECT_LE(Clock::now() - begin, kStatedTime + kMachineNoise);
  const ServerProcess three = start_careful_node();
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise,
                         [&] { return geds::put(one.address(), later, "x").has_value(); }));
  EXPECT_EQ(scene().metadata().lookup_with_copies(later)->info.copies,
            std::vector{geds::node_location(three.address())});
}

TEST_F(CopyFault, a_copy_lost_by_kill_9_is_made_again_so_that_the_next_kill_9_loses_nothing) {
  ServerProcess one = start_careful_node();
  ServerProcess two = start_careful_node();
  const auto ids = put_some(one);
  ServerProcess three = start_careful_node();
  const auto on_two_living = [&] {
    return std::ranges::all_of(ids, [&](const geds::ObjectId& id) {
      const auto found = scene().metadata().lookup_with_copies(id);
      return found && found->info.copies.size() == 1;
    });
  };
  for (ServerProcess* next : {&two, &one}) {
    next->kill();
    ASSERT_TRUE(comes_true(kStatedTime, [&] { return !on_two_living(); }));
    if (next == &one) start_one_more();
    // A lease, the second of --copy-again-s, and copying.
    ASSERT_TRUE(comes_true(std::chrono::seconds(10), on_two_living));
    expect_all_read(ids);
  }
  three.kill();
  expect_all_read(ids);
}

TEST_F(CopyFault, when_both_nodes_are_dead_readers_are_told_in_time) {
  ServerProcess one = start_careful_node();
  ServerProcess two = start_careful_node();
  const auto ids = put_some(one);
  one.kill();
  two.kill();
  const auto begin = Clock::now();
  EXPECT_EQ(geds::read(scene().client(), ids.front()), "UNAVAILABLE");
  EXPECT_LE(Clock::now() - begin, kStatedTime + kMachineNoise);
}

TEST_F(CopyFault, a_node_killed_9_while_the_metadata_server_restarts_loses_nothing) {
  ServerProcess one = start_careful_node();
  const ServerProcess two = start_careful_node();
  const auto ids = put_some(one);
  scene().metadata_server().kill();
  one.kill();
  scene().start_metadata_server();
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise, [&] {
    return geds::read(scene().client(), ids.front()) == content_of(ids.front());
  }));
  expect_all_read(ids);
}

TEST_F(CopyFault, under_traffic_kill_9_of_one_of_three_nodes_loses_nothing_acknowledged) {
  std::vector<ServerProcess> nodes;
  std::vector<geds::HostPort> addresses;
  for (int i = 0; i < 3; ++i) {
    nodes.push_back(start_careful_node());
    addresses.push_back(nodes.back().address());
  }
  Traffic traffic(scene().client(), addresses, 2, 3);
  ASSERT_TRUE(traffic.wait_for_successes(40, 40));
  nodes.front().kill();
  ASSERT_TRUE(traffic.wait_for_successes(20, 20)) << "the others go on";
  traffic.stop();
  const Traffic::Observed seen = traffic.observed();
  EXPECT_EQ(seen.wrong_reads, 0);
  EXPECT_LE(seen.longest_read, kStatedTime + kMachineNoise);
  for (const auto& [id, node] : seen.acknowledged) {
    EXPECT_TRUE(geds::read(scene().client(), id) == content_of(id))
        << id.text() << " of node " << node;
  }
}

}  // namespace
}  // namespace ionloom::netns
