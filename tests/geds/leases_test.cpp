#include "geds/leases.h"

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;

TEST(Leases, a_node_is_lost_when_its_lease_runs_out_and_back_when_it_renews) {
  Leases leases;
  const Leases::Clock::time_point start{};
  leases.renew("geds://a:1", milliseconds(1500), start);
  EXPECT_FALSE(leases.expired("geds://a:1", start + milliseconds(1499)));
  EXPECT_TRUE(leases.expired("geds://a:1", start + milliseconds(1500)));
  leases.renew("geds://a:1", milliseconds(1500), start + milliseconds(5000));
  EXPECT_FALSE(leases.expired("geds://a:1", start + milliseconds(6000)));
}

TEST(Leases, a_node_that_never_asked_for_a_lease_counts_as_alive) {
  const Leases leases;
  EXPECT_FALSE(leases.expired("geds://a:1", Leases::Clock::time_point::max()));
}

}  // namespace
}  // namespace ionloom::geds
