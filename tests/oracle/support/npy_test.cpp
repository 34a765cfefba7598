#include "oracle/support/npy.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace ionloom::oracle {
namespace {

/// The content of a .npy file of version 1.
std::vector<std::byte> npy(std::string_view header, std::string_view elements) {
  std::string text = "\x93NUMPY";
  text += '\x01';
  text += '\x00';
  text += static_cast<char>(header.size());
  text += '\x00';
  text += header;
  text += elements;
  std::vector<std::byte> bytes(text.size());
  std::ranges::copy(std::as_bytes(std::span(text)), bytes.begin());
  return bytes;
}

// numpy.save of numpy.array([[1, -2, 3]], "<i4"), its padding left out.
const std::string_view kThreeIntegers("\x01\0\0\0\xfe\xff\xff\xff\x03\0\0\0", 12);

TEST(Npy, has_shape_type_and_elements) {
  const NpyArray array = parse_npy(
      npy("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 3), }\n", kThreeIntegers), "x");
  EXPECT_EQ(array.shape, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(array.type, "<i4");
  EXPECT_EQ(array.values<std::int32_t>(), (std::vector<std::int32_t>{1, -2, 3}));
}

TEST(Npy, of_one_dimension_of_none_and_of_no_element) {
  const std::string start = "{'descr': '|b1', 'fortran_order': False, 'shape': ";
  const NpyArray row = parse_npy(npy(start + "(2,), }", std::string_view("\1\0", 2)), "x");
  EXPECT_EQ(row.values<bool>(), (std::vector<bool>{true, false}));
  EXPECT_EQ(parse_npy(npy(start + "(), }", "\1"), "x").size(), 1U);
  EXPECT_EQ(parse_npy(npy(start + "(0, 4), }", ""), "x").size(), 0U);
}

TEST(Npy, is_not_converted_to_another_type) {
  const NpyArray array = parse_npy(
      npy("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }", kThreeIntegers), "x");
  EXPECT_THROW((void)array.values<float>(), std::runtime_error);
}

TEST(Npy, that_is_damaged_or_not_of_our_kind_throws) {
  for (const std::string_view header : {
           "{'descr': '<i4', 'fortran_order': True, 'shape': (3,), }",
           "{'descr': '>i4', 'fortran_order': False, 'shape': (3,), }",
           "{'descr': '<i4', 'fortran_order': False, 'shape': (4,), }",
           "{'descr': '<i4', 'fortran_order': False, 'shape': (x,), }",
           "{'descr': '<i4', 'fortran_order': False, }",
       }) {
    EXPECT_THROW((void)parse_npy(npy(header, kThreeIntegers), "x"), std::runtime_error) << header;
  }
  EXPECT_THROW((void)parse_npy({}, "x"), std::runtime_error);
}

}  // namespace
}  // namespace ionloom::oracle
