#include <filesystem>

#include <gtest/gtest.h>

#include "imzml/dataset.h"
#include "imzml/find_ibd.h"
#include "imzml/ibd_check.h"
#include "sample_dataset.h"

namespace ionloom::imzml {
namespace {

using testing::expect_parts;
using testing::expect_refused;
using testing::put;
using testing::read_all;
using testing::sample;
using testing::SampleText;
using testing::ScratchFolder;
using testing::swap_nth;
using testing::swap_text;
using testing::warned;

constexpr OpenOptions kStrict = {.strict = true};

TEST(FindIbd, extensions_may_have_any_case) {
  for (const char* imzml : {"brain.imzML", "brain.imzml", "brain.IMZML"}) {
    for (const char* ibd : {"brain.ibd", "brain.IBD", "brain.Ibd"}) {
      const ScratchFolder folder;
      put(folder / imzml, sample().xml);
      put(folder / ibd, sample().ibd);
      const auto dataset = open_dataset(folder / imzml);
      ASSERT_TRUE(dataset) << dataset.error().message();
      EXPECT_EQ(dataset->ibd_path, folder / ibd);
    }
  }
}

TEST(FindIbd, the_stem_in_another_case_is_the_last_choice) {
  const ScratchFolder folder;
  put(folder / "Brain.ibd", "");
  EXPECT_EQ(find_ibd(folder / "brain.imzML").value(), folder / "Brain.ibd");
  put(folder / "brain.IBD", "");
  EXPECT_EQ(find_ibd(folder / "brain.imzML").value(), folder / "brain.IBD");
}

TEST(FindIbd, a_missing_ibd_is_named_with_those_that_are_there) {
  const ScratchFolder folder;
  auto found = find_ibd(folder / "brain.imzML");
  ASSERT_FALSE(found);
  expect_parts(found.error().message(),
               {"brain.imzML: no brain.ibd beside it", "any case", "into one folder"});
  put(folder / "liver.ibd", "");
  found = find_ibd(folder / "brain.imzML");
  ASSERT_FALSE(found);
  expect_parts(found.error().message(), {"no brain.ibd", "the folder holds liver.ibd"});
}

TEST(OpenDataset, a_truncated_ibd_says_how_many_spectra_are_affected_and_the_first) {
  SampleText text = sample();
  const std::string whole = std::to_string(text.ibd.size());
  text.ibd.resize(text.ibd.size() / 2);
  // 16 bytes of UUID, 3 f64 and 3 f32 for spectrum 1, 2 f64 and 2 f32 for spectrum 2: 76 in all.
  ASSERT_EQ(text.ibd.size(), 38U);
  expect_refused(
      text, {"brain.ibd: has 38 bytes", "2 of 2 spectra need more", "spectrum 1 (x 1, y 1; line",
             "m/z array takes 24 bytes from byte 16", "truncated", "copy it again"});
}

TEST(OpenDataset, one_missing_byte_is_noticed) {
  SampleText text = sample();
  text.ibd.pop_back();
  expect_refused(text, {"has 75 bytes", "1 of 2 spectra", "spectrum 2 (x 2, y 1;",
                        "intensity array takes 8 bytes from byte 68"});
}

TEST(OpenDataset, an_empty_ibd_is_refused) {
  SampleText text = sample();
  text.ibd.clear();
  expect_refused(text, {"has 0 bytes", "2 of 2 spectra"});
}

TEST(OpenDataset, offsets_outside_the_file_are_refused_however_large) {
  for (const char* offset : {"77", "5000000000", "9223372036854775807"}) {
    SampleText text = sample();
    swap_nth(text.xml, 1, "name=\"external offset\" value=\"52\"",
             std::string("name=\"external offset\" value=\"") + offset + "\"");
    expect_refused(text, {"brain.ibd: has 76 bytes", "1 of 2 spectra", "spectrum 2",
                          std::string("from byte ") + offset});
  }
}

TEST(OpenDataset, a_first_offset_below_zero_is_refused) {
  SampleText text = sample();
  swap_nth(text.xml, 1, "name=\"external offset\" value=\"16\"",
           "name=\"external offset\" value=\"-16\"");
  expect_refused(
      text, {"brain.imzML, line", "spectrum 1 (x 1, y 1)", "offset is -16", "expected 0 or more"});
}

TEST(OpenDataset, lengths_that_overflow_are_refused) {
  for (const char* length : {"4611686018427387904", "9223372036854775807"}) {
    SampleText text = sample();
    swap_text(text.xml, "name=\"external array length\" value=\"3\"",
              std::string("name=\"external array length\" value=\"") + length + "\"");
    expect_refused(text, {"brain.imzML, line", "spectrum 1 (x 1, y 1)", length, "damaged"});
  }
}

TEST(OpenDataset, offsets_beyond_4_gib_are_read) {
  constexpr std::uint64_t kFar = (std::uint64_t{1} << 32) + 100;
  SampleText text = sample();
  const std::string mz = text.ibd.substr(52, 16);
  swap_nth(text.xml, 1, "name=\"external offset\" value=\"52\"",
           "name=\"external offset\" value=\"" + std::to_string(kFar) + "\"");
  const ScratchFolder folder;
  const auto path = testing::written(folder, text);
  std::filesystem::resize_file(folder / "brain.ibd", kFar);  // sparse: takes no disk
  std::ofstream(folder / "brain.ibd", std::ios::binary | std::ios::app) << mz;
  const auto read = read_all(path);
  ASSERT_EQ(read.mz.size(), 2U);
  EXPECT_EQ(read.mz[1], (std::vector<double>{150.5, 250.75}));
}

TEST(OpenDataset, empty_spectra_are_fine_wherever_they_point) {
  SampleText text = sample({{.x = 1, .y = 1, .z = 1, .mz = {}, .intensity = {}},
                            {.x = 2, .y = 1, .z = 1, .mz = {100}, .intensity = {1}}});
  swap_nth(text.xml, 1, "name=\"external offset\" value=\"16\"",
           "name=\"external offset\" value=\"99999\"");
  const auto read = read_all(text);
  ASSERT_EQ(read.mz.size(), 2U);
  EXPECT_TRUE(read.mz[0].empty());
  EXPECT_EQ(read.mz[1].size(), 1U);
}

TEST(OpenDataset, pixels_with_two_spectra_are_counted) {
  auto pixels = testing::two_pixels();
  pixels.push_back(pixels[0]);
  pixels.push_back(pixels[0]);
  pixels.back().z = 2;
  const auto read = read_all(sample(pixels));
  EXPECT_EQ(read.mz.size(), 4U);
  EXPECT_EQ(warned(read.dataset.warnings, {"spectrum 3 (x 1, y 1)", "has one already"}), 2U);
  EXPECT_EQ(warned(read.dataset.warnings, {"2 z planes"}), 1U);
}

TEST(OpenDataset, positions_at_zero_are_accepted_with_a_warning) {
  auto pixels = testing::two_pixels();
  pixels[0].x = 0;
  EXPECT_EQ(warned(read_all(sample(pixels)).dataset.warnings, {"spectrum 1 (x 0, y 1)", "from 1"}),
            1U);
}

TEST(OpenDataset, an_image_that_nothing_could_hold_is_refused) {
  auto pixels = testing::two_pixels();
  pixels[0].y = 2'000'000'000;
  pixels[1].x = 3;
  expect_refused(sample(pixels), {"brain.imzML", "3 x 2000000000 pixels", "at most 2147483648",
                                  "spectrum 1 (x 1, y 2000000000", "damaged"});
}

TEST(OpenDataset, another_uuid_is_a_warning_and_refused_when_strict) {
  SampleText text = sample();
  text.ibd[0] = 'x';
  EXPECT_EQ(warned(read_all(text).dataset.warnings,
                   {"brain.ibd", "its UUID is 78313233", "the imzML states 30313233"}),
            1U);
  expect_refused(text, {"brain.ibd", "its UUID is 78313233", "--strict"}, kStrict);
}

TEST(OpenDataset, a_uuid_that_is_absent_or_all_zero_is_a_warning_and_refused_when_strict) {
  SampleText zero = sample();
  swap_text(zero.xml, "{30313233-3435-3637-3839-616263646566}",
            "{00000000-0000-0000-0000-000000000000}");
  EXPECT_EQ(warned(read_all(zero).dataset.warnings, {"all-zero UUID"}), 1U);
  expect_refused(zero, {"all-zero UUID", "--strict"}, kStrict);
  SampleText absent = sample();
  swap_text(absent.xml, "IMS:1000080", "IMS:1999999");
  EXPECT_EQ(warned(read_all(absent).dataset.warnings, {"states no UUID"}), 1U);
  expect_refused(absent, {"states no UUID", "--strict"}, kStrict);
}

TEST(OpenDataset, a_checksum_that_is_absent_or_all_zero_is_a_warning_and_refused_when_strict) {
  SampleText zero = sample();
  const std::size_t at = zero.xml.find("name=\"ibd SHA-1\" value=\"") + 24;
  zero.xml.replace(at, 40, std::string(40, '0'));
  EXPECT_EQ(warned(read_all(zero).dataset.warnings, {"brain.imzML", "unusable SHA-1"}), 1U);
  expect_refused(zero, {"brain.imzML", "unusable SHA-1", "--strict"}, kStrict);
  SampleText absent = sample();
  swap_text(absent.xml, "IMS:1000091", "IMS:1999999");
  EXPECT_EQ(warned(read_all(absent).dataset.warnings, {"states no checksum"}), 1U);
  expect_refused(absent, {"states no checksum", "--strict"}, kStrict);
}

TEST(OpenDataset, a_wrong_checksum_is_noticed_when_strict_or_asked_for) {
  SampleText text = sample();
  text.ibd[20] = static_cast<char>(text.ibd[20] ^ 1);
  EXPECT_TRUE(read_all(text).dataset.warnings.empty());
  expect_refused(text, {"brain.ibd", "its SHA-1 is", "the imzML states", "--strict"}, kStrict);

  const ScratchFolder folder;
  auto dataset = open_dataset(testing::written(folder, text));
  ASSERT_TRUE(dataset);
  EXPECT_EQ(verify_checksum(*dataset, false).value(), Agreement::kDiffers);
  EXPECT_EQ(warned(dataset->warnings, {"brain.ibd", "its SHA-1 is"}), 1U);
}

TEST(OpenDataset, a_right_uuid_and_checksum_pass_when_strict) {
  const ScratchFolder folder;
  auto dataset = open_dataset(testing::written(folder, sample()), kStrict);
  ASSERT_TRUE(dataset) << dataset.error().message();
  EXPECT_TRUE(dataset->warnings.empty());
  EXPECT_EQ(verify_checksum(*dataset, true).value(), Agreement::kAgrees);
  EXPECT_EQ(compare_uuid(*dataset), Agreement::kAgrees);
}

TEST(OpenDataset, what_is_no_imzml_is_named) {
  const ScratchFolder folder;
  const auto expect = [&](const std::string& name, const std::vector<std::string>& parts) {
    const auto dataset = open_dataset(folder / name);
    ASSERT_FALSE(dataset) << name;
    expect_parts(dataset.error().message(), parts);
  };
  put(folder / "brain.ibd", sample().ibd);
  for (const char* name : {"a.hdr", "a.IMG", "a.t2m"}) put(folder / name, "x");
  put(folder / "packed.imzML", std::string("PK\x03\x04", 4) + "rest");
  put(folder / "packed.imzML.gz", "\x1f\x8b rest");
  put(folder / "noise.imzML", std::string("\x07\xE2\x00\x91 noise", 11));
  put(folder / "text.imzML", "m/z,intensity\n100,1\n");
  put(folder / "page.imzML", "<html><body>Sign in</body></html>");
  put(folder / "empty.imzML", "");
  std::filesystem::create_directory(folder / "folder.imzML");

  expect("missing.imzML", {"missing.imzML", "no such file"});
  expect("folder.imzML", {"folder.imzML", "this is a folder"});
  expect("brain.ibd", {"brain.ibd", "give the .imzML"});
  for (const char* name : {"a.hdr", "a.IMG", "a.t2m"}) expect(name, {name, "Analyze 7.5", "imzML"});
  expect("packed.imzML", {"packed.imzML", "compressed archive", "unpack"});
  expect("packed.imzML.gz", {"compressed archive"});
  expect("noise.imzML", {"noise.imzML", "not imzML", "no XML"});
  expect("text.imzML", {"text.imzML", "not imzML", "no XML"});
  expect("page.imzML", {"page.imzML", "not imzML", "<html>"});
  expect("empty.imzML", {"empty.imzML", "empty"});
}

}  // namespace
}  // namespace ionloom::imzml
