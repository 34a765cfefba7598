#include "report/ion_images.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <png.h>

#include "sample_annotation.h"
#include "support/full_disk.h"
#include "support/scratch_folder.h"

namespace ionloom::report {
namespace {

using test_support::content_of;
using test_support::ScratchFolder;
using testing::sample_annotation;

struct Png {
  std::size_t width = 0;
  std::size_t height = 0;
  int bit_depth = 0;
  int colour_type = 0;
  std::vector<unsigned> grey;
  std::vector<unsigned> alpha;
  std::map<std::string, std::string> texts;
};

Png read_png(const std::filesystem::path& path) {
  Png image;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_read_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  image.width = png_get_image_width(png, info);
  image.height = png_get_image_height(png, info);
  image.bit_depth = png_get_bit_depth(png, info);
  image.colour_type = png_get_color_type(png, info);
  png_bytepp rows = png_get_rows(png, info);
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      const png_byte* p = rows[y] + x * 4;
      image.grey.push_back(p[0] * 256U + p[1]);
      image.alpha.push_back(p[2] * 256U + p[3]);
    }
  }
  png_textp texts = nullptr;
  int count = 0;
  png_get_text(png, info, &texts, &count);
  for (int i = 0; i < count; ++i) {
    image.texts[texts[i].key] = texts[i].text;
  }
  png_destroy_read_struct(&png, &info, nullptr);
  std::fclose(file);
  return image;
}

constexpr IonImageCaption kNoCaption;

Png written(std::vector<float> pixels, std::size_t width, std::vector<std::uint8_t> mask,
            const IonImageCaption& caption = kNoCaption) {
  ScratchFolder folder;
  const auto result =
      write_ion_image_png(folder / "a.png", {pixels, width, pixels.size() / width}, mask, caption);
  EXPECT_TRUE(result);
  return read_png(folder / "a.png");
}

TEST(IonImagePng, is_scaled_over_the_box_and_floored) {
  // floor(v / 3 x 65535), as numpy's astype(uint16) in png_generator.py
  const Png image = written({0, 1, 2, 3, 0.00001F, 1.5F}, 3, {0, 1, 1, 1, 1, 1});
  EXPECT_EQ(image.width, 3U);
  EXPECT_EQ(image.height, 2U);
  EXPECT_EQ(image.bit_depth, 16);
  EXPECT_EQ(image.colour_type, PNG_COLOR_TYPE_GRAY_ALPHA);
  EXPECT_EQ(image.grey, (std::vector<unsigned>{0, 21845, 43690, 65535, 0, 32767}));
  EXPECT_EQ(image.alpha, (std::vector<unsigned>{0, 65535, 65535, 65535, 65535, 65535}));
}

TEST(IonImagePng, scale_starts_at_the_lowest_value) {
  EXPECT_EQ(written({10, 20}, 2, {1, 1}).grey, (std::vector<unsigned>{0, 65535}));
}

TEST(IonImagePng, constant_image_is_black) {
  EXPECT_EQ(written({7, 7}, 1, {1, 1}).grey, (std::vector<unsigned>{0, 0}));
}

TEST(IonImagePng, keeps_its_range_to_the_last_bit_and_its_caption) {
  const float max = std::nextafter(123456.7F, 1e9F);
  const Png image = written({0.1F, max}, 2, {1, 1}, {"C6H6+", 78.046401, 0.05});
  EXPECT_EQ(std::strtof(image.texts.at("min").c_str(), nullptr), 0.1F);
  EXPECT_EQ(std::strtod(image.texts.at("max").c_str(), nullptr), static_cast<double>(max));
  EXPECT_EQ(image.texts.at("ion"), "C6H6+");
  EXPECT_EQ(std::strtod(image.texts.at("mz").c_str(), nullptr), 78.046401);
  EXPECT_EQ(std::strtod(image.texts.at("fdr").c_str(), nullptr), 0.05);
}

TEST(IonImagePng, equal_images_give_equal_bytes) {
  ScratchFolder folder;
  std::vector<float> pixels(10'000);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<float>((i * 7919) % 1000);
  }
  const std::vector<std::uint8_t> mask(pixels.size(), 1);
  ASSERT_TRUE(write_ion_image_png(folder / "a.png", {pixels, 100, 100}, mask, kNoCaption));
  ASSERT_TRUE(write_ion_image_png(folder / "b.png", {pixels, 100, 100}, mask, kNoCaption));
  EXPECT_EQ(content_of(folder / "a.png"), content_of(folder / "b.png"));
}

TEST(IonImagePng, refuses_a_mask_of_another_size) {
  ScratchFolder folder;
  const std::vector<float> pixels(4);
  const std::vector<std::uint8_t> mask(3);
  EXPECT_FALSE(write_ion_image_png(folder / "a.png", {pixels, 2, 2}, mask, kNoCaption));
  EXPECT_TRUE(folder.names().empty());
}

TEST(IonImagePng, disk_full_is_a_resource_error_and_leaves_nothing) {
  ScratchFolder folder;
  const std::vector<float> pixels(4);
  const std::vector<std::uint8_t> mask(4);
  const test_support::FileSizeLimit limit(20);
  const auto result = write_ion_image_png(folder / "a.png", {pixels, 2, 2}, mask, kNoCaption);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kResource);
  EXPECT_TRUE(folder.names().empty());
}

TEST(IonImageNpy, is_numpys_format_1_0_in_little_endian_floats) {
  ScratchFolder folder;
  const std::vector<float> pixels = {0, 1, 2, 3, 4, 5.5F};
  ASSERT_TRUE(write_ion_image_npy(folder / "a.npy", {pixels, 3, 2}));
  const std::string bytes = content_of(folder / "a.npy");
  // numpy.save of the same array writes exactly this header (numpy 1.26 and 2.4).
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  header.append(128 - 10 - header.size() - 1, ' ');
  header += '\n';
  ASSERT_EQ(bytes.substr(0, 128), std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header);
  ASSERT_EQ(bytes.size(), 128 + 6 * sizeof(float));
  std::vector<float> back(6);
  std::memcpy(back.data(), bytes.data() + 128, 6 * sizeof(float));
  EXPECT_EQ(back, pixels);
}

TEST(MaskNpy, holds_zeros_and_ones) {
  ScratchFolder folder;
  const std::vector<std::uint8_t> mask = {0, 1, 255, 0};
  ASSERT_TRUE(write_mask_npy(folder / "mask.npy", {mask, 2, 2}));
  const std::string bytes = content_of(folder / "mask.npy");
  EXPECT_NE(bytes.find("'descr': '|b1'"), std::string::npos);
  EXPECT_EQ(bytes.substr(128), std::string("\0\1\1\0", 4));
}

Annotation named(std::string formula, std::string adduct, double mz, std::string list = "a") {
  Annotation a;
  a.formula = std::move(formula);
  a.adduct = std::move(adduct);
  a.mz = mz;
  a.list = std::move(list);
  return a;
}

std::vector<std::string> stems_of(const std::vector<Annotation>& rows) {
  const IonImageStems stems{AnnotationRows(rows)};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows.size(); ++i) texts.push_back(stems.of(i, rows[i]));
  return texts;
}

TEST(IonImageNames, are_formula_adduct_mz_and_peak) {
  Annotation a = named("C42H82NO8P", "+K", 798.54098);
  const auto stems = stems_of({a});
  EXPECT_EQ(ion_image_name(stems[0], 0, "png"), "C42H82NO8P_+K_798.5410_0.png");
  a.chem_mod = "+C2H2O";
  a.neutral_loss = "-H2O";
  EXPECT_EQ(stems_of({a})[0], "C42H82NO8P+C2H2O-H2O_+K_798.5410");
}

TEST(IonImageNames, hold_safe_characters_only) {
  const auto stems =
      stems_of({named("../C6H6 (OH)2", "[M]+", 1), named("-C", "+H", 2), named(".C", "+H", 3)});
  EXPECT_EQ(stems[0], "_.._C6H6__OH_2_M+_1.0000");
  EXPECT_EQ(stems[1], "_-C_+H_2.0000");
  EXPECT_EQ(stems[2], "_.C_+H_3.0000");
}

TEST(IonImageNames, that_would_collide_get_their_list_and_then_a_number) {
  const auto stems = stems_of({named("C6H6", "+H", 79, "a b"), named("C6H6", "+H", 79, "c"),
                               named("C6H6", "+H", 79, "c"), named("C7H8", "+H", 93, "c"),
                               named("CO", "+H", 5), named("Co", "+H", 5)});
  EXPECT_EQ(stems, (std::vector<std::string>{"C6H6_+H_79.0000_a_b", "C6H6_+H_79.0000_c",
                                             "C6H6_+H_79.0000_c_2", "C7H8_+H_93.0000",
                                             "CO_+H_5.0000_a", "Co_+H_5.0000_a_2"}));
}

TEST(IonImageNames, are_different_and_short_whatever_the_formulas) {
  std::vector<Annotation> rows;
  for (int i = 0; i < 50; ++i) {
    rows.push_back(named(std::string(300 + i % 3, 'C'), "+H", 100, std::string(i % 5, 'x')));
  }
  const auto stems = stems_of(rows);
  EXPECT_EQ(std::set<std::string>(stems.begin(), stems.end()).size(), rows.size());
  for (const auto& stem : stems) {
    EXPECT_LE(stem.size(), 210U);
  }
}

}  // namespace
}  // namespace ionloom::report
