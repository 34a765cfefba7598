#include "report/scatter_picture.h"

#include <array>
#include <cstdio>

#include <gtest/gtest.h>
#include <png.h>

#include "report/drawing.h"
#include "support/scratch_folder.h"

namespace ionloom::report {
namespace {

using test_support::ScratchFolder;

struct Pixels {
  std::vector<Colour> of;
  std::size_t width = 0;
  std::size_t height = 0;

  [[nodiscard]] std::size_t count(Colour colour) const {
    return static_cast<std::size_t>(std::ranges::count(of, colour));
  }
};

/// The file as libpng reads it.
Pixels read(const std::filesystem::path& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
  image.format = PNG_FORMAT_RGBA;
  Pixels pixels{.of = std::vector<Colour>(std::size_t{image.width} * image.height),
                .width = image.width,
                .height = image.height};
  EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.of.data(), 0, nullptr), 0);
  return pixels;
}

TEST(Drawing, a_box_is_where_it_was_put_and_outside_nothing_happens) {
  const ScratchFolder folder;
  Drawing drawing(20, 10);
  drawing.box(3, 2, 4, 5, kRed);
  drawing.box(18, 8, 100, 100, kBlue);
  drawing.disc(-50, -50, 3, kBlue);
  ASSERT_TRUE(drawing.write_png(folder / "a.png"));
  const Pixels pixels = read(folder / "a.png");
  EXPECT_EQ(pixels.width, 20U);
  EXPECT_EQ(pixels.height, 10U);
  EXPECT_EQ(pixels.count(kRed), 20U);
  EXPECT_EQ(pixels.of[2 * 20 + 3], kRed);
  EXPECT_EQ(pixels.count(kBlue), 4U);
  EXPECT_EQ(pixels.count(kWhite), 200U - 24);
}

TEST(Drawing, words_leave_as_many_dots_as_their_letters_have) {
  const ScratchFolder folder;
  Drawing drawing(60, 20);
  EXPECT_EQ(drawing.text(2, 2, "I1", kBlack, 1), 2 + 2 * 6);  // 9 dots of i, 10 of 1
  ASSERT_TRUE(drawing.write_png(folder / "a.png"));
  EXPECT_EQ(read(folder / "a.png").count(kBlack), 9U + 10U);
}

ScatterPicture sample() {
  return {.title = "plans",
          .x_title = "time, s",
          .y_title = "cost, $",
          .front = {{10, 3}, {20, 2}, {40, 1}},
          .others = {{80, 3, "metaspace"}},
          .chosen = {20, 2, "exact"}};
}

TEST(ScatterPicture, has_every_point) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_scatter_png(folder / "a.png", sample()));
  const Pixels pixels = read(folder / "a.png");
  EXPECT_GT(pixels.count(kBlue), 300U);
  EXPECT_GT(pixels.count(kRed), 150U);
  EXPECT_GT(pixels.count(kDarkGrey), 121U);
}

TEST(ScatterPicture, in_letters_time_goes_right_and_cost_up) {
  const std::string text = scatter_text(sample());
  const auto place = [&](char mark) {
    const std::size_t at = text.find(mark, text.find('\n'));
    const std::size_t line = text.rfind('\n', at);
    return std::pair{std::ranges::count(text.substr(0, at), '\n'), at - line};
  };
  const auto [chosen_row, chosen_column] = place('O');
  const auto [first_row, first_column] = place('*');
  EXPECT_LT(first_row, chosen_row) << text;
  EXPECT_LT(first_column, chosen_column) << text;
  EXPECT_NE(text.find("a metaspace"), std::string::npos) << text;
}

TEST(ScatterPicture, one_point_and_points_of_no_cost_are_drawn) {
  const ScratchFolder folder;
  const ScatterPicture one{.title = "one",
                           .x_title = "x",
                           .y_title = "y",
                           .front = {{5, 0}},
                           .chosen = {5, 0, "chosen"}};
  EXPECT_TRUE(write_scatter_png(folder / "a.png", one));
  EXPECT_NE(scatter_text(one).find('O'), std::string::npos);
}

}  // namespace
}  // namespace ionloom::report
