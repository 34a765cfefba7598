#include <array>
#include <chrono>
#include <cstring>

#include <gtest/gtest.h>
#include <unistd.h>
#include <wasmtime/wat.hh>

#include "store/memory_tier.h"
#include "wasi/bucket_folder.h"
#include "wasi/poll_calls.h"
#include "wasi/program.h"
#include "wasi/support/guest.h"

namespace ionloom::wasi::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint32_t kIn = 1024;
constexpr std::uint32_t kEvents = 4096;

class PollTest : public ::testing::Test {
 protected:
  template <class Value>
  void place(std::uint32_t at, Value value) {
    std::memcpy(guest_.bytes().data() + at, &value, sizeof value);
  }
  template <class Value>
  Value at(std::uint32_t address) {
    Value value;
    std::memcpy(&value, guest_.bytes().data() + address, sizeof value);
    return value;
  }
  void clock(std::uint32_t index, std::uint64_t user_data, std::uint64_t wait_ns,
             std::uint32_t id = 1, std::uint16_t flags = 0) {
    const std::uint32_t start = kIn + 48 * index;
    place(start, user_data);
    place(start + 8, std::uint8_t{0});
    place(start + 16, id);
    place(start + 24, wait_ns);
    place(start + 40, flags);
  }
  void descriptor(std::uint32_t index, std::uint64_t user_data, std::uint8_t kind,
                  std::uint32_t fd) {
    const std::uint32_t start = kIn + 48 * index;
    place(start, user_data);
    place(start + 8, kind);
    place(start + 16, fd);
  }
  /// @return how many events there are
  Answer<std::uint32_t> poll(std::uint32_t count, HostStream::Stopped stopped = {}) {
    PollCalls calls(guest_.table(), std::move(stopped));
    const auto done = calls.poll_oneoff(guest_.memory(), kIn, kEvents, count, Guest::kOut);
    if (!done) return refuse(done.error());
    return at<std::uint32_t>(Guest::kOut);
  }

  std::shared_ptr<store::ObjectStore> store_ = std::make_shared<store::MemoryTier>(1 << 20);
  Guest guest_{std::make_unique<BucketFolder>(std::make_shared<BucketMount>(
      BucketMount::Place{store_, "bucket", "", true}, std::make_shared<QuotaCount>(Quotas{})))};
};

TEST_F(PollTest, the_first_clock_that_is_over_is_told_of_and_no_other) {
  clock(0, 7, 60'000'000'000);
  clock(1, 8, 20'000'000);
  const auto begin = steady_clock::now();
  EXPECT_EQ(poll(2).value_or(0), 1);
  EXPECT_GE(steady_clock::now() - begin, milliseconds(20));
  EXPECT_EQ(at<std::uint64_t>(kEvents), 8);
  EXPECT_EQ(at<std::uint16_t>(kEvents + 8), 0);
  clock(0, 9, 1, 0, 1);  // one nanosecond after 1970 began
  EXPECT_EQ(poll(1).value_or(0), 1);
  EXPECT_EQ(at<std::uint64_t>(kEvents), 9);
}

TEST_F(PollTest, files_are_ready_at_once_and_what_is_not_open_is_told_of) {
  ASSERT_TRUE(guest_.make_file("file", "twelve bytes"));
  const auto fd = guest_.open("file");
  ASSERT_TRUE(fd);
  ASSERT_TRUE(guest_.read(*fd, 5));
  descriptor(0, 1, 1, *fd);
  descriptor(1, 2, 1, 40);
  clock(2, 3, 60'000'000'000);
  EXPECT_EQ(poll(3).value_or(0), 2);
  EXPECT_EQ(at<std::uint64_t>(kEvents + 16), 7);
  EXPECT_EQ(at<std::uint16_t>(kEvents + 32 + 8), static_cast<std::uint16_t>(Errno::kBadf));
}

TEST_F(PollTest, a_stream_is_ready_when_something_has_come) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto fd = guest_.table().add({.file = std::make_unique<HostStream>(ends[0])});
  ASSERT_TRUE(fd);
  descriptor(0, 1, 1, *fd);
  clock(1, 2, 15'000'000);
  EXPECT_EQ(poll(2).value_or(0), 1);
  EXPECT_EQ(at<std::uint64_t>(kEvents), 2);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_EQ(poll(2).value_or(0), 1);
  EXPECT_EQ(at<std::uint64_t>(kEvents), 1);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(PollTest, a_wait_ends_when_the_program_is_to_stop) {
  clock(0, 1, 60'000'000'000);
  int asked = 0;
  EXPECT_EQ(poll(1, [&] { return ++asked == 3; }).error(), Errno::kIntr);
  EXPECT_EQ(asked, 3);
}

TEST_F(PollTest, nothing_to_wait_for_and_too_much_are_wrong) {
  EXPECT_EQ(poll(0).error(), Errno::kInval);
  EXPECT_EQ(poll(4097).error(), Errno::kInval);
  PollCalls calls(guest_.table(), {});
  EXPECT_EQ(calls.poll_oneoff(guest_.memory(), (1 << 20) - 47, kEvents, 1, 0).error(),
            Errno::kFault);
  EXPECT_EQ(calls.poll_oneoff(guest_.memory(), kIn, (1 << 20) - 31, 1, 0).error(), Errno::kFault);
}

TEST(ProgramTime, a_sleep_ends_with_the_time_that_a_program_was_given) {
  // Sleeps a minute, again and again.
  const auto module = wasmtime::wat2wasm(R"((module
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "\01\00\00\00\00\00\00\00\00\58\47\f8\0d\00\00\00")
    (func (export "_start")
      (loop (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
        (br 0)))))");
  ASSERT_TRUE(module);
  const auto begin = steady_clock::now();
  const auto status = run_program(std::as_bytes(std::span(module.ok_ref())), "sleep.wasm",
                                  {.arguments = {"sleep"}, .limits = {.time = milliseconds(100)}});
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().what.find("stopped after 100 ms"), std::string::npos);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace ionloom::wasi::testing
