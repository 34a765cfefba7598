#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "geds/arrivals.h"
#include "geds/data_server.h"
#include "geds/data_talk.h"
#include "geds/metadata.h"
#include "geds/metrics.h"
#include "geds/tcp_socket.h"
#include "store/disk_tier.h"
#include "store/memory_tier.h"
#include "store/tiered_store.h"
#include "support/scratch_folder.h"

// What a metadata server and a node do in many threads at once, without the wire: gRPC is not
// instrumented, so the thread sanitizer cannot see how it hands calls from thread to thread.
// scripts/sanitize runs these under it; many_threads_test.cpp has the whole servers.
namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;

constexpr const char* kHere = "geds://127.0.0.1:1";

Object object(const std::string& key) {
  Object object{{"bucket", key}, {kHere, 1, 1, "its metadata"}};
  object.info.copies = {"geds://127.0.0.1:2"};
  return object;
}

struct CountingSink final : EventSink {
  void deliver(const Event& /*event*/) override { ++delivered; }
  void replaced() override {}
  std::atomic<int> delivered = 0;
};

/// Does every work again and again, each in a thread, until `last` has been done once.
void together(const std::vector<std::function<void()>>& works, const std::function<void()>& last) {
  std::vector<std::jthread> threads;
  for (const auto& work : works) {
    threads.emplace_back([&work](const std::stop_token& stop) {
      while (!stop.stop_requested()) work();
    });
  }
  last();
}

TEST(GedsThreads, of_a_metadata_server_keep_what_they_have_acknowledged) {
  constexpr int kWriters = 3;
  constexpr int kEach = 40;
  const test_support::ScratchFolder folder;
  {
    MetadataState state;
    auto log = MetadataLog::open(folder / "state", state, 4096);  // one snapshot after the other
    ASSERT_TRUE(log);
    Metadata metadata(std::move(state), std::move(*log));
    ASSERT_TRUE(metadata.create_bucket("bucket"));
    ASSERT_TRUE(metadata.publisher().subscribe({SubscriptionKind::kBucket, "me", "bucket", ""}));
    const auto sink = std::make_shared<CountingSink>();
    std::atomic<int> next = 0;
    together(
        {[&] {
           metadata.publisher().attach("me", sink);
           metadata.publisher().detach("me", sink.get());
           EXPECT_TRUE(
               metadata.publisher().subscribe({SubscriptionKind::kPrefix, "you", "bucket", "a"}));
         },
         [&] {
           EXPECT_TRUE(metadata.list({"bucket", ""}, '/'));
           EXPECT_EQ(metadata.buckets().size(), 1U);
           static_cast<void>(metadata.lookup({"bucket", "0-0"}));
         },
         [&] {
           EXPECT_TRUE(metadata.renew_lease(kHere, milliseconds(1000), next % 8 == 0));
           EXPECT_TRUE(metadata.renew_lease("geds://127.0.0.1:2", milliseconds(next % 2), false));
           for (const Object& lacking : metadata.lacking_copies(kHere, 3)) {
             static_cast<void>(metadata.add_copy(lacking, "geds://127.0.0.1:3"));
           }
           static_cast<void>(metadata.live_nodes());
         },
         [&] {
           const Object short_lived = object("short-lived/" + std::to_string(++next));
           EXPECT_TRUE(metadata.create(short_lived));
           EXPECT_TRUE(metadata.remove(short_lived.id));
         }},
        [&] {
          std::vector<std::jthread> writers;
          for (int writer = 0; writer < kWriters; ++writer) {
            writers.emplace_back([&, writer] {
              for (int i = 0; i < kEach; ++i) {
                const auto key = std::to_string(writer) + "-" + std::to_string(i);
                EXPECT_TRUE(metadata.create(object(key)));
              }
            });
          }
        });
  }
  MetadataState again;
  ASSERT_TRUE(MetadataLog::open(folder / "state", again));
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int i = 0; i < kEach; ++i) {
      EXPECT_TRUE(again.lookup({"bucket", std::to_string(writer) + "-" + std::to_string(i)}));
    }
  }
}

TEST(GedsThreads, that_bring_objects_of_a_held_name_wait_and_counters_count_them_all) {
  constexpr int kEach = 200;
  Arrivals arrivals(std::chrono::seconds(0), Arrivals::Clock::time_point());
  Metrics metrics;
  Counter& brought = metrics.counter("brought", "Objects that came");
  Histogram& sizes = metrics.histogram("sizes", "Their sizes");
  int only_while_held_or_brought = 0;  // by one thread at a time, if the hold holds
  const ObjectId id{"bucket", "a"};
  together({[&] { EXPECT_FALSE(metrics.text().empty()); },
            [&] {
              const Arrivals::Hold hold(arrivals, id, Arrivals::Clock::now());
              if (hold) ++only_while_held_or_brought;
            }},
           [&] {
             for (int i = 0; i < kEach; ++i) {
               const Arrivals::Arrival arrival(arrivals, id);
               ++only_while_held_or_brought;
               brought.add();
               sizes.add(static_cast<std::uint64_t>(i));
             }
           });
  EXPECT_GE(only_while_held_or_brought, kEach);
  EXPECT_EQ(brought.value(), static_cast<std::uint64_t>(kEach));
}

/// One object after the other, each put, read and deleted on a connection of its own.
void exchange(std::uint16_t port, int number, std::atomic<int>& right) {
  auto socket = TcpSocket::connect({"127.0.0.1", port}, milliseconds(10000));
  ASSERT_TRUE(socket);
  for (int i = 0; i < 15; ++i) {
    const ObjectId id{"bucket", std::to_string(number) + "/" + std::to_string(i)};
    const std::string content(static_cast<std::size_t>(i) * 40000 + 1,
                              static_cast<char>('a' + number));
    ASSERT_TRUE(ask(*socket, {DataVerb::kPut, id, 0, content.size(), {}}));
    ASSERT_TRUE(socket->write(content));
    ASSERT_TRUE(hear_of_seal(*socket));
    const auto head = ask(*socket, {DataVerb::kGet, id, 0, content.size(), {}});
    ASSERT_TRUE(head);
    std::string got(head->length_bytes, ' ');
    ASSERT_TRUE(socket->read(std::as_writable_bytes(std::span(got))));
    if (got == content) ++right;
    if (i % 2 == 0) {
      ASSERT_TRUE(ask(*socket, {DataVerb::kDelete, id, 0, 0, {}}));
    }
  }
}

TEST(GedsThreads, of_a_data_server_serve_whole_objects_while_these_spill_to_disk) {
  const test_support::ScratchFolder folder;
  auto disk = store::DiskTier::open(folder / "disk", std::uint64_t{1} << 30);
  ASSERT_TRUE(disk);
  store::TieredStore objects(
      {{"memory", std::make_shared<store::MemoryTier>(std::uint64_t{2} << 20)},
       {"disk", std::shared_ptr<store::ObjectStore>(*std::move(disk))}});
  auto listener = TcpSocket::listen({"127.0.0.1", 0});
  ASSERT_TRUE(listener);
  const AccessList everybody;
  Metrics metrics;
  DataCounters counters(metrics);
  std::atomic<int> registered = 0;
  std::atomic<int> right = 0;
  {
    DataServer server(*std::move(listener), objects, everybody, nullptr, counters, {},
                      {[] { return Outcome<void>(); },
                       [&](const ObjectId&, std::uint64_t) {
                         ++registered;
                         return Outcome<void>();
                       },
                       [](const std::string&) {
                         return Outcome<Relocated>(refuse(StatusCode::kUnimplemented, "no S3"));
                       },
                       [](const ObjectId&) { return false; }});
    together({[&] { EXPECT_FALSE(metrics.text().empty()); },
              [&] {
                const ObjectId id{"bucket", "0/1"};
                const Arrivals::Hold hold(server.arrivals(), id, Arrivals::Clock::now());
              }},
             [&] {
               std::vector<std::jthread> clients;
               for (int i = 0; i < 4; ++i) {
                 clients.emplace_back([&, i] { exchange(server.port(), i, right); });
               }
             });
  }
  EXPECT_EQ(right, 60);
  EXPECT_EQ(registered, 60);
}

}  // namespace
}  // namespace ionloom::geds
