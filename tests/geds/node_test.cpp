#include "geds/node.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "geds/data_talk.h"
#include "geds/geds_cluster.h"
#include "geds/node_endpoints.h"
#include "geds/shared_objects.h"
#include "geds/tcp_socket.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;

std::string pattern(std::size_t size) {
  std::string bytes(size, ' ');
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

std::string text_of(const store::View& view) {
  return {reinterpret_cast<const char*>(view.bytes().data()), view.bytes().size()};
}

TEST(Node, an_object_put_on_one_node_is_read_through_its_location) {
  GedsCluster cluster;
  const auto one = cluster.node();
  const auto two = cluster.node();
  const std::string large = pattern((std::size_t{20} << 20) + 17);
  EXPECT_TRUE(put(*one, {"bucket", "large"}, large));
  EXPECT_TRUE(put(*two, {"bucket", "small"}, "hello"));
  EXPECT_TRUE(put(*two, {"bucket", "empty"}, ""));
  EXPECT_EQ(cluster.metadata().lookup({"bucket", "large"})->info.location, one->location());
  EXPECT_EQ(cluster.metadata().lookup({"bucket", "small"})->info.location, two->location());
  EXPECT_TRUE(read(cluster.client(), {"bucket", "large"}) == large);
  EXPECT_EQ(read(cluster.client(), {"bucket", "small"}), "hello");
  EXPECT_EQ(read(cluster.client(), {"bucket", "empty"}), "");
}

TEST(Node, ranges_are_shortened_at_the_end) {
  GedsCluster cluster;
  const auto node = cluster.node();
  ASSERT_TRUE(put(*node, {"bucket", "a"}, "0123456789"));
  Client& client = cluster.client();
  EXPECT_EQ(read(client, {"bucket", "a"}, {3, 4}), "3456");
  EXPECT_EQ(read(client, {"bucket", "a"}, {8, 100}), "89");
  EXPECT_EQ(read(client, {"bucket", "a"}, {10, 1}), "");
  EXPECT_EQ(read(client, {"bucket", "a"}, {UINT64_MAX, 1}), "");
}

TEST(Node, equal_keys_of_two_buckets_are_two_objects) {
  GedsCluster cluster;
  const auto node = cluster.node();
  ASSERT_TRUE(put(*node, {"one", "a"}, "first"));
  ASSERT_TRUE(put(*node, {"two", "a"}, "second"));
  EXPECT_EQ(read(cluster.client(), {"one", "a"}), "first");
  EXPECT_EQ(read(cluster.client(), {"two", "a"}), "second");
}

TEST(Node, a_removed_object_is_gone_and_its_room_is_free_again) {
  GedsCluster cluster;
  const auto node = cluster.node({.memory_bytes = 1000000});
  ASSERT_TRUE(put(*node, {"bucket", "a"}, std::string(800000, 'a')));
  EXPECT_EQ(put(*node, {"bucket", "b"}, std::string(800000, 'b')).error().code,
            StatusCode::kResourceExhausted);
  EXPECT_TRUE(cluster.client().remove({"bucket", "a"}));
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "NOT_FOUND");
  EXPECT_TRUE(put(*node, {"bucket", "b"}, std::string(800000, 'b')));
}

TEST(Node, a_sealed_object_is_never_replaced) {
  GedsCluster cluster;
  const auto node = cluster.node();
  ASSERT_TRUE(put(*node, {"bucket", "a"}, "first"));
  EXPECT_EQ(put(*node, {"bucket", "a"}, "second").error().code, StatusCode::kAlreadyExists);
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "first");
}

TEST(Node, takes_small_objects_with_their_announcement_and_goes_on_after_one_that_it_refuses) {
  GedsCluster cluster;
  const auto node = cluster.node({.memory_bytes = 20U << 20});
  const auto peer = cluster.client().peer(parse_node_location(node->location()).value());
  const std::string first = pattern(kMostAtOnceBytes);
  const auto put_there = [&](const std::string& key, const std::string& bytes) {
    return peer->put({"bucket", key}, std::as_bytes(std::span(bytes)));
  };
  for (const std::string& bytes : {first, first + "x", std::string(), std::string("hello")}) {
    const std::string key = std::to_string(bytes.size());
    EXPECT_TRUE(put_there(key, bytes));
    EXPECT_EQ(put_there(key, bytes).error().code, StatusCode::kAlreadyExists);
    EXPECT_TRUE(read(cluster.client(), {"bucket", key}) == bytes);
  }
}

TEST(Node, an_object_that_comes_with_its_announcement_is_answered_as_others_are) {
  GedsCluster cluster;
  const auto node = cluster.node();
  const auto there = ask_data_endpoint(parse_node_location(node->location()).value(), {});
  ASSERT_TRUE(there);
  EXPECT_EQ(there->at_once_bytes, kMostAtOnceBytes);
  const auto socket = TcpSocket::connect(there->at, std::chrono::seconds(5)).value();
  // Twice, then a read, all before the first answer: the second is refused and passed over.
  DataRequest announced{DataVerb::kPut, {"bucket", "a"}, 0, 5, {}};
  announced.now = true;
  const std::string text = request_text(announced) + "first" + request_text(announced) + "other" +
                           request_text({DataVerb::kGet, {"bucket", "a"}, 0, 5, {}});
  ASSERT_TRUE(socket.write(text));
  EXPECT_TRUE(hear(socket)) << "go ahead";
  EXPECT_TRUE(hear(socket)) << "sealed";
  EXPECT_EQ(hear(socket).error().code, StatusCode::kAlreadyExists);
  ASSERT_EQ(hear(socket).value().length_bytes, 5U);
  std::string bytes(5, ' ');
  ASSERT_TRUE(socket.read(std::as_writable_bytes(std::span(bytes))));
  EXPECT_EQ(bytes, "first");
}

TEST(Node, shares_its_memory_with_processes_that_see_the_same_folder) {
  const test_support::ScratchFolder folder("/dev/shm");
  GedsCluster cluster;
  auto node = cluster.node({.shared_memory = folder / "node"});
  const std::string bytes = pattern((std::size_t{1} << 20) + 17);
  ASSERT_TRUE(put(*node, {"bucket", "a"}, bytes));
  const auto there = ask_data_endpoint(parse_node_location(node->location()).value(), {});
  ASSERT_TRUE(there);
  const auto shared = open_shared_folder(there->shared_folder);
  ASSERT_NE(shared, nullptr) << there->shared_folder;
  const auto view = shared->view({"bucket", "a"});
  ASSERT_TRUE(view);
  EXPECT_TRUE(text_of(*view) == bytes);
  EXPECT_TRUE(read(cluster.client(), {"bucket", "a"}) == bytes) << "from the node as well";
  EXPECT_FALSE(shared->put({"bucket", "b"}, view->bytes())) << "only the node puts objects there";
  EXPECT_TRUE(cluster.client().remove({"bucket", "a"}));
  EXPECT_FALSE(shared->view({"bucket", "a"}));
  ASSERT_TRUE(put(*node, {"bucket", "c"}, bytes));
  node.reset();
  EXPECT_FALSE(shared->view({"bucket", "c"})) << "its memory goes with the node";
  EXPECT_TRUE(text_of(*view) == bytes) << "but for those who see it";
}

TEST(Node, a_shared_folder_of_another_machine_or_of_another_place_is_not_taken) {
  const test_support::ScratchFolder folder("/dev/shm");
  std::filesystem::create_directory(folder / "node");
  const std::string text = shared_folder_text(folder / "node");
  EXPECT_NE(open_shared_folder(text), nullptr);
  EXPECT_EQ(open_shared_folder("x" + text), nullptr) << "another kernel";
  std::filesystem::rename(folder / "node", folder / "other");
  EXPECT_EQ(open_shared_folder(text), nullptr) << "nothing there";
  std::filesystem::create_directory(folder / "node");
  EXPECT_EQ(open_shared_folder(text), nullptr) << "another folder";
  for (const char* bad : {"", "a", "a b", "a b c", "a b c "}) {
    EXPECT_EQ(open_shared_folder(bad), nullptr) << bad;
  }
  EXPECT_EQ(shared_folder_text(folder / "none"), "");
  GedsCluster cluster;
  const auto node = cluster.node();
  EXPECT_EQ(ask_data_endpoint(parse_node_location(node->location()).value(), {})->shared_folder,
            "");
}

TEST(Node, what_does_not_fit_into_memory_is_read_from_disk) {
  const test_support::ScratchFolder folder;
  GedsCluster cluster;
  NodeOptions options;
  options.memory_bytes = 1000000;
  options.disk = DiskSpace{folder / "disk", 100000000};
  const auto node = cluster.node(options);
  const std::string large = pattern(20000001);  // more than a piece and never in memory
  EXPECT_TRUE(put(*node, {"bucket", "large"}, large));
  for (char each = 'a'; each < 'k'; ++each) {
    EXPECT_TRUE(put(*node, {"bucket", std::string(1, each)}, std::string(300000, each)));
  }
  EXPECT_TRUE(read(cluster.client(), {"bucket", "large"}) == large);
  for (char each = 'a'; each < 'k'; ++each) {
    EXPECT_TRUE(read(cluster.client(), {"bucket", std::string(1, each)}) ==
                std::string(300000, each));
  }
  EXPECT_EQ(node->metrics().text().find("geds__local_storage_used 0\n"), std::string::npos);
}

TEST(Node, an_object_that_cannot_be_registered_is_not_kept) {
  GedsCluster cluster;
  const auto node = cluster.node({.memory_bytes = 200});
  cluster.stop_server();
  EXPECT_EQ(put(*node, {"bucket", "a"}, std::string(80, 'a')).error().code,
            StatusCode::kUnavailable);
  EXPECT_NE(node->metrics().text().find("geds__local_memory_used 0\n"), std::string::npos);
}

TEST(Node, a_writer_that_breaks_off_leaves_nothing) {
  GedsCluster cluster;
  const auto node = cluster.node({.memory_bytes = 1000000});
  {
    const auto socket = TcpSocket::connect({"127.0.0.1", node->data_port()}, milliseconds(2000));
    ASSERT_TRUE(socket);
    ASSERT_TRUE(socket->write(std::string_view("PUT bucket/a\nSIZE 900000\0half of it", 35)));
    ResponseHeadBytes head;
    ASSERT_TRUE(socket->read(head));
  }
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "NOT_FOUND");
  // The room is given back when the node sees the end of the connection.
  Outcome<void> kept = put(*node, {"bucket", "b"}, std::string(900000, 'b'));
  for (int i = 0; i < 1000 && !kept; ++i)
    kept = put(*node, {"bucket", "b"}, std::string(900000, 'b'));
  EXPECT_TRUE(kept);
}

TEST(Node, objects_of_a_stopped_node_are_unavailable_at_once) {
  GedsCluster cluster;
  auto node = cluster.node();
  ASSERT_TRUE(put(*node, {"bucket", "a"}, "hello"));
  node->stop();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "UNAVAILABLE");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(1000));
}

TEST(Node, a_node_without_leases_that_is_gone_is_unavailable_too) {
  GedsCluster cluster;
  auto node = cluster.node({.lease = milliseconds(0)});
  ASSERT_TRUE(put(*node, {"bucket", "a"}, "hello"));
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "hello");
  node->stop();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "UNAVAILABLE");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(2000));
}

TEST(Node, many_readers_at_once_all_get_the_same_bytes) {
  GedsCluster cluster;
  const auto node = cluster.node();
  const std::string bytes = pattern(300000);
  ASSERT_TRUE(put(*node, {"bucket", "a"}, bytes));
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 8; ++reader) {
    readers.emplace_back([&, reader] {
      for (std::uint64_t i = 0; i < 50; ++i) {
        const std::uint64_t offset =
            (i * 7919 + static_cast<std::uint64_t>(reader) * 104729) % bytes.size();
        EXPECT_TRUE(read(cluster.client(), {"bucket", "a"}, {offset, 4096}) ==
                    bytes.substr(offset, 4096));
      }
    });
  }
}

TEST(Node, the_data_transport_asks_for_a_token_when_there_are_some) {
  const test_support::ScratchFolder folder;
  test_support::put(folder / "tokens", "reader\n");
  GedsCluster cluster;
  NodeOptions options;
  options.token_file = folder / "tokens";
  const auto node = cluster.node(options);
  EXPECT_EQ(put(*node, {"bucket", "a"}, "hello").error().code, StatusCode::kUnauthenticated);
  EXPECT_EQ(put(*node, {"bucket", "a"}, "hello", "wrong").error().code,
            StatusCode::kUnauthenticated);
  EXPECT_TRUE(put(*node, {"bucket", "a"}, "hello", "reader"));
  EXPECT_EQ(read(cluster.client(), {"bucket", "a"}), "UNAUTHENTICATED");
  Client trusted(cluster.metadata(), {.token = "reader"});
  EXPECT_EQ(read(trusted, {"bucket", "a"}), "hello");
}

}  // namespace
}  // namespace ionloom::geds
