#include "report/scatter_picture.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "report/drawing.h"

namespace ionloom::report {
namespace {

/// Maps values to [0, 1].
class Axis {
 public:
  Axis(double least, double most, bool is_log) : is_log_(is_log) {
    low_ = at(least);
    high_ = at(most);
    const double margin = std::max((high_ - low_) * 0.06, is_log ? 0.05 : std::abs(high_) * 0.05);
    high_ += margin;
    if (is_log) low_ -= margin;
    if (!(high_ > low_)) high_ = low_ + 1;
  }

  [[nodiscard]] double share(double value) const {
    return std::clamp((at(value) - low_) / (high_ - low_), 0.0, 1.0);
  }

  /// Round values to write beside the axis.
  [[nodiscard]] std::vector<double> ticks() const {
    std::vector<double> values;
    if (is_log_) {
      const int first = static_cast<int>(std::floor(low_));
      for (int power = first; power <= static_cast<int>(std::ceil(high_)); ++power) {
        for (const double digit : {1.0, 2.0, 5.0}) add(values, digit * std::pow(10, power));
      }
      // Far apart enough: powers of ten alone when there are many.
      if (values.size() > 9) {
        std::erase_if(values, [](double value) {
          const double power = std::log10(value);
          return std::abs(power - std::round(power)) > 1e-9;
        });
      }
    } else {
      const double step = std::pow(10, std::floor(std::log10((high_ - low_) / 3)));
      const double wide = (high_ - low_) / step > 12  ? 5 * step
                          : (high_ - low_) / step > 6 ? 2 * step
                                                      : step;
      for (double value = std::ceil(low_ / wide) * wide; value <= high_; value += wide) {
        add(values, value);
      }
    }
    return values;
  }

 private:
  [[nodiscard]] double at(double value) const {
    return is_log_ ? std::log10(std::max(value, 1e-300)) : value;
  }
  void add(std::vector<double>& values, double value) const {
    if (at(value) >= low_ && at(value) <= high_) values.push_back(value);
  }

  bool is_log_;
  double low_ = 0;
  double high_ = 1;
};

struct Axes {
  Axis x;
  Axis y;
};

Axes axes_of(const ScatterPicture& picture) {
  std::vector<ScatterPoint> all = picture.front;
  all.insert(all.end(), picture.others.begin(), picture.others.end());
  all.push_back(picture.chosen);
  const auto [left, right] = std::ranges::minmax(all, {}, &ScatterPoint::x);
  const auto [low, high] = std::ranges::minmax(all, {}, &ScatterPoint::y);
  constexpr double kWide = 20;
  const bool is_log = low.y > 0 && high.y > kWide * low.y;
  return {Axis(left.x, right.x, true), Axis(is_log ? low.y : 0, high.y, is_log)};
}

constexpr int kWidth = 900;
constexpr int kHeight = 560;
constexpr int kLeft = 130;
constexpr int kRight = 30;
constexpr int kTop = 60;
constexpr int kBottom = 80;

/// Places of values in the picture.
struct Frame {
  Axes axes;

  [[nodiscard]] int x(double value) const {
    return kLeft + static_cast<int>(std::lround(axes.x.share(value) * (kWidth - kLeft - kRight)));
  }
  [[nodiscard]] int y(double value) const {
    return kHeight - kBottom -
           static_cast<int>(std::lround(axes.y.share(value) * (kHeight - kTop - kBottom)));
  }
};

void draw_axes(Drawing& drawing, const Frame& frame, const ScatterPicture& picture) {
  for (const double tick : frame.axes.x.ticks()) {
    const int x = frame.x(tick);
    drawing.box(x, kTop, 1, kHeight - kTop - kBottom, kGrey);
    const std::string text = fmt::format("{:.4g}", tick);
    drawing.text(x - Drawing::text_width(text) / 2, kHeight - kBottom + 10, text, kBlack);
  }
  for (const double tick : frame.axes.y.ticks()) {
    const int y = frame.y(tick);
    drawing.box(kLeft, y, kWidth - kLeft - kRight, 1, kGrey);
    const std::string text = fmt::format("{:.4g}", tick);
    drawing.text(kLeft - 12 - Drawing::text_width(text), y - 7, text, kBlack);
  }
  drawing.box(kLeft, kTop, 2, kHeight - kTop - kBottom, kBlack);
  drawing.box(kLeft, kHeight - kBottom, kWidth - kLeft - kRight, 2, kBlack);
  drawing.text(kLeft, 14, picture.title, kBlack);
  drawing.text(kLeft, 38, picture.y_title, kDarkGrey);
  drawing.text(kWidth - kRight - Drawing::text_width(picture.x_title), kHeight - 32,
               picture.x_title, kDarkGrey);
}

/// A label beside its point: to the left where the right has no room.
void draw_label(Drawing& drawing, int x, int y, const std::string& label, Colour colour) {
  const int width = Drawing::text_width(label);
  const bool has_room = x + 14 + width < kWidth;
  drawing.text(has_room ? x + 12 : x - 10 - width, std::max(y - 18, kTop), label, colour);
}

}  // namespace

Result<void> write_scatter_png(const std::filesystem::path& path, const ScatterPicture& picture) {
  const Frame frame{axes_of(picture)};
  Drawing drawing(kWidth, kHeight);
  draw_axes(drawing, frame, picture);
  // What no plan can do is left and below of the steps between the points.
  for (std::size_t i = 1; i < picture.front.size(); ++i) {
    const ScatterPoint& a = picture.front[i - 1];
    const ScatterPoint& b = picture.front[i];
    drawing.line(frame.x(a.x), frame.y(a.y), frame.x(b.x), frame.y(a.y), kBlue);
    drawing.line(frame.x(b.x), frame.y(a.y), frame.x(b.x), frame.y(b.y), kBlue);
  }
  for (const ScatterPoint& point : picture.front) {
    drawing.disc(frame.x(point.x), frame.y(point.y), 4, kBlue);
    if (!point.label.empty()) {
      draw_label(drawing, frame.x(point.x), frame.y(point.y), point.label, kBlue);
    }
  }
  for (const ScatterPoint& point : picture.others) {
    drawing.box(frame.x(point.x) - 5, frame.y(point.y) - 5, 11, 11, kDarkGrey);
    draw_label(drawing, frame.x(point.x), frame.y(point.y), point.label, kDarkGrey);
  }
  const int x = frame.x(picture.chosen.x);
  const int y = frame.y(picture.chosen.y);
  drawing.disc(x, y, 8, kRed);
  draw_label(drawing, x, y, picture.chosen.label, kRed);
  return drawing.write_png(path);
}

std::string scatter_text(const ScatterPicture& picture) {
  constexpr std::size_t kColumns = 62;
  constexpr std::size_t kRows = 16;
  constexpr std::size_t kMargin = 9;
  const Axes axes = axes_of(picture);
  std::vector<std::string> rows(kRows, std::string(kColumns, ' '));
  const auto column_of = [&](double x) {
    return static_cast<std::size_t>(std::lround(axes.x.share(x) * (kColumns - 1)));
  };
  const auto row_of = [&](double y) {
    return static_cast<std::size_t>(std::lround((1 - axes.y.share(y)) * (kRows - 1)));
  };
  const auto put = [&](const ScatterPoint& point, char mark) {
    rows[row_of(point.y)][column_of(point.x)] = mark;
  };
  for (const ScatterPoint& point : picture.front) put(point, '*');
  for (std::size_t i = 0; i < picture.others.size(); ++i) {
    put(picture.others[i], static_cast<char>('a' + i));
  }
  put(picture.chosen, 'O');

  std::vector<std::string> labels(kRows, std::string(kMargin, ' '));
  for (const double tick : axes.y.ticks()) {
    labels[row_of(tick)] = fmt::format("{:>{}}", fmt::format("{:.4g}", tick), kMargin);
  }
  std::string text = fmt::format("{:>{}}  {}\n", "", kMargin - 2, picture.y_title);
  for (std::size_t row = 0; row < kRows; ++row) {
    std::string line = rows[row];
    line.erase(line.find_last_not_of(' ') + 1);
    text += fmt::format("{} |{}\n", labels[row], line);
  }
  std::string scale(kColumns + 8, ' ');
  std::size_t free_from = 0;
  for (const double tick : axes.x.ticks()) {
    const std::string label = fmt::format("{:.4g}", tick);
    const std::size_t at = column_of(tick);
    if (at < free_from || at + label.size() > scale.size()) continue;
    scale.replace(at, label.size(), label);
    free_from = at + label.size() + 2;
  }
  scale.erase(scale.find_last_not_of(' ') + 1);
  text += fmt::format("{:>{}} +{}\n{:>{}}  {}\n", "", kMargin, std::string(kColumns, '-'), "",
                      kMargin, scale);
  text += fmt::format("{:>{}}  {}; * best plans, O {}", "", kMargin, picture.x_title,
                      picture.chosen.label.empty() ? "chosen" : picture.chosen.label);
  for (std::size_t i = 0; i < picture.others.size(); ++i) {
    text += fmt::format(", {} {}", static_cast<char>('a' + i), picture.others[i].label);
  }
  return text + "\n";
}

}  // namespace ionloom::report
