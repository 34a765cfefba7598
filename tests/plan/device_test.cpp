#include "plan/device.h"

#include <gtest/gtest.h>

namespace ionloom::plan {
namespace {

TEST(Device, is_what_its_text_says) {
  const Device device{.machine = "AMD EPYC, 2 cores", .runtime = "native-v1", .threads = 16};
  EXPECT_EQ(device_text(device), "AMD EPYC, 2 cores native-v1 x16");
  EXPECT_EQ(device_from_text(device_text(device)), device);
}

TEST(Device, other_texts_are_none) {
  for (const char* text :
       {"", "laptop", "native x2", " native x2", "laptop native", "laptop native x",
        "laptop native x0", "laptop native x2 ", "laptop native x-1"}) {
    EXPECT_FALSE(device_from_text(text)) << text;
  }
}

}  // namespace
}  // namespace ionloom::plan
