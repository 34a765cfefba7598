#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "imzml/sample_dataset.h"
#include "program.h"

namespace ionloom::app::testing {

using imzml::testing::SamplePixel;
using imzml::testing::SampleText;
using test_support::content_of;
using test_support::put;
using test_support::ScratchFolder;
using Words = std::vector<std::string>;

/// A list with glucose alone, whose [M+Na]+ (m/z 203.0526) a sample of glucose shows.
inline const std::string kGlucoseList = "id\tname\tformula\nG1\tGlucose\tC6H12O6\n";

/// 16 pixels with the first two isotope peaks of glucose's [M+Na]+ (its masses and abundances by
/// hand from the isotope tables: 203.05261 and 204.05597, 6.8 %), in one half of the image.
std::vector<SamplePixel> glucose_pixels();

/// A folder with brain.imzML, brain.ibd and list.tsv, to run in.
class Workplace {
 public:
  explicit Workplace(const SampleText& text, const std::string& list = kGlucoseList);

  const ScratchFolder& folder() const { return folder_; }
  std::string operator/(const std::string& name) const { return (folder_ / name).string(); }

  /// Arguments of `annotate brain.imzML --molecules list.tsv --output out`, then `more`.
  Words annotate(const Words& more = {}) const;

  /// Runs it and expects this error, and that nothing was left behind.
  void expect_refused(int exit_code, const Words& parts, const Words& more = {},
                      const ProgramSettings& settings = {}) const;

 private:
  ScratchFolder folder_;
};

/// A dataset that the program simulated from its demo list: 24 x 16 pixels.
std::filesystem::path simulated(const ScratchFolder& folder);

}  // namespace ionloom::app::testing
