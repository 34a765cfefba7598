#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace ionloom::report {

/// A point of a picture, with what is written beside it.
struct ScatterPoint {
  double x = 0;  ///< > 0
  double y = 0;  ///< >= 0
  std::string label = {};
};

/// Choices between two things that are both better when they are small.
struct ScatterPicture {
  std::string title;
  std::string x_title;
  std::string y_title;
  std::vector<ScatterPoint> front{};   ///< joined by a line
  std::vector<ScatterPoint> others{};  ///< for comparison
  ScatterPoint chosen{};
};

/// Draws it with a logarithmic x axis, and a y axis from 0 on; a logarithmic one when its points
/// span more than a factor of 20 and none is 0. Fails as files::write_file().
[[nodiscard]] Result<void> write_scatter_png(const std::filesystem::path& path,
                                             const ScatterPicture& picture);

/// The same in 20 lines of 72 characters: "*" the front, "O" what was chosen, letters the others.
[[nodiscard]] std::string scatter_text(const ScatterPicture& picture);

}  // namespace ionloom::report
