#include <chrono>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "geds/geds_cluster.h"
#include "geds/test_certificate.h"
#include "geds/tls_session.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// A node with a certificate; the metadata server speaks plain TCP, as its TLS is gRPC's own.
class TlsNode : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder_ / "other");
    identity_ = make_test_identity(folder_.path());
    stranger_ = make_test_identity(folder_ / "other");
    test_support::put(folder_ / "tokens", "reader\n");
    NodeOptions options;
    options.identity = identity_;
    options.token_file = folder_ / "tokens";
    node_ = cluster_.node(options);
  }

  /// Puts an object as a caller with this access.
  Outcome<void> put(const Access& access, const std::string& key, const std::string& bytes) {
    Peer peer(node_->address(), access);
    std::size_t done = 0;
    return peer.put({"bucket", key}, bytes.size(), [&](std::span<std::byte> into) {
      const std::size_t count = std::min(into.size(), bytes.size() - done);
      std::ranges::copy(std::as_bytes(std::span(bytes)).subspan(done, count), into.begin());
      done += count;
      return Outcome<std::size_t>(count);
    });
  }

  /// Talks to the data socket itself, without asking gRPC for it.
  Outcome<TcpSocket> data_socket() {
    return TcpSocket::connect({"127.0.0.1", node_->data_port()}, milliseconds(2000));
  }

  test_support::ScratchFolder folder_;
  ServerIdentity identity_;
  ServerIdentity stranger_;
  GedsCluster cluster_;
  std::unique_ptr<Node> node_;
};

TEST_F(TlsNode, who_trusts_its_certificate_and_has_a_token_puts_and_reads) {
  const Access access{.token = "reader", .authorities = identity_.certificate};
  const std::string large(20'000'001, 'x');
  EXPECT_TRUE(put(access, "large", large));
  EXPECT_TRUE(put(access, "small", "hello"));
  Client client(cluster_.metadata(), access);
  EXPECT_TRUE(read(client, {"bucket", "large"}) == large);
  EXPECT_EQ(read(client, {"bucket", "small"}), "hello");
  EXPECT_EQ(read(client, {"bucket", "large"}, {20'000'000, 10}), "x");
}

TEST_F(TlsNode, a_token_is_asked_for_behind_tls_as_well) {
  const auto refused = put({.authorities = identity_.certificate}, "a", "hello");
  EXPECT_EQ(refused.error().code, StatusCode::kUnauthenticated);
}

TEST_F(TlsNode, who_does_not_trust_its_certificate_gets_nothing) {
  EXPECT_FALSE(put({.token = "reader", .authorities = stranger_.certificate}, "a", "hello"));
  auto socket = data_socket();
  ASSERT_TRUE(socket);
  const auto context = TlsContext::of_client(stranger_.certificate);
  ASSERT_TRUE(context);
  const auto trusted = socket->speak_tls_to("127.0.0.1", **context);
  ASSERT_FALSE(trusted);
  EXPECT_EQ(trusted.error().code, StatusCode::kUnauthenticated);
}

TEST_F(TlsNode, a_certificate_of_another_host_is_refused) {
  auto socket = data_socket();
  ASSERT_TRUE(socket);
  const auto context = TlsContext::of_client(identity_.certificate);
  ASSERT_TRUE(context);
  const auto trusted = socket->speak_tls_to("127.0.0.2", **context);
  ASSERT_FALSE(trusted);
  EXPECT_EQ(trusted.error().code, StatusCode::kUnauthenticated);
  EXPECT_NE(trusted.error().message.find("mismatch"), std::string::npos) << trusted.error().message;
}

TEST_F(TlsNode, who_speaks_plain_tcp_gets_nothing) {
  const auto socket = data_socket();
  ASSERT_TRUE(socket);
  ASSERT_TRUE(socket->write(request_text({DataVerb::kToken, {}, 0, 0, "reader"})));
  ResponseHeadBytes head{};
  EXPECT_FALSE(socket->read(head));
}

TEST_F(TlsNode, a_caller_that_expects_tls_does_not_talk_to_a_plain_node) {
  const auto plain = cluster_.node();
  auto socket = TcpSocket::connect({"127.0.0.1", plain->data_port()}, milliseconds(2000));
  ASSERT_TRUE(socket);
  const auto context = TlsContext::of_client(identity_.certificate);
  ASSERT_TRUE(context);
  const auto secured = socket->speak_tls_to("127.0.0.1", **context);
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().code, StatusCode::kUnavailable);
}

TEST_F(TlsNode, a_connection_that_never_shakes_hands_does_not_hinder_the_others) {
  const auto silent = data_socket();
  ASSERT_TRUE(silent);
  const Access access{.token = "reader", .authorities = identity_.certificate};
  EXPECT_TRUE(put(access, "a", "hello"));
}

TEST(TlsContext, files_that_are_not_what_they_should_be_are_named) {
  const test_support::ScratchFolder folder;
  test_support::put(folder / "nothing.pem", "nothing");
  const ServerIdentity identity = make_test_identity(folder.path());
  const auto server = TlsContext::of_server({folder / "nothing.pem", identity.key});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().where, (folder / "nothing.pem").string());
  const auto client = TlsContext::of_client(folder / "absent.pem");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().where, (folder / "absent.pem").string());
}

}  // namespace
}  // namespace ionloom::geds
