#include "geds/metadata_state.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace ionloom::geds {
namespace {

Object object(const std::string& key, std::uint64_t size_bytes = 1) {
  return {{"bucket", key}, {"geds://127.0.0.1:4382", size_bytes, size_bytes, std::nullopt}};
}

/// The state of the spec's table of listings.
MetadataState with_keys(const std::vector<std::string>& keys) {
  MetadataState state;
  EXPECT_TRUE(state.create_bucket("bucket"));
  for (const std::string& key : keys) EXPECT_TRUE(state.create(object(key)));
  return state;
}

const std::vector<std::string> kTree = {"a", "d/x", "d/y", "d/e/z", "dd", "f/_$folder$"};

std::vector<std::string> keys_of(const Listing& listing) {
  std::vector<std::string> keys;
  for (const Object& each : listing.objects) keys.push_back(each.id.key);
  return keys;
}

using Names = std::vector<std::string>;

TEST(MetadataState, a_bucket_is_created_once) {
  MetadataState state;
  EXPECT_TRUE(state.create_bucket("bucket"));
  EXPECT_EQ(state.create_bucket("bucket").error().code, StatusCode::kAlreadyExists);
  EXPECT_TRUE(state.lookup_bucket("bucket"));
  EXPECT_TRUE(state.delete_bucket("bucket"));
  EXPECT_EQ(state.delete_bucket("bucket").error().code, StatusCode::kNotFound);
  EXPECT_EQ(state.lookup_bucket("bucket").error().code, StatusCode::kNotFound);
}

TEST(MetadataState, creating_an_existing_key_overwrites_it) {
  MetadataState state = with_keys({"a"});
  EXPECT_TRUE(state.create(object("a", 7)));
  EXPECT_EQ(state.lookup({"bucket", "a"}).value().info.size_bytes, 7U);
}

TEST(MetadataState, what_is_missing_is_not_found) {
  MetadataState state = with_keys({"a"});
  EXPECT_EQ(state.update(object("b")).error().code, StatusCode::kNotFound);
  EXPECT_EQ(state.remove({"bucket", "b"}).error().code, StatusCode::kNotFound);
  EXPECT_EQ(state.lookup({"bucket", "b"}).error().code, StatusCode::kNotFound);
  EXPECT_EQ(state.lookup({"other", "a"}).error().code, StatusCode::kNotFound);
  EXPECT_EQ(state.create({{"other", "a"}, {}}).error().code, StatusCode::kNotFound);
  EXPECT_EQ(state.list({"other", ""}, '/').error().code, StatusCode::kNotFound);
}

TEST(MetadataState, a_prefix_without_a_match_is_not_found_only_at_the_end_of_the_keys) {
  MetadataState state = with_keys({"b"});
  EXPECT_TRUE(state.remove_prefix({"bucket", "a"})) << "b sorts after a";
  EXPECT_EQ(state.remove_prefix({"bucket", "c"}).error().code, StatusCode::kNotFound);
  EXPECT_TRUE(state.lookup({"bucket", "b"}));
}

TEST(MetadataState, removing_a_prefix_removes_exactly_the_keys_that_begin_with_it) {
  MetadataState state = with_keys(kTree);
  const auto removed = state.remove_prefix({"bucket", "d/"});
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->size(), 3U);
  EXPECT_EQ(keys_of(*state.list({"bucket", ""}, 0)), (Names{"a", "dd", "f/_$folder$"}));
}

TEST(MetadataState, a_delimiter_folds_folders_into_prefixes) {
  const MetadataState state = with_keys(kTree);
  const auto top = state.list({"bucket", ""}, '/');
  EXPECT_EQ(keys_of(*top), (Names{"a", "dd"}));
  EXPECT_EQ(top->common_prefixes, (Names{"d/", "f/"}));
  const auto inside = state.list({"bucket", "d/"}, '/');
  EXPECT_EQ(keys_of(*inside), (Names{"d/x", "d/y"}));
  EXPECT_EQ(inside->common_prefixes, (Names{"d/e/"}));
  const auto half = state.list({"bucket", "d"}, '/');
  EXPECT_EQ(keys_of(*half), (Names{"dd"}));
  EXPECT_EQ(half->common_prefixes, (Names{"d/"}));
}

TEST(MetadataState, without_a_delimiter_all_keys_are_listed_in_order) {
  const MetadataState state = with_keys(kTree);
  EXPECT_EQ(keys_of(*state.list({"bucket", ""}, 0)),
            (Names{"a", "d/e/z", "d/x", "d/y", "dd", "f/_$folder$"}));
}

TEST(MetadataState, a_store_is_registered_once_per_bucket) {
  MetadataState state;
  state.register_store({"bucket", "http://one", "k", "s"});
  state.register_store({"bucket", "http://two", "k", "s"});
  ASSERT_EQ(state.stores().size(), 1U);
  EXPECT_EQ(state.stores()[0].endpoint_url, "http://two");
}

Object placed(const std::string& key, const Names& places) {
  Object object{{"bucket", key}, {places.front(), 5, 5, std::nullopt}};
  object.info.copies.assign(places.begin() + 1, places.end());
  return object;
}

bool is_dead(const std::string& location) {
  return location.starts_with("dead");
}

TEST(MetadataState, an_object_lacks_a_copy_at_the_only_living_one_of_its_places) {
  MetadataState state = with_keys({});
  for (const Object& object :
       {placed("a", {"here"}), placed("b", {"here", "there"}), placed("c", {"here", "dead"}),
        placed("d", {"dead", "here"}), placed("e", {"dead", "there"}),
        placed("f", {"dead", "there", "here"}), placed("g", {"dead 1", "dead 2", "here"})}) {
    ASSERT_TRUE(state.create(object));
  }
  const auto lacking = [&](std::size_t most) {
    Names keys;
    for (const Object& each : state.lacking_copies("here", is_dead, most)) {
      keys.push_back(each.id.key);
    }
    return keys;
  };
  EXPECT_EQ(lacking(100), (Names{"c", "d", "g"}));
  EXPECT_EQ(lacking(2), (Names{"c", "d"}));
}

TEST(MetadataState, a_new_copy_takes_the_place_of_dead_ones) {
  MetadataState state = with_keys({});
  ASSERT_TRUE(state.create(placed("a", {"dead", "there", "here"})));
  EXPECT_EQ(state.add_copy(placed("a", {"here"}), "new", is_dead),
            placed("a", {"here", "there", "new"}));
  EXPECT_EQ(state.lookup({"bucket", "a"}), placed("a", {"here", "there", "new"}));
  Object longer = placed("a", {"here"});
  longer.info.size_bytes = 6;
  for (const Object& other : {placed("a", {"elsewhere"}), placed("b", {"here"}), longer}) {
    EXPECT_EQ(state.add_copy(other, "new", is_dead).error().code, StatusCode::kNotFound);
  }
}

/// Keys of few letters, so that they meet; with the highest byte, whose folder has no successor of
/// the same length.
rc::Gen<std::string> keys() {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::element('a', 'b', '/', '\xff')));
}

RC_GTEST_PROP(MetadataState, listings_equal_a_plain_scan_of_all_keys, ()) {
  const auto all = *rc::gen::container<std::set<std::string>>(keys());
  const std::string prefix = *rc::gen::container<std::string>(rc::gen::element('a', '/', '\xff'));
  const char delimiter = *rc::gen::element('/', '\xff', '\0');
  MetadataState state;
  RC_ASSERT(state.create_bucket("bucket").has_value());
  for (const std::string& key : all) RC_ASSERT(state.create(object(key)).has_value());

  Names listed;
  std::set<std::string> folders;
  for (const std::string& key : all) {
    if (!key.starts_with(prefix)) continue;
    const auto cut = delimiter == 0 ? key.npos : key.find(delimiter, prefix.size());
    if (cut == key.npos) {
      listed.push_back(key);
    } else {
      folders.insert(key.substr(0, cut + 1));
    }
  }
  const auto listing = state.list({"bucket", prefix}, delimiter);
  RC_ASSERT(keys_of(*listing) == listed);
  RC_ASSERT(listing->common_prefixes == Names(folders.begin(), folders.end()));
}

}  // namespace
}  // namespace ionloom::geds
