#include "geds/data_request.h"

#include <string>

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

TEST(DataRequest, the_text_of_a_get_is_the_protocols) {
  EXPECT_EQ(request_text({DataVerb::kGet, {"bucket", "a/b"}, 7, 42, {}}),
            std::string("GET bucket/a/b\nRANGE 7 42\0", 26));
}

TEST(DataRequest, every_request_is_read_back) {
  for (const DataRequest& request :
       {DataRequest{DataVerb::kGet, {"bucket", "a b/c"}, 7, UINT64_MAX, {}},
        DataRequest{DataVerb::kPut, {"bucket", "a"}, 0, 42, {}},
        DataRequest{DataVerb::kPut, {"bucket", "a"}, 0, 42, {}, true},
        DataRequest{DataVerb::kCopy, {"bucket", "a"}, 0, kMostAtOnceBytes, {}, true},
        DataRequest{DataVerb::kAppend, {"bucket", "a"}, 0, 0, {}},
        DataRequest{DataVerb::kDelete, {"bucket", "a"}, 0, 0, {}},
        DataRequest{DataVerb::kRelocate, {"bucket", ""}, 0, 0, {}},
        DataRequest{DataVerb::kRelocate, {"", ""}, 0, 0, {}},
        DataRequest{DataVerb::kToken, {}, 0, 0, "secret"}}) {
    std::string text = request_text(request);
    text.pop_back();
    const auto read = parse_data_request(text);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->verb, request.verb);
    EXPECT_EQ(read->id, request.id);
    EXPECT_EQ(read->offset_bytes, request.offset_bytes);
    EXPECT_EQ(read->size_bytes, request.size_bytes);
    EXPECT_EQ(read->token, request.token);
    EXPECT_EQ(read->now, request.now);
  }
}

TEST(DataRequest, anything_else_is_refused) {
  for (const char* bad :
       {"", "GET", "GET bucket", "GET bucket/a", "GET bucket/a\nRANGE 1", "GET bucket/a\nRANGE x 1",
        "GET bucket/a\nRANGE 1 -1", "GET B/a\nRANGE 0 1", "GET bucket/a\nb\nRANGE 0 1",
        "GET bucket/a/../b\nRANGE 0 1", "GET bucket/a\nRANGE 0 99999999999999999999",
        "PUT bucket/a\nSIZE", "PUT bucket/a\nSIZE 4194305 NOW", "DELETE bucket",
        "get bucket/a\nRANGE 0 1"}) {
    EXPECT_FALSE(parse_data_request(bad)) << bad;
  }
}

TEST(DataRequest, the_head_of_a_response_has_the_layout_of_c) {
  // int32 5, padding, uint64 0x0102: as a little-endian machine lays out {int; size_t}
  const ResponseHeadBytes bytes = to_bytes({5, 0x0102});
  const ResponseHeadBytes expected = {std::byte{5}, {}, {}, {},           {},
                                      {},           {}, {}, std::byte{2}, std::byte{1}};
  EXPECT_EQ(bytes, expected);
  EXPECT_EQ(response_head(bytes).status, 5);
  EXPECT_EQ(response_head(bytes).length_bytes, 0x0102U);
}

}  // namespace
}  // namespace ionloom::geds
