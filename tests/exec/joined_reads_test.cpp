#include "exec/joined_reads.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ionloom::exec {
namespace {

/// Objects of which every byte is its offset's last eight bits; notes what is asked for.
class NotingObjects final : public TaskObjects {
 public:
  Result<std::uint64_t> size_bytes(const std::string& /*object*/) override { return 10'000; }
  Result<void> read(const std::string& /*object*/, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    for (std::byte& byte : into) byte = static_cast<std::byte>(offset_bytes++);
    return {};
  }
  Result<void> read_within(const std::string& object, store::ByteRange range,
                           std::uint64_t offset_bytes, std::span<std::byte> into) override {
    asked = {range.offset_bytes, range.offset_bytes + range.length_bytes};
    return read(object, offset_bytes, into);
  }
  Result<std::unique_ptr<NewObject>> create(const std::string& object) override {
    return data_error(object, "nothing is made here");
  }
  Result<void> publish(NewObjects /*objects*/) override { return {}; }

  std::pair<std::uint64_t, std::uint64_t> asked;  ///< begin and end of the last range
};

tasks::Task task_that_reads(std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges) {
  tasks::Task task;
  for (const auto& [begin, end] : ranges) {
    task.inputs.push_back({"peaks", "run", begin, end - begin});
  }
  return task;
}

/// What four readers of one object each may ask for at once.
constexpr std::uint64_t kAhead = std::uint64_t{8} << 20;

class JoinedReadsTest : public ::testing::Test {
 protected:
  /// What is asked for when a task reads 10 bytes of `object` at `offset_bytes` in `range`.
  std::pair<std::uint64_t, std::uint64_t> asked(store::ByteRange range, std::uint64_t offset_bytes,
                                                const std::string& object = "run") {
    std::array<std::byte, 10> into{};
    EXPECT_TRUE(joined_.read_within(object, range, offset_bytes, into));
    EXPECT_EQ(into[3], static_cast<std::byte>(offset_bytes + 3));
    return objects_.asked;
  }

  NotingObjects objects_;
  std::vector<tasks::Task> tasks_ = {task_that_reads({{100, 300}, {900, 1000}}),
                                     task_that_reads({{200, 600}}),
                                     task_that_reads({{600, 700}, {5000, 5000 + 8 * kAhead}})};
  JoinedReads joined_{tasks_, objects_, 4};
};

using Asked = std::pair<std::uint64_t, std::uint64_t>;

TEST_F(JoinedReadsTest, asks_along_with_a_range_for_what_the_next_tasks_read_without_a_gap) {
  EXPECT_EQ(asked({100, 200}, 100), Asked(100, 700));
  EXPECT_EQ(asked({200, 400}, 590), Asked(590, 700)) << "to where the gap begins";
  EXPECT_EQ(asked({900, 100}, 950), Asked(950, 1000));
}

TEST_F(JoinedReadsTest, asks_for_no_more_at_once_than_it_may) {
  constexpr std::uint64_t kEnd = 5000 + 8 * kAhead;
  EXPECT_EQ(asked({5000, 8 * kAhead}, 5000), Asked(5000, 5000 + kAhead));
  EXPECT_EQ(asked({5000, 8 * kAhead}, kEnd - 10), Asked(kEnd - 10, kEnd));
}

TEST_F(JoinedReadsTest, of_what_no_task_reads_asks_for_the_range) {
  EXPECT_EQ(asked({700, 100}, 750), Asked(700, 800));
  EXPECT_EQ(asked({0, 50}, 0), Asked(0, 50));
  EXPECT_EQ(asked({0, 50}, 0, "another"), Asked(0, 50));
  EXPECT_EQ(asked({0, 10'000}, 695), Asked(0, 10'000)) << "beyond the end of a stretch";
}

}  // namespace
}  // namespace ionloom::exec
