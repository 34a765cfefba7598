#include "geds/names.h"

#include <string>

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

TEST(Names, buckets_follow_the_rules_of_the_protocol) {
  for (const char* good : {"abc", "a-b", "a.b.c", "0x0", "bucket-2"}) {
    EXPECT_TRUE(check_bucket_name(good)) << good;
  }
  for (const char* bad : {"", "a", "ab", "-ab", "ab-", ".ab", "Abc", "a_b", "a/b", "xn--abc"}) {
    EXPECT_FALSE(check_bucket_name(bad)) << bad;
  }
}

TEST(Names, keys_may_hold_slashes_but_lead_nowhere_else) {
  for (const char* good : {"a", "a/b", "/a", "a//b", "..a", "a/..b", "a/_$folder$", "\xc3\xa9"}) {
    EXPECT_TRUE(check_key(good)) << good;
  }
  for (const char* bad : {"", "a/", "./a", "../a", "a/../b"}) EXPECT_FALSE(check_key(bad)) << bad;
}

TEST(Names, a_key_with_a_control_character_is_refused) {
  EXPECT_FALSE(check_key("a\nb"));
  EXPECT_FALSE(check_key(std::string("a\0b", 3)));
  EXPECT_FALSE(check_key("a\x7f"));
}

TEST(Names, an_object_name_is_cut_at_its_first_slash) {
  const auto id = parse_object_name("bucket/a/b");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->bucket, "bucket");
  EXPECT_EQ(id->key, "a/b");
  EXPECT_EQ(id->text(), "bucket/a/b");
  EXPECT_FALSE(parse_object_name("bucket"));
  EXPECT_FALSE(parse_object_name("bucket/"));
  EXPECT_FALSE(parse_object_name("B/a"));
}

TEST(Names, locations_name_a_node) {
  const auto node = parse_node_location("geds://10.0.0.1:4382");
  ASSERT_TRUE(node);
  EXPECT_EQ(*node, (HostPort{"10.0.0.1", 4382}));
  EXPECT_EQ(parse_node_location("geds://[::1]:4382/x").value().host, "[::1]");
  for (const char* bad : {"s3://a/b", "geds://", "geds://host", "geds://host:99999", "geds://:1"}) {
    EXPECT_FALSE(parse_node_location(bad)) << bad;
  }
}

}  // namespace
}  // namespace ionloom::geds
