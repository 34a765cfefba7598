#include "store/open_store.h"

#include <gtest/gtest.h>

#include "store/support/store_history.h"
#include "support/scratch_folder.h"

namespace ionloom::store {
namespace {

using ionloom::test_support::ScratchFolder;
using test_support::bytes_of;
using test_support::text_of;

const ObjectName kName{"bucket", "key"};

TEST(OpenStore, opens_memory_shared_memory_and_folders) {
  const ScratchFolder disk;
  const ScratchFolder shared("/dev/shm");
  for (const std::string& url :
       {std::string("memory:"), "file:" + disk.path().string() + "/new",
        "file://" + disk.path().string() + "/newer", "shared:" + shared.path().string() + "/new"}) {
    const auto store = open_store(url);
    ASSERT_TRUE(store) << store.error().message();
    ASSERT_TRUE((*store)->put(kName, bytes_of("text"))) << url;
    EXPECT_EQ(text_of((*store)->view(kName)->bytes()), "text") << url;
  }
}

TEST(OpenStore, a_url_that_is_not_one_of_a_store_is_told_what_is) {
  for (const char* url : {"", "memory", "file:relative", "file://host/folder", "s3://",
                          "s3://UPPER", "http://example.org"}) {
    const auto store = open_store(url);
    ASSERT_FALSE(store) << url;
    EXPECT_EQ(store.error().code, FailureCode::kBadName) << url;
    EXPECT_TRUE(
        store.error().what.ends_with("a store is memory:, shared:/dev/shm/FOLDER, "
                                     "file:/FOLDER or s3://BUCKET/PREFIX"));
  }
}

TEST(OpenStore, its_bound_holds) {
  const auto store = open_store("memory:", {.memory_bytes = 10});
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->put(kName, bytes_of("more than ten")).error().code, FailureCode::kOutOfSpace);
}

}  // namespace
}  // namespace ionloom::store
