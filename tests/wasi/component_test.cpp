#include "wasi/component.h"

#include <chrono>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <wasmtime/wat.hh>

#include "store/memory_tier.h"
#include "wasi/bucket_folder.h"

namespace ionloom::wasi {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes component_of(const std::string& text) {
  auto made = wasmtime::wat2wasm(text);
  if (!made) {
    ADD_FAILURE() << made.err().message();
    return {};
  }
  return made.ok();
}

std::string text_of_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A program whose run() is this core code.
std::string component_that(const std::string& code, const std::string& imports = {}) {
  return "(component " + imports + "(core module $m (func (export \"run\") (result i32) " + code +
         "))(core instance $i (instantiate $m))"
         "(func $run (result (result)) (canon lift (core func $i \"run\")))"
         "(instance $x (export \"run\" (func $run)))"
         "(export \"wasi:cli/run@0.2.3\" (instance $x)))";
}

class Components : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kStoreBytes = 64 << 20;

  void put(const std::string& bucket, const std::string& key, const std::string& value) {
    ASSERT_TRUE(store_->put({bucket, key}, std::as_bytes(std::span(value))));
  }
  std::string value(const std::string& bucket, const std::string& key) {
    const auto view = store_->view({bucket, key});
    if (!view) return "(none)";
    return {reinterpret_cast<const char*>(view->bytes().data()), view->bytes().size()};
  }
  static std::string bytes(char first, char second) { return {first, second}; }

  GivenBucket given(const std::string& bucket, bool writable) {
    return {"/geds/" + bucket,
            std::make_shared<BucketMount>(
                BucketMount::Place{
                    .store = store_, .bucket = bucket, .writable = writable, .in_memory = store_},
                quotas_)};
  }
  Result<std::int32_t> run(const Bytes& component, wasm::Limits limits = {}) {
    ProgramSettings settings{.arguments = {"test"}, .limits = std::move(limits)};
    settings.buckets.push_back(given("demo", true));
    settings.buckets.push_back(given("fixed", false));
    return run_program(std::as_bytes(std::span(component)), "test.wasm", std::move(settings));
  }

  std::shared_ptr<store::ObjectStore> store_ = std::make_shared<store::MemoryTier>(kStoreBytes);
  std::shared_ptr<QuotaCount> quotas_ = std::make_shared<QuotaCount>(Quotas{});
};

TEST_F(Components, every_call_of_keyvalue_does_what_the_interface_says) {
  put("demo", "in", "ions");
  put("demo", "a/copy", "before");
  put("demo", "old", "x");
  put("demo", "folder/_$folder$", "");
  put("fixed", "in", "stays");
  const auto status = run(component_of(text_of_file(KEY_VALUE_WAT)));
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_EQ(*status, 0);
  EXPECT_EQ(value("demo", "told/open-none"), bytes(1, 0));
  EXPECT_EQ(value("demo", "told/get-absent"), bytes(0, 0));
  EXPECT_EQ(value("demo", "told/exists-in"), bytes(0, 1));
  EXPECT_EQ(value("demo", "told/set-outside"), bytes(1, 2));
  EXPECT_EQ(value("demo", "told/set-fixed"), bytes(1, 1));
  EXPECT_EQ(value("demo", "told/delete-absent")[0], 0);
  EXPECT_EQ(value("demo", "a/copy"), "ions");
  EXPECT_EQ(value("demo", "old"), "(none)");
  EXPECT_EQ(value("demo", "told/first-key"), "a/copy");
  EXPECT_EQ(value("demo", "told/get-many"), "ions");
  EXPECT_EQ(value("demo", "m1"), "(none)");
  EXPECT_EQ(value("demo", "m2"), "m2");
  EXPECT_EQ(value("fixed", "in"), "stays");
}

TEST_F(Components, the_largest_value_passes_both_ways_and_a_larger_one_does_not) {
  std::string text = text_of_file(KEY_VALUE_WAT);
  const std::string small = "(memory (export \"memory\") 2)";
  ASSERT_NE(text.find(small), std::string::npos);
  text.replace(text.find(small), small.size(), "(memory (export \"memory\") 200)");
  const Bytes component = component_of(text);
  const std::string largest(KeyValue::kMaxValueBytes, 'x');
  put("demo", "in", largest);
  const auto status = run(component);
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_TRUE(value("demo", "a/copy") == largest);
  ASSERT_TRUE(store_->remove({"demo", "in"}));
  put("demo", "in", largest + "x");
  EXPECT_FALSE(run(component));  // it gives up when get() fails
}

TEST_F(Components, quotas_hold_for_values) {
  put("demo", "in", "ions");
  quotas_ = std::make_shared<QuotaCount>(Quotas{.written_bytes = 5});
  // The third pair of bytes that it leaves is too much, at which the component gives up.
  const auto status = run(component_of(text_of_file(KEY_VALUE_WAT)));
  ASSERT_FALSE(status);
  EXPECT_EQ(value("demo", "told/get-absent"), bytes(0, 0));
  EXPECT_EQ(value("demo", "told/exists-in"), "(none)");
}

TEST_F(Components, the_result_of_run_is_the_exit_status) {
  EXPECT_EQ(run(component_of(component_that("(i32.const 0)"))).value_or(-1), 0);
  EXPECT_EQ(run(component_of(component_that("(i32.const 1)"))).value_or(-1), 1);
}

TEST_F(Components, time_and_traps_end_a_component) {
  const auto late = run(component_of(component_that("(loop (br 0)) (i32.const 0)")),
                        {.time = std::chrono::milliseconds(50)});
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().what.find("stopped after 50 ms"), std::string::npos);
  const auto trapped = run(component_of(component_that("unreachable")));
  ASSERT_FALSE(trapped);
  EXPECT_EQ(trapped.error().code, ErrorCode::kData);
}

TEST_F(Components, what_is_not_there_is_refused_by_name) {
  const auto atomics = run(component_of(component_that(
      "(i32.const 0)",
      "(import \"wasi:keyvalue/atomics@0.2.0-draft2\" (instance (export \"increment\" (func))))")));
  ASSERT_FALSE(atomics);
  EXPECT_NE(atomics.error().what.find("wasi:keyvalue/atomics"), std::string::npos)
      << atomics.error().what;
  const auto no_run = run(component_of("(component)"));
  ASSERT_FALSE(no_run);
  EXPECT_NE(no_run.error().what.find("wasi:cli/run"), std::string::npos);
}

TEST_F(Components, a_folder_of_the_machine_is_wrong_use) {
  const auto component = component_of(component_that("(i32.const 0)"));
  ProgramSettings settings{.arguments = {"test"}};
  settings.folders.push_back({"/x", std::make_unique<BucketFolder>(given("demo", true).mount)});
  const auto status =
      run_program(std::as_bytes(std::span(component)), "test.wasm", std::move(settings));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
}

TEST(KeyValues, a_page_has_a_thousand_keys_and_the_next_goes_on_behind_it) {
  const auto store = std::make_shared<store::MemoryTier>(1 << 20);
  for (int i = 0; i < 2500; ++i) {
    ASSERT_TRUE(store->put({"demo", "in/" + std::to_string(10000 + i)}, {}));
  }
  ASSERT_TRUE(store->put({"demo", "other"}, {}));
  const KeyValue buckets(
      {{"/geds/demo/in", std::make_shared<BucketMount>(BucketMount::Place{store, "demo", "in/"},
                                                       std::make_shared<QuotaCount>(Quotas{}))}});
  const auto bucket = buckets.open("demo/in");
  ASSERT_TRUE(bucket);
  std::optional<std::string> after;
  std::vector<std::size_t> sizes;
  for (bool more = true; more;) {
    const auto page = buckets.list(*bucket, after);
    ASSERT_TRUE(page);
    sizes.push_back(page->keys.size());
    after = page->keys.back();
    more = page->more;
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1000, 1000, 500}));
  EXPECT_EQ(*after, "12499");
  EXPECT_EQ(buckets.list(*bucket, std::nullopt, 2400)->keys.size(), 100);
}

TEST(KeyValues, a_key_that_leaves_its_bucket_or_could_be_written_twice_is_refused) {
  const auto store = std::make_shared<store::MemoryTier>(1 << 20);
  ASSERT_TRUE(store->put({"demo", "secret"}, {}));
  const KeyValue buckets({{"/geds/demo/in", std::make_shared<BucketMount>(
                                                BucketMount::Place{store, "demo", "in/", true},
                                                std::make_shared<QuotaCount>(Quotas{}))}});
  for (const std::string key :
       {"../secret", "/secret", "a//b", "./a", "a/", "", "a\n", "x/../y", "_$folder$", "\xff"}) {
    EXPECT_FALSE(buckets.get(0, key)) << key;
    EXPECT_FALSE(buckets.set(0, key, {})) << key;
    EXPECT_FALSE(buckets.remove(0, key)) << key;
  }
  EXPECT_TRUE(store->stat({"demo", "secret"}));
  EXPECT_FALSE(buckets.open("demo"));
  EXPECT_FALSE(buckets.open(""));
  EXPECT_FALSE(buckets.get(7, "a"));
}

}  // namespace
}  // namespace ionloom::wasi
