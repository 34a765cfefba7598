#include <thread>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;

TEST(WrongUse, a_misspelt_option_is_answered_with_the_nearest) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(2, {"--aducts", "--adducts"}, {"--aducts", "+H"});
  place.expect_refused(2, {"--decoy", "--decoys"}, {"--decoy=20"});
}

TEST(WrongUse, a_misspelt_command_is_answered_with_the_nearest) {
  expect_error(run({"anotate"}), 2, {"anotate", "annotate"});
  expect_error(run({}), 2, {"annotate", "info", "simulate", "geds"});
  expect_error(run({"geds"}), 2, {"serve-metadata", "node", "put"});
}

TEST(WrongUse, a_misspelt_choice_is_answered_with_all) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(2, {"--analyzer", "orbitrapp", "orbitrap", "fticr", "tof"},
                       {"--analyzer", "orbitrapp"});
}

TEST(WrongUse, what_is_required_is_named) {
  const Workplace place(sample(glucose_pixels()));
  expect_error(run({"annotate", place / "brain.imzML", "--output", place / "out"}), 2,
               {"--molecules"});
  expect_error(run({"annotate", place / "brain.imzML", "-m", place / "list.tsv"}), 2, {"--output"});
}

TEST(WrongUse, values_out_of_range_are_named_with_the_range) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(2, {"--isotope-peaks", "17", "2", "16"}, {"--isotope-peaks", "17"});
  place.expect_refused(2, {"--decoys", "0", "1", "80"}, {"--decoys", "0"});
  place.expect_refused(2, {"--fdr", "1.5"}, {"--fdr", "1.5"});
  place.expect_refused(2, {"--ppm", "-3"}, {"--ppm", "-3"});
  place.expect_refused(2, {"--ppm", "three", "number"}, {"--ppm", "three"});
  place.expect_refused(2, {"--threads", "1.5", "whole number"}, {"--threads", "1.5"});
  place.expect_refused(2, {"--min-px", "-1", "not fit"}, {"--min-px", "-1"});
}

TEST(WrongUse, numbers_out_of_range_are_refused_before_anything_is_read) {
  const Workplace place(sample(glucose_pixels()));
  std::filesystem::remove(place / "brain.imzML");
  place.expect_refused(2, {"--decoys"}, {"--decoys", "81"});
}

TEST(WrongUse, what_is_no_size_of_memory_is_refused) {
  const Workplace place(sample(glucose_pixels()));
  for (const char* size : {"abc", "-5", "1.5X", "18446744073709551616", "G", "nan"}) {
    place.expect_refused(2, {"--memory", "not a size", "800M"}, {fmt::format("--memory={}", size)});
  }
  // Read as 10^6 and 1.5 x 2^20 bytes, of which both are too few.
  place.expect_refused(3, {"only 1 MB may be used"}, {"--memory", "1M"});
  place.expect_refused(3, {"only 2 MB may be used"}, {"--memory", "1.5 MiB"});
}

TEST(WrongUse, unknown_adducts_are_named) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(2, {"+Qq"}, {"--adducts", "+H,+Qq"});
  place.expect_refused(2, {"[M]-", "in positive mode"}, {"--adducts", "[M]-"});
  place.expect_refused(2, {"-Zz"}, {"--neutral-losses", "-Zz"});
}

TEST(WrongUse, an_empty_value_does_not_swallow_the_next_option) {
  const Workplace place(sample(glucose_pixels()));
  place.expect_refused(2, {"--adducts", "empty"}, {"--adducts", "", "--images", "none"});
  place.expect_refused(2, {"--chem-mods", "empty"}, {"--chem-mods=", "--images", "none"});
  place.expect_refused(2, {"--adducts needs a value", "--images"},
                       {"--adducts", "--images", "none"});
  place.expect_refused(2, {"--ppm needs a value", "--force"}, {"--ppm", "--force"});
  place.expect_refused(2, {"--adducts needs a value, but nothing follows it"}, {"--adducts"});
  place.expect_refused(2, {"--ppm needs a value, but nothing follows it"}, {"--ppm"});
}

TEST(WrongUse, an_output_folder_with_content_is_refused_and_kept) {
  const Workplace place(sample(glucose_pixels()));
  std::filesystem::create_directory(place / "out");
  put(place / "out/notes.txt", "mine");
  place.expect_refused(2, {place / "out", "notes.txt", "--force"});
  place.expect_refused(2, {place / "out", "notes.txt"}, {"--force"});
  EXPECT_EQ(content_of(place / "out/notes.txt"), "mine");
}

TEST(WrongUse, results_are_replaced_with_force_only) {
  const Workplace place(sample(glucose_pixels()));
  ASSERT_EQ(run(place.annotate()).exit_code, 0);
  const std::string first = content_of(place / "out/annotations.csv");
  place.expect_refused(2, {place / "out", "--force"});
  EXPECT_EQ(run(place.annotate({"--force"})).exit_code, 0);
  EXPECT_EQ(content_of(place / "out/annotations.csv"), first);
}

TEST(Use, values_may_begin_with_a_minus) {
  const Workplace place(sample(glucose_pixels()));
  const Finished done = run(place.annotate({"--polarity", "negative", "--adducts", "-H,+Cl",
                                            "--neutral-losses", "-H2O", "--chem-mods", "-O+S"}));
  // None of these ions lies in the sample; the words were understood.
  EXPECT_NE(done.out.find("adducts -H +Cl, losses -H2O, modifications -O+S"), std::string::npos)
      << done.out << done.err;
}

TEST(Use, one_of_a_kind_is_not_called_several) {
  const Workplace place(sample({glucose_pixels().front()}));
  const Finished done = run(place.annotate({"--decoys", "1", "--threads", "1"}));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("1 pixel (1 x 1), 1 spectrum, 3 peaks\n"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("1 molecule, 1 formula, targeted"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("1 decoy each\n"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find(", 1 thread\n"), std::string::npos) << done.out;
}

TEST(Use, a_list_may_be_a_pipe_and_is_recorded_as_the_file_it_came_from) {
  const Workplace place(sample(glucose_pixels()));
  const auto list_in = [&](const std::string& path) {
    const Finished done =
        run({"annotate", place / "brain.imzML", "-m", path, "-o", place / "out", "--force"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return nlohmann::json::parse(content_of(place / "out/run.json"))["inputs"][2];
  };
  const nlohmann::json file = list_in(place / "list.tsv");
  EXPECT_EQ(file["size_bytes"], kGlucoseList.size());
  const std::string pipe = place / "pipe.tsv";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::jthread writer([&] { put(pipe, kGlucoseList); });
  const nlohmann::json piped = list_in(pipe);
  EXPECT_EQ(piped["path"], pipe);
  EXPECT_EQ(piped["size_bytes"], file["size_bytes"]);
  EXPECT_EQ(piped["checksum"], file["checksum"]);
}

TEST(Use, three_ways_to_write_an_adduct_mean_the_same) {
  const Workplace place(sample(glucose_pixels()));
  std::string first;
  for (const char* adduct : {"+Na", "M+Na", "[M+Na]+"}) {
    ASSERT_EQ(run(place.annotate({"--adducts", adduct, "--force"})).exit_code, 0) << adduct;
    const std::string csv = content_of(place / "out/annotations.csv");
    EXPECT_NE(csv.find("\"M+Na\""), std::string::npos) << csv;
    if (first.empty()) first = csv;
    EXPECT_EQ(csv, first) << adduct;
  }
}

TEST(Use, the_help_of_every_command_tells_all_options_with_defaults) {
  const Finished top = run({"--help"});
  EXPECT_EQ(top.exit_code, 0);
  for (const char* command : {"annotate", "info", "simulate"}) {
    EXPECT_NE(top.out.find(command), std::string::npos) << command;
    const Finished help = run({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
  }
  const std::string help = run({"annotate", "--help"}).out;
  for (const char* told : {"--molecules",
                           "--output",
                           "--adducts",
                           "+H,+Na,+K, or -H,+Cl",
                           "--neutral-losses",
                           "--chem-mods",
                           "--polarity",
                           "--analyzer",
                           "--resolving-power",
                           "default 140000",
                           "--isocalc-sigma",
                           "--ppm",
                           "default 3; 10 if",
                           "--isotope-peaks",
                           "2..16",
                           "default 4",
                           "--min-px",
                           "default 1",
                           "--decoys",
                           "default 20",
                           "--analysis-version",
                           "default 3",
                           "--targeted",
                           "default auto",
                           "--fdr",
                           "default 0.5",
                           "--all-ions",
                           "--images",
                           "default png",
                           "--store",
                           "--remove-objects",
                           "geds://HOST:PORT/BUCKET",
                           "--threads",
                           "default: all cores",
                           "--force",
                           "--strict",
                           "--fixes"}) {
    EXPECT_NE(help.find(told), std::string::npos) << told << "\n" << help;
  }
}

}  // namespace
}  // namespace ionloom::app::testing
