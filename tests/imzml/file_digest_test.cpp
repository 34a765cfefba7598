#include "imzml/file_digest.h"

#include <array>

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace ionloom::imzml {
namespace {

constexpr std::array kAll = {DigestAlgorithm::kMd5, DigestAlgorithm::kSha1,
                             DigestAlgorithm::kSha256};

// Sources: RFC 1321, appendix A.5; FIPS 180-4 examples.
TEST(FileDigest, digests_of_abc_are_those_of_the_standards) {
  const test_support::ScratchFolder folder;
  test_support::put(folder / "abc", "abc");
  const auto digests = file_digests(folder / "abc", kAll);
  ASSERT_TRUE(digests) << digests.error().message();
  EXPECT_EQ(*digests,
            (std::vector<std::string>{
                "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}));
}

// Source: FIPS 180-2, appendix A.3: SHA-1 of a million letters a.
TEST(FileDigest, files_larger_than_a_chunk_are_read_to_their_end) {
  const test_support::ScratchFolder folder;
  test_support::put(folder / "a", std::string(1'000'000, 'a'));
  constexpr std::array kSha1 = {DigestAlgorithm::kSha1};
  const auto small = file_digests(folder / "a", kSha1);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->front(), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  test_support::put(folder / "b", std::string(3'000'000, 'b'));
  test_support::put(folder / "c", std::string(2'999'999, 'b') + 'c');
  const auto b = file_digests(folder / "b", kSha1);
  const auto c = file_digests(folder / "c", kSha1);
  ASSERT_TRUE(b && c);
  EXPECT_NE(*b, *c);
}

TEST(FileDigest, a_missing_file_is_named) {
  const auto digests = file_digests("/nowhere/brain.ibd", kAll);
  ASSERT_FALSE(digests);
  EXPECT_NE(digests.error().message().find("brain.ibd"), std::string::npos);
}

TEST(FileDigest, it_stops_on_request) {
  const test_support::ScratchFolder folder;
  test_support::put(folder / "abc", "abc");
  const auto digests = file_digests(folder / "abc", kAll, [] { return true; });
  ASSERT_FALSE(digests);
  EXPECT_EQ(digests.error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace ionloom::imzml
