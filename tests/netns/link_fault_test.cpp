#include <future>
#include <memory>

#include "geds/geds_cluster.h"
#include "netns/fault_scene.h"
#include "netns/relay.h"
#include "netns/traffic.h"

namespace ionloom::netns {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr const char* kRelayAddress = "10.78.0.1";

class LinkFault : public FaultTest {
 protected:
  /// A node that all the world reaches through relays in the hub.
  void start_node_behind_relays(const LinkConditions& conditions) {
    Host& host = scene().add_host();
    add_hub_address(kRelayAddress);
    has_address_ = true;
    node_.emplace(scene().start_node(host, {"--host", kRelayAddress}));
    const std::uint16_t port = 4382;
    for (std::uint16_t each : {port, static_cast<std::uint16_t>(port + 1)}) {
      relays_.push_back(std::make_unique<Relay>(Endpoint{kRelayAddress, each},
                                                Endpoint{host.address(), each}, conditions));
    }
  }

  void TearDown() override {
    relays_.clear();
    if (has_address_) remove_hub_address(kRelayAddress);
  }

  /// Where others find the node.
  [[nodiscard]] geds::HostPort node() const { return {kRelayAddress, 4382}; }

  /// Puts and reads under these conditions; all is right, and as fast as light and rate allow.
  void expect_whole_objects(const LinkConditions& conditions) {
    start_node_behind_relays(conditions);
    const std::string bytes = content_of({"bucket", "3/17"}) + std::string(300000, 'x');
    ASSERT_TRUE(geds::put(node(), {"bucket", "a"}, bytes));
    EXPECT_TRUE(geds::read(scene().client(), {"bucket", "a"}) == bytes);
    EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}, {12345, 678}),
              bytes.substr(12345, 678));
  }

  bool has_address_ = false;
  std::optional<ServerProcess> node_;
  std::vector<std::unique_ptr<Relay>> relays_;
};

TEST_F(LinkFault, objects_are_whole_over_a_fast_link_of_a_tenth_of_a_millisecond) {
  expect_whole_objects({.delay = microseconds(100), .bits_per_s = 10'000'000'000});
}

TEST_F(LinkFault, objects_are_whole_over_10_megabits_and_20_milliseconds) {
  expect_whole_objects({.delay = milliseconds(20), .bits_per_s = 10'000'000});
}

TEST_F(LinkFault, objects_are_whole_over_a_link_that_loses_segments) {
  expect_whole_objects({.delay = milliseconds(1), .bits_per_s = 100'000'000, .loss = 0.01});
}

TEST_F(LinkFault, a_link_bounded_by_the_kernel_carries_whole_objects_at_its_rate) {
  Host& host = scene().add_host();
  const ServerProcess node = scene().start_node(host);
  host.set_rate(50'000'000);
  const std::string bytes(2'500'000, 'x');
  const auto begin = Clock::now();
  ASSERT_TRUE(geds::put(node.address(), {"bucket", "a"}, bytes));
  EXPECT_TRUE(geds::read(scene().client(), {"bucket", "a"}) == bytes);
  // 20 Mbit each way: 0.8 s in all, less what the buckets and buffers take at once.
  EXPECT_GE(Clock::now() - begin, milliseconds(600));
}

TEST_F(LinkFault, a_metadata_server_far_away_is_connected_to_at_the_first_try) {
  const geds::HostPort server = scene().metadata_server().address();
  const Relay link({}, {server.host, server.port}, {.delay = milliseconds(80)});
  const auto metadata =
      geds::MetadataClient::make("127.0.0.1:" + std::to_string(link.port()), geds::Access{});
  ASSERT_TRUE(metadata);
  const auto buckets = (*metadata)->buckets();
  EXPECT_TRUE(buckets) << buckets.error().message;
}

TEST_F(LinkFault, reads_over_a_cut_link_fail_in_time_and_succeed_when_it_is_mended) {
  start_node_behind_relays({});
  ASSERT_TRUE(geds::put(node(), {"bucket", "a"}, "hello"));
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}), "hello");
  for (const auto& relay : relays_) relay->cut();
  // Its lease goes another way, so only the reader knows that the link is cut.
  const auto begin = Clock::now();
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}), "UNAVAILABLE");
  EXPECT_LE(Clock::now() - begin, kStatedTime + kMachineNoise);
  for (const auto& relay : relays_) relay->mend();
  EXPECT_TRUE(comes_true(kStatedTime + kMachineNoise, [&] {
    return geds::read(scene().client(), {"bucket", "a"}) == "hello";
  }));
}

TEST_F(LinkFault, a_link_cut_in_the_middle_of_a_read_gives_a_right_beginning_and_an_error) {
  start_node_behind_relays({.bits_per_s = 400'000'000});
  std::string bytes(24'000'000, ' ');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 5 + i / 509);
  ASSERT_TRUE(geds::put(node(), {"bucket", "a"}, bytes));
  std::string got;
  Clock::time_point cut;
  const auto read = scene().client().read({"bucket", "a"}, {}, [&](auto piece) {
    got.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    if (cut == Clock::time_point()) {
      for (const auto& relay : relays_) relay->cut();
      cut = Clock::now();
    }
    return true;
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, geds::StatusCode::kUnavailable) << read.error().message;
  EXPECT_LE(Clock::now() - cut, kStatedTime + kMachineNoise);
  EXPECT_TRUE(!got.empty() && bytes.starts_with(got));
}

TEST_F(LinkFault, connections_that_were_reset_are_made_anew) {
  start_node_behind_relays({});
  ASSERT_TRUE(geds::put(node(), {"bucket", "a"}, "hello"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}), "hello");
    for (const auto& relay : relays_) relay->reset_connections();
  }
}

TEST_F(LinkFault, a_node_cut_off_from_everything_is_unavailable_in_time_and_comes_back) {
  Host& host = scene().add_host();
  const ServerProcess node = scene().start_node(host);
  ASSERT_TRUE(geds::put(node.address(), {"bucket", "a"}, "hello"));
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}), "hello");
  host.cut();
  const auto begin = Clock::now();
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}), "UNAVAILABLE");
  EXPECT_LE(Clock::now() - begin, kStatedTime + kMachineNoise);
  host.mend();
  EXPECT_TRUE(comes_true(std::chrono::seconds(10), [&] {
    return geds::read(scene().client(), {"bucket", "a"}) == "hello";
  }));
}

}  // namespace
}  // namespace ionloom::netns
