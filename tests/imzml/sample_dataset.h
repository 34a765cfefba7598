#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "imzml/dataset.h"
#include "support/scratch_folder.h"

namespace ionloom::imzml::testing {

using test_support::put;
using test_support::ScratchFolder;

struct SamplePixel {
  int x = 1;
  int y = 1;
  int z = 1;
  std::vector<double> mz;
  std::vector<double> intensity;
};

struct SampleSettings {
  NumberType mz_type = NumberType::kFloat64;
  NumberType intensity_type = NumberType::kFloat32;
  bool zlib = false;
  bool continuous = false;  ///< all pixels share the first one's m/z array
};

/// The two files of a dataset as text, to be changed by a test before they are written.
struct SampleText {
  std::string xml;
  std::string ibd;
};

/// Two pixels: (1, 1) with m/z 100.5, 200.25, 300.125 and intensities 1, 0, 3; (2, 1) with m/z
/// 150.5, 250.75 and intensities 5, 6. All numbers are exact in 32 bits.
std::vector<SamplePixel> two_pixels();

/// A valid imzML with arrays described in groups, correct UUID and SHA-1, one element a line.
SampleText sample(const std::vector<SamplePixel>& pixels = two_pixels(),
                  const SampleSettings& settings = {});

/// Replaces every occurrence; fails the test when there is none.
void swap_text(std::string& text, const std::string& from, const std::string& to);

/// Replaces the nth occurrence (from 1); fails the test when there are fewer.
void swap_nth(std::string& text, int n, const std::string& from, const std::string& to);

/// Writes brain.imzML and brain.ibd. @return the path of the imzML
std::filesystem::path written(const ScratchFolder& folder, const SampleText& text);

/// Fails the test unless the message holds all `parts`.
void expect_parts(const std::string& message, const std::vector<std::string>& parts);

/// Fails the test unless exactly one warning holds all `parts`. @return its count
std::uint64_t warned(const Warnings& warnings, const std::vector<std::string>& parts);

/// Opens the dataset that `text` describes and expects it to be refused with these words.
void expect_refused(const SampleText& text, const std::vector<std::string>& parts,
                    const OpenOptions& options = {});

/// Opens the dataset and all spectra; the test fails when that fails.
struct ReadDataset {
  Dataset dataset;
  std::vector<std::vector<double>> mz;
  std::vector<std::vector<float>> intensity;
};
ReadDataset read_all(const std::filesystem::path& path);
ReadDataset read_all(const SampleText& text);

}  // namespace ionloom::imzml::testing
