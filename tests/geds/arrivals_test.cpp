#include "geds/arrivals.h"

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

constexpr std::chrono::seconds kSettled{6};
const ObjectId kOne{"bucket", "one"};
const ObjectId kOther{"bucket", "other"};

class ArrivalsTest : public testing::Test {
 protected:
  bool arriving(const ObjectId& id, Arrivals::Clock::duration after) {
    return !arrivals_.unless_arriving(id, start_ + after, [] {});
  }

  Arrivals::Clock::time_point start_;
  Arrivals arrivals_{kSettled, start_};
};

TEST_F(ArrivalsTest, everything_may_have_just_come_when_a_node_has_just_started) {
  EXPECT_TRUE(arriving(kOne, kSettled / 2));
  EXPECT_FALSE(arriving(kOne, kSettled));
}

TEST_F(ArrivalsTest, an_object_is_one_while_it_comes_and_for_a_while_after) {
  arrivals_.begin(kOne);
  EXPECT_TRUE(arriving(kOne, 10 * kSettled));
  EXPECT_FALSE(arriving(kOther, 10 * kSettled));
  arrivals_.end(kOne, start_ + 10 * kSettled);
  EXPECT_TRUE(arriving(kOne, 10 * kSettled + kSettled / 2));
  EXPECT_FALSE(arriving(kOne, 11 * kSettled));
}

TEST_F(ArrivalsTest, a_name_that_is_held_waits_and_others_come) {
  const auto later = start_ + 10 * kSettled;
  std::optional<Arrivals::Hold> hold(std::in_place, arrivals_, kOne, later);
  ASSERT_TRUE(*hold);
  EXPECT_FALSE(Arrivals::Hold(arrivals_, kOther, later)) << "one at a time";
  arrivals_.begin(kOther);
  std::atomic<bool> came = false;
  std::jthread comer([&] {
    arrivals_.begin(kOne);
    came = true;
  });
  EXPECT_FALSE(arriving(kOne, 10 * kSettled));
  EXPECT_FALSE(came);
  hold.reset();
  comer.join();
  EXPECT_TRUE(came);
  EXPECT_FALSE(Arrivals::Hold(arrivals_, kOne, later)) << "it is coming";
  arrivals_.end(kOne, later);
  EXPECT_FALSE(Arrivals::Hold(arrivals_, kOne, later)) << "it came lately";
  EXPECT_TRUE(Arrivals::Hold(arrivals_, kOne, later + kSettled));
}

TEST_F(ArrivalsTest, two_of_one_name_are_counted) {
  arrivals_.begin(kOne);
  arrivals_.begin(kOne);
  arrivals_.end(kOne, start_);
  EXPECT_TRUE(arriving(kOne, 10 * kSettled)) << "the second is still coming";
}

}  // namespace
}  // namespace ionloom::geds
