#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "geds/geds_cluster.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;

const ObjectId kObject{"bucket", "a"};
using Places = std::vector<std::string>;

class Copies : public testing::Test {
 protected:
  /// A node that has another keep a copy of what is put there.
  std::unique_ptr<Node> careful_node(NodeOptions options = {}) {
    options.copies = 2;
    return cluster_.node(options);
  }

  /// What this node answers by itself, whatever the metadata says.
  std::string held_by(const Node& node, const ObjectId& id) {
    std::vector<std::byte> bytes(1000);
    const auto count = cluster_.client().peer(node.address())->read(id, 0, bytes);
    if (!count) return std::string(name_of(count.error().code));
    return {reinterpret_cast<const char*>(bytes.data()), *count};
  }

  /// Location and copies.
  Places places(const ObjectId& id) {
    const auto found = cluster_.metadata().lookup_with_copies(id);
    if (!found) return {std::string(name_of(found.error().code))};
    Places all{found->info.location};
    all.insert(all.end(), found->info.copies.begin(), found->info.copies.end());
    return all;
  }

  static bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return true;
  }

  static bool shows(const Metrics& metrics, const std::string& line) {
    return metrics.text().find("\n" + line + "\n") != std::string::npos;
  }

  GedsCluster cluster_;
};

TEST_F(Copies, an_object_lies_on_two_nodes_when_its_put_is_acknowledged) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  EXPECT_EQ(places(kObject), (Places{one->location(), two->location()}));
  EXPECT_EQ(held_by(*one, kObject), "hello");
  EXPECT_EQ(held_by(*two, kObject), "hello");
  EXPECT_TRUE(shows(one->metrics(), "ionloom_geds_copies_made_total 1"));
  EXPECT_TRUE(shows(two->metrics(), "ionloom_geds_copies_kept_total 1"));
  EXPECT_TRUE(shows(two->metrics(), "geds__files_created 0")) << "it is not its own";
}

TEST_F(Copies, a_copy_that_was_lost_with_its_node_is_made_again_on_another) {
  const NodeOptions soon{.copy_again_after = milliseconds(200)};
  const auto one = careful_node(soon);
  const auto two = careful_node(soon);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(put(*one, {"bucket", std::to_string(i)}, "object " + std::to_string(i)));
  }
  two->stop();
  const auto three = careful_node(soon);
  const auto four = cluster_.node(soon);
  const auto safe_again = [&] {
    for (int i = 0; i < 30; ++i) {
      const Places now = places({"bucket", std::to_string(i)});
      if (now.size() != 2 || now[1] == two->location()) return false;
    }
    return true;
  };
  ASSERT_TRUE(comes_true(safe_again));
  one->stop();
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(read(cluster_.client(), {"bucket", std::to_string(i)}),
              "object " + std::to_string(i));
  }
  // Those who took the copies are now the only ones to have them.
  EXPECT_TRUE(comes_true(safe_again));
}

TEST_F(Copies, of_an_object_that_is_removed_no_copy_is_made_again) {
  const auto one = careful_node({.copy_again_after = milliseconds(200)});
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  two->stop();
  ASSERT_TRUE(cluster_.client().remove(kObject));
  ASSERT_TRUE(cluster_.metadata().lacking_copies(one->location()).value().empty());
  Object gone{kObject, {one->location(), 5, 5, std::nullopt}};
  gone.info.copies = {"geds://127.0.0.1:9"};
  EXPECT_EQ(cluster_.metadata().add_copy(gone).error().code, StatusCode::kNotFound);
}

TEST_F(Copies, without_the_switch_an_object_lies_on_one_node) {
  const auto one = cluster_.node();
  const auto two = careful_node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  EXPECT_EQ(places(kObject), Places{one->location()});
  EXPECT_EQ(held_by(*two, kObject), "NOT_FOUND");
}

TEST_F(Copies, large_and_empty_objects_and_those_sent_in_pieces_are_copied) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  const std::string large(std::size_t{20} << 20, 'x');
  ASSERT_TRUE(put(*one, {"bucket", "large"}, large));
  ASSERT_TRUE(put(*one, {"bucket", "empty"}, ""));
  auto pieces = cluster_.client().peer(one->address())->append({"bucket", "pieces"});
  ASSERT_TRUE(pieces);
  ASSERT_TRUE(pieces->append(std::as_bytes(std::span("part", 4))));
  ASSERT_TRUE(pieces->seal());
  one->stop();
  EXPECT_TRUE(read(cluster_.client(), {"bucket", "large"}) == large);
  EXPECT_EQ(read(cluster_.client(), {"bucket", "empty"}), "");
  EXPECT_EQ(read(cluster_.client(), {"bucket", "pieces"}), "part");
}

TEST_F(Copies, without_another_node_nothing_is_kept) {
  const auto one = careful_node();
  const auto refused = put(*one, kObject, "hello");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StatusCode::kUnavailable);
  EXPECT_NE(refused.error().message.find("no other node is alive"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(places(kObject), Places{"NOT_FOUND"});
  EXPECT_TRUE(shows(one->metrics(), "geds__local_memory_used 0"));
}

TEST_F(Copies, a_node_that_is_full_keeps_none_and_the_next_is_asked) {
  const auto one = careful_node();
  const auto full = cluster_.node({.memory_bytes = 10});
  const std::string bytes(1000, 'x');
  const auto refused = put(*one, kObject, bytes);
  EXPECT_EQ(refused.error().code, StatusCode::kResourceExhausted);
  EXPECT_EQ(held_by(*one, kObject), "NOT_FOUND");
  const auto two = cluster_.node();
  // Who is alive is asked for anew within a second.
  Outcome<void> kept = refused;
  const auto begin = std::chrono::steady_clock::now();
  while (!kept && std::chrono::steady_clock::now() - begin < milliseconds(5000)) {
    kept = put(*one, kObject, bytes);
  }
  ASSERT_TRUE(kept);
  EXPECT_EQ(places(kObject), (Places{one->location(), two->location()}));
}

TEST_F(Copies, when_its_node_is_gone_the_copy_is_where_it_lies) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  one->stop();
  EXPECT_EQ(cluster_.metadata().lookup(kObject)->info.location, two->location())
      << "GEDS's own Lookup, for IBM's clients";
  EXPECT_EQ(read(cluster_.client(), kObject), "hello");
  EXPECT_EQ(places(kObject), Places{two->location()});
  EXPECT_FALSE(shows(cluster_.server().metrics(), "ionloom_geds_lookups_of_copies_total 0"));
  two->stop();
  EXPECT_EQ(read(cluster_.client(), kObject), "UNAVAILABLE");
}

TEST_F(Copies, when_the_copy_is_gone_the_object_is_where_it_was) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  two->stop();
  EXPECT_EQ(read(cluster_.client(), kObject), "hello");
  EXPECT_EQ(places(kObject), Places{one->location()});
}

TEST_F(Copies, a_node_that_came_back_without_its_objects_is_passed_over) {
  auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  // As the next node at that address would: it has nothing.
  ASSERT_TRUE(cluster_.client().peer(one->address())->forget(kObject));
  EXPECT_EQ(read(cluster_.client(), kObject), "hello");
}

TEST_F(Copies, a_node_that_has_started_anew_stands_last) {
  auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  const std::string location = one->location();
  // The first lease of the next process at that address.
  ASSERT_TRUE(cluster_.metadata().renew_lease(location, milliseconds(1500), true));
  EXPECT_EQ(places(kObject), (Places{two->location(), location}));
}

TEST_F(Copies, removing_an_object_removes_both) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  ASSERT_TRUE(cluster_.client().remove(kObject));
  EXPECT_EQ(places(kObject), Places{"NOT_FOUND"});
  EXPECT_EQ(held_by(*one, kObject), "NOT_FOUND");
  EXPECT_EQ(held_by(*two, kObject), "NOT_FOUND");
  EXPECT_TRUE(shows(two->metrics(), "geds__local_memory_used 0"));
  EXPECT_TRUE(put(*one, kObject, "again")) << "the name is free on both";
}

TEST_F(Copies, what_cannot_be_registered_is_kept_by_neither) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "so that the nodes know each other"));
  cluster_.stop_server();
  EXPECT_EQ(put(*one, {"bucket", "b"}, "hello").error().code, StatusCode::kUnavailable);
  EXPECT_EQ(held_by(*one, {"bucket", "b"}), "NOT_FOUND");
  EXPECT_EQ(held_by(*two, {"bucket", "b"}), "NOT_FOUND");
}

TEST_F(Copies, an_update_by_gedss_own_call_ends_the_copies) {
  const auto one = careful_node();
  const auto two = cluster_.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  Object object = *cluster_.metadata().lookup(kObject);
  object.info.metadata = "new";
  ASSERT_TRUE(cluster_.metadata().update(object));
  EXPECT_EQ(places(kObject), Places{one->location()});
}

TEST_F(Copies, copies_without_leases_are_wrong_use) {
  NodeOptions options;
  options.metadata = cluster_.server().address().text();
  options.listen = {"127.0.0.1", 0};
  options.copies = 2;
  options.lease = milliseconds(0);
  const auto node = Node::start(options);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, ErrorCode::kUsage);
}

TEST_F(Copies, what_a_removed_object_left_on_a_node_makes_way) {
  const auto node = cluster_.node({.settled = milliseconds(0)});
  ASSERT_TRUE(put(*node, kObject, "old"));
  ASSERT_TRUE(cluster_.metadata().remove(kObject)) << "and nobody tells the node";
  EXPECT_EQ(held_by(*node, kObject), "old");
  ASSERT_TRUE(put(*node, kObject, "new"));
  EXPECT_EQ(read(cluster_.client(), kObject), "new");
  EXPECT_EQ(put(*node, kObject, "third").error().code, StatusCode::kAlreadyExists);
}

TEST_F(Copies, what_may_be_on_its_way_to_be_registered_does_not_make_way) {
  const auto node = cluster_.node();  // has just started
  ASSERT_TRUE(put(*node, kObject, "old"));
  ASSERT_TRUE(cluster_.metadata().remove(kObject));
  EXPECT_EQ(put(*node, kObject, "new").error().code, StatusCode::kAlreadyExists);
}

TEST(KeptCopies, are_known_after_a_restart_of_the_metadata_server) {
  const test_support::ScratchFolder folder;
  GedsCluster cluster(keeping_state(folder / "state"));
  NodeOptions careful;
  careful.copies = 2;
  const auto one = cluster.node(careful);
  const auto two = cluster.node();
  ASSERT_TRUE(put(*one, kObject, "hello"));
  cluster.stop_server();
  cluster.start_server();
  // The first call finds the connection gone.
  auto found = cluster.metadata().lookup_with_copies(kObject);
  for (int i = 0; i < 100 && !found; ++i) found = cluster.metadata().lookup_with_copies(kObject);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->info.location, one->location());
  EXPECT_EQ(found->info.copies, Places{two->location()});
}

}  // namespace
}  // namespace ionloom::geds
