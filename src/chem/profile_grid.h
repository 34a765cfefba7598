#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chem/fine_structure.h"
#include "chem/instrument.h"

namespace ionloom::chem {

/// What the instrument makes of a fine structure: Gaussian peaks whose width follows m/z.
struct PeakShape {
  AnalysisVersion version = AnalysisVersion::kV3;
  Analyzer analyzer = Analyzer::kOrbitrap;
  double sigma_mz = 0;  ///< at m/z 200
};

/// Grid points per FWHM.
inline constexpr int kPointsPerFwhm = 25;
/// A centroid is taken over this many points at most.
inline constexpr std::size_t kWindow = 15;
inline constexpr std::size_t kCentre = kWindow / 2;

/// Points of the grid that were asked for, in columns. A point's sigma is that of one peak in reach
/// (the same for all peaks that add to the point); at points out of every peak's reach the profile
/// is 0, and `reach_mz` is negative.
struct GridPoints {
  std::vector<double> mz;
  std::vector<double> sigma_mz;
  std::vector<double> reach_mz;

  [[nodiscard]] std::size_t size() const { return mz.size(); }
  void clear();
  void reserve(std::size_t count);
  /// REQUIRES: count <= size()
  void keep_first(std::size_t count);
  void keep_last(std::size_t count);
  void push(double point_mz, double point_sigma_mz, double point_reach_mz);
};

/// The grid on which the reference evaluates the profile of a fine structure, from left to right:
/// each point lies a step (a part of the FWHM at the peak whose sigma counts) after the last, so
/// that its place depends on all before it, down to their rounding. Between two events (a peak
/// comes into reach or leaves it) rounding makes every step the same number, which is why the walk
/// can cross thousands of points in one move and arrive at the very m/z.
class GridWalk {
 public:
  /// @param fine  at least two peaks in ascending m/z; must outlive the walk
  /// @param width_sigmas  reach of a peak
  GridWalk(std::span<const PatternPeak> fine, const PeakShape& shape, double width_sigmas);

  /// Sigma of a peak at this m/z; grows with m/z.
  [[nodiscard]] double sigma_at(double mz) const;

  /// True when the reference would give up: more points than it allows.
  [[nodiscard]] bool gives_up() const;

  /// Walks on to the first point after `mz`.
  void pass(double mz);

  /// Position of the peak whose sigma counts at the point reached.
  [[nodiscard]] std::size_t current_peak() const { return current_; }

  /// Walks on to the first point from `from_mz` on and appends it, unless the grid has ended. Must
  /// be behind what was kept before.
  void enter(double from_mz, GridPoints& points);

  /// Walks on, appending points to `to_mz` and one more, as far as the grid goes.
  /// @param most  points that there may be in all; with the one more one beyond
  /// @return whether there were too many: call again when points have gone
  bool keep(double to_mz, std::size_t most, GridPoints& points);

 private:
  void push(GridPoints& points) const;
  [[nodiscard]] double reach_mz() const { return width_sigmas_ * sigma_; }
  /// m/z of a point of the first window.
  [[nodiscard]] double window_mz(std::int64_t step) const;
  void pass_first_window(double mz);
  void step();
  void visit(double mz);
  /// Points ahead, up to `to_mz`, that follow each other by the same move.
  struct EqualSteps {
    std::int64_t count = 0;
    double move_mz = 0;
  };
  [[nodiscard]] EqualSteps equal_steps(double to_mz) const;

  std::span<const PatternPeak> fine_;
  PeakShape shape_;
  double width_sigmas_;
  double base_resolving_power_;
  double first_mz_;         ///< m/z of point kCentre
  double sigma_;            ///< of peak current_
  double step_;             ///< to the next point
  double mz_ = 0;           ///< of the last point
  std::int64_t steps_ = 0;  ///< points so far
  std::size_t current_ = 0;
  bool empty_ = false;  ///< no peak is in reach of the last point
  bool ended_ = false;
};

}  // namespace ionloom::chem
