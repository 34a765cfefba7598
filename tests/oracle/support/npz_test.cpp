#include "oracle/support/npz.h"

#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "oracle/support/shared_folder.h"

namespace ionloom::oracle {
namespace {

// numpy 2.4.6: savez(file, mz=array([[1.5, 2.5]]), pixel=array([7, 9], "<u4"))
constexpr std::string_view kStored =
    "504b03042d000000000000002100519e65f7ffffffffffffffff060014006d7a2e6e70790100100090000000"
    "000000009000000000000000934e554d5059010076007b276465736372273a20273c6638272c2027666f7274"
    "72616e5f6f72646572273a2046616c73652c20277368617065273a2028312c2032292c207d20202020202020"
    "2020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "202020202020200a000000000000f83f0000000000000440504b03042d0000000000000021002a24c4d4ffff"
    "ffffffffffff09001400706978656c2e6e70790100100088000000000000008800000000000000934e554d50"
    "59010076007b276465736372273a20273c7534272c2027666f727472616e5f6f72646572273a2046616c7365"
    "2c20277368617065273a2028322c292c207d2020202020202020202020202020202020202020202020202020"
    "202020202020202020202020202020202020202020202020202020202020202020200a070000000900000050"
    "4b01022d032d000000000000002100519e65f790000000900000000600000000000000000000008001000000"
    "006d7a2e6e7079504b01022d032d0000000000000021002a24c4d48800000088000000090000000000000000"
    "0000008001c8000000706978656c2e6e7079504b050600000000020002006b0000008b0100000000";

// The same two arrays from savez_compressed.
constexpr std::string_view kDeflated =
    "504b03042d000000080000002100519e65f7ffffffffffffffff060014006d7a2e6e70790100100090000000"
    "000000004e000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a1aea3a09e965f54"
    "529498179f5f94920a12774bcc294e058a17672416a402f91a863a0a469a3a0ab50a64032e0630f8610fa159"
    "1c00504b03042d0000000800000021002a24c4d4ffffffffffffffff09001400706978656c2e6e7079010010"
    "0088000000000000004b000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e536aa2aea3"
    "a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a9a3a0ab50a14002e76060606"
    "4e200600504b01022d032d000000080000002100519e65f74e00000090000000060000000000000000000000"
    "8001000000006d7a2e6e7079504b01022d032d0000000800000021002a24c4d44b0000008800000009000000"
    "0000000000000000800186000000706978656c2e6e7079504b050600000000020002006b0000000c01000000"
    "00";

class Npz : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir();
    path_ /= std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".npz";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(std::string_view hex) {
    std::ofstream file(path_, std::ios::binary);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      file.put(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    }
  }

  std::filesystem::path path_;
};

void expect_both_arrays(const std::map<std::string, NpyArray>& arrays) {
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("mz").shape, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(arrays.at("mz").values<double>(), (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(arrays.at("pixel").values<std::uint32_t>(), (std::vector<std::uint32_t>{7, 9}));
}

TEST_F(Npz, that_is_stored_gives_its_arrays_by_name) {
  write(kStored);
  expect_both_arrays(read_npz(path_));
}

TEST_F(Npz, that_is_deflated_gives_the_same_arrays) {
  write(kDeflated);
  expect_both_arrays(read_npz(path_));
}

TEST_F(Npz, that_is_absent_empty_or_cut_short_throws) {
  EXPECT_THROW((void)read_npz(path_), std::runtime_error);
  for (std::size_t length = 0; length < kDeflated.size(); length += 2) {
    write(kDeflated.substr(0, length));
    EXPECT_THROW((void)read_npz(path_), std::runtime_error) << length / 2 << " bytes";
  }
}

TEST_F(Npz, with_one_changed_byte_of_an_element_throws) {
  std::string hex(kStored);
  const std::size_t at = hex.find("000000000000f83f");  // 1.5
  ASSERT_NE(at, std::string::npos);
  hex[at] = '1';
  write(hex);
  EXPECT_THROW((void)read_npz(path_), std::runtime_error);
}

// Number of arrays and the first of them, as numpy.load gives them.
TEST_F(Npz, reads_the_reference_images) {
  const auto file = shared_path("oracle/units/metrics_images.npz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const auto arrays = read_npz(*file);
  EXPECT_EQ(arrays.size(), 1344U);
  EXPECT_EQ(arrays.at("2_0_pix").type, "<u4");
  EXPECT_EQ(arrays.at("2_0_pix").shape, std::vector<std::size_t>{1});
  EXPECT_EQ(arrays.at("2_0_int").values<float>().size(), 1U);
}

TEST_F(Npz, reads_a_reference_ion_image) {
  const auto file = shared_path("oracle/edge/v3/ion_images.npz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const auto arrays = read_npz(*file);
  EXPECT_EQ(arrays.size(), 24U);
  EXPECT_EQ(arrays.at("C63H106O6Na_0").shape, (std::vector<std::size_t>{31, 27}));
}

}  // namespace
}  // namespace ionloom::oracle
