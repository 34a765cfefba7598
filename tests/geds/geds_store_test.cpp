#include "geds/geds_store.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "geds/geds_cluster.h"
#include "geds/open_store_url.h"
#include "store/support/disturb_each_other.h"
#include "store/support/store_history.h"

namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;
using store::FailureCode;
using store::test_support::bytes_of;
using store::test_support::content;
using store::test_support::text_of;

constexpr std::uint64_t kMiB = 1 << 20;
const store::ObjectName kName{"stages", "run/ions"};

class GedsStoreTest : public testing::Test {
 protected:
  std::unique_ptr<store::ObjectStore> open(const std::string& behind_the_server) {
    auto opened =
        open_store_url("geds://" + cluster_.server().address().text() + behind_the_server);
    EXPECT_TRUE(opened) << opened.error().message();
    return opened ? *std::move(opened) : nullptr;
  }

  GedsCluster cluster_;
  std::unique_ptr<Node> node_ = cluster_.node({.memory_bytes = 256 * kMiB});
};

TEST_F(GedsStoreTest, answers_as_a_map_does) {
  const auto store = open("/bucket");
  const auto keys = store::test_support::awkward_keys();
  rc::detail::TestParams few;
  few.maxSuccess = 30;
  few.maxSize = 40;
  const auto result = rc::detail::checkTestable(
      [&] { expect_answers_of_a_map(*store, *store::test_support::histories(3 * kMiB), keys); },
      rc::detail::TestMetadata(), few);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << testing::PrintToString(result);
}

TEST_F(GedsStoreTest, threads_that_disturb_each_other_read_whole_objects) {
  const auto store = open("");
  store::test_support::disturb_each_other(*store);
}

TEST_F(GedsStoreTest, an_object_lies_under_the_bucket_and_prefix_of_the_url) {
  const auto below = open("/bucket/results/one");
  ASSERT_TRUE(below->put(kName, bytes_of("text")));
  EXPECT_EQ(read(cluster_.client(), {"bucket", "results/one/stages/run/ions"}), "text");
  const auto bare = open("");
  ASSERT_TRUE(bare->put(kName, bytes_of("other")));
  EXPECT_EQ(read(cluster_.client(), {"stages", "run/ions"}), "other");
  EXPECT_EQ(text_of(below->view(kName)->bytes()), "text");
  const auto listing = below->list({"stages", "", '/'});
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->common_prefixes, std::vector<std::string>{"run/"});
}

TEST_F(GedsStoreTest, what_one_process_puts_another_reads_when_the_first_has_gone) {
  const std::string large = content(1, 20 * kMiB + 7);
  {
    const auto first = open("/bucket");
    auto writer = first->create(kName);
    ASSERT_TRUE(writer) << writer.error().message();
    for (std::size_t at = 0; at < large.size(); at += 3 * kMiB) {
      ASSERT_TRUE((*writer)->append(bytes_of(large.substr(at, 3 * kMiB))));
    }
    ASSERT_TRUE((*writer)->seal());
  }
  const auto second = open("/bucket");
  EXPECT_EQ(second->stat(kName)->size_bytes, large.size());
  EXPECT_TRUE(text_of(second->view(kName)->bytes()) == large);
  EXPECT_TRUE(text_of(second->view(kName, {15 * kMiB, 100})->bytes()) ==
              large.substr(15 * kMiB, 100));
}

TEST_F(GedsStoreTest, a_full_node_passes_objects_on_to_another) {
  const auto full = cluster_.node({.memory_bytes = 10});
  const auto store = open("/bucket");
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    ASSERT_TRUE(store->put({"stages", key}, bytes_of("more than ten")));
    EXPECT_EQ(cluster_.metadata().lookup({"bucket", std::string("stages/") + key})->info.location,
              node_->location());
  }
}

TEST_F(GedsStoreTest, the_node_of_the_url_keeps_new_objects) {
  const auto other = cluster_.node();
  const auto store = open("/bucket?node=" + other->address().text());
  for (const char* key : {"a", "b", "c", "d"}) {
    ASSERT_TRUE(store->put({"stages", key}, bytes_of("text")));
    EXPECT_EQ(cluster_.metadata().lookup({"bucket", std::string("stages/") + key})->info.location,
              other->location());
  }
}

TEST_F(GedsStoreTest, a_watch_tells_what_others_seal_and_delete) {
  const auto store = open("/bucket");
  const auto watch = store->watch("stages", "run/");
  ASSERT_TRUE(watch) << watch.error().message();
  const auto others = open("/bucket");
  ASSERT_TRUE(others->put({"stages", "elsewhere"}, bytes_of("text")));
  ASSERT_TRUE(others->put(kName, bytes_of("text")));
  ASSERT_TRUE(others->remove(kName));
  EXPECT_EQ((*watch)->next(milliseconds(5000)), (store::Event{store::Event::Kind::kSealed, kName}));
  EXPECT_EQ((*watch)->next(milliseconds(5000)),
            (store::Event{store::Event::Kind::kDeleted, kName}));
  EXPECT_EQ((*watch)->next(milliseconds(0)), std::nullopt);
}

TEST_F(GedsStoreTest, a_watch_says_that_it_missed_something_when_the_server_was_away) {
  const auto store = open("/bucket");
  const auto watch = store->watch("stages", "");
  ASSERT_TRUE(watch) << watch.error().message();
  cluster_.stop_server();
  cluster_.start_server();
  EXPECT_EQ((*watch)->next(milliseconds(10000)), (store::Event{store::Event::Kind::kMissed, {}}));
}

TEST_F(GedsStoreTest, without_a_node_or_a_server_objects_are_unavailable) {
  const auto store = open("/bucket");
  ASSERT_TRUE(store->put(kName, bytes_of("text")));
  node_->stop();
  EXPECT_EQ(store->view(kName).error().code, FailureCode::kUnavailable);
  EXPECT_EQ(store->put({"stages", "new"}, bytes_of("text")).error().code,
            FailureCode::kUnavailable);
  cluster_.stop_server();
  EXPECT_EQ(store->stat(kName).error().code, FailureCode::kUnavailable);
  EXPECT_EQ(store->watch("stages", "").error().code, FailureCode::kUnavailable);
}

TEST_F(GedsStoreTest, a_rate_holds_for_other_nodes_together_and_not_for_its_own) {
  const std::string near = "?node=" + node_->address().text();
  const std::string bytes = content(7, 2 * kMiB);
  ASSERT_TRUE(open("/bucket" + near)->put(kName, bytes_of(bytes)));
  const auto seconds_of = [&](const std::string& url) {
    const auto store = open(url);
    const auto begin = std::chrono::steady_clock::now();
    const auto view = store->view(kName);
    EXPECT_TRUE(view && text_of(view->bytes()) == bytes);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  // 2 MiB are 16.8 Mbit.
  EXPECT_GT(seconds_of("/bucket?mbit_s=40"), 0.35);
  EXPECT_GT(seconds_of("/bucket?node=127.0.0.9:4382&mbit_s=40"), 0.35);
  EXPECT_LT(seconds_of("/bucket" + near + "&mbit_s=1"), 5) << "16.8 s at that rate";
}

TEST(OpenStoreUrl, passes_other_urls_on_and_names_what_is_wrong_with_one) {
  const auto memory = open_store_url("memory:");
  ASSERT_TRUE(memory);
  EXPECT_TRUE((*memory)->put(kName, bytes_of("text")));
  for (const char* url :
       {"geds://", "geds://host", "geds://host:port/bucket", "geds://h:1/UPPER",
        "geds://h:1/bucket/../x", "geds://h:1/bucket?nod=h:1", "geds://h:1/bucket?node=h",
        "geds://h:1/bucket?node=h:1&mbit_s=fast", "geds://h:1/bucket?mbit_s=0",
        "geds://h:1/bucket?node=h:1&", "http://example.org"}) {
    const auto store = open_store_url(url);
    ASSERT_FALSE(store) << url;
    EXPECT_EQ(store.error().code, FailureCode::kBadName) << url;
    EXPECT_EQ(store.error().where, url);
  }
}

}  // namespace
}  // namespace ionloom::geds
