#include "netns/relay.h"

#include <chrono>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "geds/tcp_socket.h"

namespace ionloom::netns {
namespace {

using Clock = std::chrono::steady_clock;
using geds::TcpSocket;
using std::chrono::milliseconds;

/// A server and a client with a relay between them.
class OverARelay : public testing::Test {
 protected:
  void connect(const LinkConditions& conditions) {
    listener_ = TcpSocket::listen({"127.0.0.1", 0}).value();
    relay_.emplace(Endpoint{}, Endpoint{"127.0.0.1", listener_.port()}, conditions);
    client_ = TcpSocket::connect({"127.0.0.1", relay_->port()}, milliseconds(10000)).value();
    server_ = listener_.accept().value();
    server_.set_read_patience(milliseconds(10000));
  }

  /// One byte there and one back.
  Clock::duration round_trip() {
    const auto begin = Clock::now();
    std::byte byte{7};
    const std::span<std::byte> one(&byte, 1);
    EXPECT_TRUE(client_.write(one) && server_.read(one) && server_.write(one) && client_.read(one));
    EXPECT_EQ(byte, std::byte{7});
    return Clock::now() - begin;
  }

  /// Sends so many bytes to the server and checks each.
  Clock::duration transfer(std::size_t count) {
    std::string sent(count, ' ');
    for (std::size_t i = 0; i < count; ++i) sent[i] = static_cast<char>(i * 31 + i / 253);
    const auto begin = Clock::now();
    const auto sending = std::async(std::launch::async, [&] { return client_.write(sent); });
    std::string got(count, ' ');
    EXPECT_TRUE(server_.read(std::as_writable_bytes(std::span(got))));
    EXPECT_TRUE(got == sent);
    return Clock::now() - begin;
  }

  TcpSocket listener_;
  std::optional<Relay> relay_;
  TcpSocket client_;
  TcpSocket server_;
};

TEST_F(OverARelay, bytes_arrive_in_order_and_complete) {
  connect({});
  transfer(20'000'000);
  EXPECT_EQ(relay_->delivered_bytes(), 20'000'000U);
}

TEST_F(OverARelay, a_delay_is_paid_each_way) {
  connect({.delay = milliseconds(20)});
  EXPECT_GE(round_trip(), milliseconds(40));
  relay_->set({});
  Clock::duration shortest = round_trip();
  for (int i = 0; i < 20; ++i) shortest = std::min(shortest, round_trip());
  EXPECT_LT(shortest, milliseconds(20));
}

TEST_F(OverARelay, a_delay_does_not_bound_the_rate) {
  connect({.delay = milliseconds(20)});
  EXPECT_LT(transfer(4'000'000), milliseconds(1000));  // 62 packets, which would take 1.2 s alone
}

TEST_F(OverARelay, a_rate_is_kept) {
  connect({.bits_per_s = 80'000'000});
  const auto took = transfer(5'000'000);
  EXPECT_GE(took, milliseconds(490));
  EXPECT_LT(took, milliseconds(2000));
}

TEST_F(OverARelay, a_lost_segment_arrives_with_the_retransmission) {
  connect({.loss = 1, .retransmission = milliseconds(50)});
  EXPECT_GE(round_trip(), milliseconds(100));
  transfer(300'000);
}

TEST_F(OverARelay, a_cut_link_is_silent_and_a_mended_one_goes_on_where_it_was) {
  connect({});
  round_trip();
  relay_->cut();
  ASSERT_TRUE(client_.write("x"));
  std::byte byte{};
  server_.set_read_patience(milliseconds(100));
  EXPECT_FALSE(server_.read({&byte, 1}));
  relay_->mend();
  server_.set_read_patience(milliseconds(10000));
  ASSERT_TRUE(server_.read({&byte, 1}));
  EXPECT_EQ(byte, std::byte{'x'});
}

TEST_F(OverARelay, the_end_of_one_side_is_told_to_the_other) {
  connect({.delay = milliseconds(5)});
  ASSERT_TRUE(client_.write("last words"));
  client_ = TcpSocket();
  std::string got(10, ' ');
  ASSERT_TRUE(server_.read(std::as_writable_bytes(std::span(got))));
  EXPECT_EQ(got, "last words");
  std::byte byte{};
  EXPECT_EQ(server_.read_some({&byte, 1}).value_or(9), 0U);
}

TEST_F(OverARelay, a_server_that_is_not_there_resets_the_connection) {
  std::uint16_t nobody = 0;
  {
    const TcpSocket gone = TcpSocket::listen({"127.0.0.1", 0}).value();
    nobody = gone.port();
  }
  const Relay relay({}, {"127.0.0.1", nobody});
  const TcpSocket client =
      TcpSocket::connect({"127.0.0.1", relay.port()}, milliseconds(10000)).value();
  std::byte byte{};
  EXPECT_FALSE(client.read({&byte, 1}));
}

}  // namespace
}  // namespace ionloom::netns
