#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace ionloom::report {

/// A colour as its four bytes lie in a PNG file: red the lowest, alpha the highest.
using Colour = std::uint32_t;

inline constexpr Colour kWhite = 0xFFFFFFFF;
inline constexpr Colour kBlack = 0xFF202020;
inline constexpr Colour kGrey = 0xFFD0D0D0;
inline constexpr Colour kDarkGrey = 0xFF707070;
inline constexpr Colour kBlue = 0xFFB06020;
inline constexpr Colour kRed = 0xFF3030D0;

/// A small drawing of lines, dots and words. Pixels count from the left and from above; what lies
/// outside is not drawn.
class Drawing {
 public:
  Drawing(std::uint32_t width, std::uint32_t height);

  void box(int x, int y, int width, int height, Colour colour);
  void disc(int x, int y, int radius, Colour colour);
  void line(int x0, int y0, int x1, int y1, Colour colour);
  /// Letters (small ones whatever was asked for), digits and signs, 5 x 7 dots each of `scale`
  /// pixels; others are left blank. (x, y) is the upper left corner.
  /// @return where the next word goes
  int text(int x, int y, std::string_view words, Colour colour, int scale = 2);
  [[nodiscard]] static int text_width(std::string_view words, int scale = 2);

  /// Fails as files::write_file().
  [[nodiscard]] Result<void> write_png(const std::filesystem::path& path) const;

 private:
  void dot(int x, int y, Colour colour);

  std::uint32_t width_;
  std::uint32_t height_;
  std::vector<std::uint32_t> pixels_;
};

}  // namespace ionloom::report
