#include "geds/metadata_server.h"

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "geds/empty_s3.h"
#include "geds/geds_cluster.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;

Object object(const std::string& key, std::uint64_t size_bytes = 1) {
  return {{"bucket", key}, {"geds://10.0.0.1:4382", size_bytes, size_bytes, "kept\nas it is"}};
}

TEST(MetadataServer, objects_come_back_over_the_wire_as_they_were_given) {
  GedsCluster cluster;
  MetadataClient& metadata = cluster.metadata();
  EXPECT_EQ(metadata.create(object("a")).error().code, StatusCode::kNotFound) << "no bucket yet";
  EXPECT_TRUE(metadata.ensure_bucket("bucket"));
  EXPECT_TRUE(metadata.ensure_bucket("bucket")) << "it exists, which is what was asked for";
  EXPECT_TRUE(metadata.create(object("a")));
  EXPECT_EQ(metadata.lookup({"bucket", "a"}).value(), object("a"));
  EXPECT_TRUE(metadata.update(object("a", 9)));
  EXPECT_EQ(metadata.lookup({"bucket", "a"})->info.size_bytes, 9U);
  EXPECT_EQ(metadata.update(object("b")).error().code, StatusCode::kNotFound);
  EXPECT_TRUE(metadata.create(object("d/x")));
  const auto listing = metadata.list({"bucket", ""}, '/');
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->objects.size(), 1U);
  EXPECT_EQ(listing->common_prefixes, std::vector<std::string>{"d/"});
  EXPECT_TRUE(metadata.remove({"bucket", "a"}));
  EXPECT_EQ(metadata.lookup({"bucket", "a"}).error().code, StatusCode::kNotFound);
  EXPECT_EQ(metadata.list({"other", ""}, 0).error().code, StatusCode::kNotFound);
  EXPECT_EQ(metadata.own_address().value(), "127.0.0.1");
  EXPECT_TRUE(metadata.delete_bucket("bucket"));
  EXPECT_TRUE(metadata.buckets()->empty());
}

TEST(MetadataServer, names_with_control_characters_are_refused_unless_asked_for) {
  GedsCluster strict;
  EXPECT_TRUE(strict.metadata().ensure_bucket("bucket"));
  EXPECT_EQ(strict.metadata().create(object("a\nb")).error().code, StatusCode::kInvalidArgument);
  GedsCluster plain({.any_names = true});
  EXPECT_TRUE(plain.metadata().ensure_bucket("bucket"));
  EXPECT_TRUE(plain.metadata().create(object("a\nb")));
}

TEST(MetadataServer, a_watcher_is_told_of_every_change_in_order) {
  GedsCluster cluster;
  MetadataClient& metadata = cluster.metadata();
  ASSERT_TRUE(metadata.ensure_bucket("bucket"));
  ASSERT_TRUE(metadata.subscribe({SubscriptionKind::kPrefix, "me", "bucket", "d/"}));
  std::promise<void> ready;
  std::vector<Event> events;
  std::jthread watcher([&] {
    EXPECT_TRUE(metadata.watch(
        "me", [&] { ready.set_value(); },
        [&](const Event& event) {
          events.push_back(event);
          return events.size() < 3;
        }));
  });
  ready.get_future().wait();
  EXPECT_TRUE(metadata.create(object("a")));
  EXPECT_TRUE(metadata.create(object("d/x")));
  EXPECT_TRUE(metadata.update(object("d/x", 5)));
  EXPECT_TRUE(metadata.remove_prefix({"bucket", "d"}));
  watcher.join();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].publication, Publication::kCreate);
  EXPECT_EQ(events[0].object, object("d/x"));
  EXPECT_EQ(events[1].publication, Publication::kUpdate);
  EXPECT_EQ(events[1].object.info.size_bytes, 5U);
  EXPECT_EQ(events[2].publication, Publication::kDelete);
  EXPECT_EQ(events[2].object.id, (ObjectId{"bucket", "d/x"}));
}

TEST(MetadataServer, a_newer_stream_of_a_subscriber_ends_the_older_one) {
  GedsCluster cluster;
  MetadataClient& metadata = cluster.metadata();
  std::promise<void> first_ready;
  std::jthread first([&] {
    EXPECT_TRUE(metadata.watch(
        "me", [&] { first_ready.set_value(); }, [](auto&) { return true; }));
  });
  first_ready.get_future().wait();
  std::promise<void> second_ready;
  std::jthread second([&] {
    EXPECT_TRUE(metadata.watch(
        "me", [&] { second_ready.set_value(); }, [](auto&) { return true; }));
  });
  first.join();
  second_ready.get_future().wait();
  metadata.stop_watching();
}

TEST(MetadataServer, stopping_ends_streams_and_later_calls_are_unavailable) {
  GedsCluster cluster;
  std::promise<void> ready;
  std::jthread watcher([&] {
    (void)cluster.metadata().watch(
        "me", [&] { ready.set_value(); }, [](auto&) { return true; });
  });
  ready.get_future().wait();
  cluster.stop_server();
  watcher.join();
  EXPECT_EQ(cluster.metadata().lookup({"bucket", "a"}).error().code, StatusCode::kUnavailable);
}

TEST(MetadataServer, what_was_acknowledged_is_there_after_a_restart) {
  const test_support::ScratchFolder folder;
  MetadataServerOptions options;
  options.state_folder = folder / "state";
  const EmptyS3 s3;
  GedsCluster cluster(options);
  ASSERT_TRUE(cluster.metadata().ensure_bucket("bucket"));
  ASSERT_TRUE(cluster.metadata().create(object("a")));
  ASSERT_TRUE(cluster.metadata().register_store({"bucket", s3.url(), "key", "secret"}));
  cluster.stop_server();
  cluster.start_server();
  // The channel finds the server again within its half second of backoff.
  Outcome<Object> found = cluster.metadata().lookup({"bucket", "a"});
  for (int i = 0; i < 2000000 && !found; ++i) found = cluster.metadata().lookup({"bucket", "a"});
  EXPECT_EQ(found.value(), object("a"));
  EXPECT_EQ(cluster.metadata().stores()->at(0).secret_key, "secret");
}

TEST(MetadataServer, a_node_whose_lease_is_not_renewed_after_a_restart_is_dead) {
  const test_support::ScratchFolder folder;
  MetadataServerOptions options;
  options.state_folder = folder / "state";
  GedsCluster cluster(options);
  ASSERT_TRUE(cluster.metadata().ensure_bucket("bucket"));
  ASSERT_TRUE(cluster.metadata().create(object("a")));
  ASSERT_TRUE(cluster.metadata().renew_lease(object("a").info.location, milliseconds(2000)));
  ASSERT_TRUE(cluster.metadata().renew_lease("geds://10.0.0.2:4382", milliseconds(0)));
  ASSERT_TRUE(cluster.metadata().create({{"bucket", "left"}, {"geds://10.0.0.2:4382", 1, 1, {}}}));
  cluster.stop_server();
  cluster.start_server();
  const auto status = [&](const std::string& key) {
    const auto found = cluster.metadata().lookup({"bucket", key});
    return found ? "found" : found.error().message;
  };
  const auto says = [&](const std::string& key, const std::string& sentence) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (status(key).find(sentence) == std::string::npos) {
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
  };
  EXPECT_TRUE(says("a", "found")) << "it has its lease's time to renew";
  EXPECT_NE(status("left").find("not been heard of"), std::string::npos) << "it had left";
  EXPECT_TRUE(says("a", "not been heard of"));
}

TEST(MetadataServer, without_a_token_nothing_is_told_and_secrets_need_a_right) {
  const test_support::ScratchFolder folder;
  test_support::put(folder / "tokens", "reader\nadmin secrets\n");
  MetadataServerOptions options;
  options.token_file = folder / "tokens";
  const EmptyS3 s3;
  GedsCluster cluster(options);
  const std::string server = cluster.server().address().text();
  const auto reader = MetadataClient::make(server, {.token = "reader"});
  const auto admin = MetadataClient::make(server, {.token = "admin"});
  EXPECT_EQ(cluster.metadata().buckets().error().code, StatusCode::kUnauthenticated);
  EXPECT_EQ(cluster.metadata().create(object("a")).error().code, StatusCode::kUnauthenticated);
  EXPECT_EQ(cluster.metadata()
                .watch(
                    "me", [] {}, [](auto&) { return true; })
                .error()
                .code,
            StatusCode::kUnauthenticated);
  EXPECT_TRUE((*admin)->register_store({"bucket", s3.url(), "key", "secret"}));
  EXPECT_EQ((*reader)->stores()->at(0).secret_key, "");
  EXPECT_EQ((*reader)->stores()->at(0).endpoint_url, s3.url());
  EXPECT_EQ((*admin)->stores()->at(0).secret_key, "secret");
}

TEST(MetadataServer, a_store_that_cannot_be_listed_is_not_registered) {
  GedsCluster cluster;
  const std::string nobody =
      "http://127.0.0.1:" + std::to_string(TcpSocket::listen({"127.0.0.1", 0})->port());
  EXPECT_EQ(cluster.metadata().register_store({"bucket", nobody, "key", "secret"}).error().code,
            StatusCode::kUnavailable);
  EXPECT_EQ(cluster.metadata().register_store({"B", nobody, "key", "secret"}).error().code,
            StatusCode::kInvalidArgument);
  EXPECT_TRUE(cluster.metadata().stores()->empty());
}

TEST(MetadataServer, an_address_in_use_is_named) {
  GedsCluster cluster;
  const auto second = MetadataServer::start({.listen = cluster.server().address()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRemote);
  EXPECT_EQ(second.error().where, cluster.server().address().text());
}

}  // namespace
}  // namespace ionloom::geds
