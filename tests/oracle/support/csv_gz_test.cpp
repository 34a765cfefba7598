#include "oracle/support/csv_gz.h"

#include <cmath>
#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>
#include <zlib.h>

#include "oracle/support/shared_folder.h"

namespace ionloom::oracle {
namespace {

class CsvGz : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir();
    path_ /= std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv.gz";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  CsvTable read_plain(std::string_view text) {
    std::ofstream(path_, std::ios::binary) << text;
    return read_csv_gz(path_);
  }

  std::filesystem::path path_;
};

using Cells = std::vector<std::string>;

TEST_F(CsvGz, gives_columns_by_name) {
  const CsvTable table = read_plain("formula,adduct\nC6H12O6,+H\nC5H9NO2,\n");
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.texts("formula"), (Cells{"C6H12O6", "C5H9NO2"}));
  EXPECT_EQ(table.texts("adduct"), (Cells{"+H", ""}));
  EXPECT_TRUE(table.has("adduct"));
  EXPECT_FALSE(table.has("mz"));
}

TEST_F(CsvGz, that_is_compressed_is_the_same_table) {
  const std::string text = "a,b\n1,2\n";
  gzFile file = gzopen(path_.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
            static_cast<int>(text.size()));
  ASSERT_EQ(gzclose(file), Z_OK);
  EXPECT_EQ(read_csv_gz(path_).columns, (std::vector<Cells>{{"1"}, {"2"}}));
}

TEST_F(CsvGz, quoted_cells_hold_commas_quotes_and_line_breaks) {
  const CsvTable table =
      read_plain("\"a\",\"b\"\r\n\"x,y\",\"say \"\"no\"\"\"\r\n\"\",\"1\n2\"\r\n");
  EXPECT_EQ(table.texts("a"), (Cells{"x,y", ""}));
  EXPECT_EQ(table.texts("b"), (Cells{"say \"no\"", "1\n2"}));
}

TEST_F(CsvGz, comments_before_the_header_are_passed_over) {
  EXPECT_EQ(read_plain("# made by\n# for\na\n1").texts("a"), Cells{"1"});
  EXPECT_EQ(read_plain("# only this").rows(), 0U);
}

TEST_F(CsvGz, numbers_are_exact_and_empty_cells_are_nan) {
  const auto numbers = read_plain("x,y\n0.1,a\n,b\ninf,c\n-2.5e-7,d\n").numbers("x");
  ASSERT_EQ(numbers.size(), 4U);
  EXPECT_EQ(numbers[0], 0.1);
  EXPECT_TRUE(std::isnan(numbers[1]));
  EXPECT_TRUE(std::isinf(numbers[2]));
  EXPECT_EQ(numbers[3], -2.5e-7);
}

TEST_F(CsvGz, what_cannot_be_read_throws) {
  EXPECT_THROW((void)read_csv_gz(path_), std::runtime_error);
  EXPECT_THROW((void)read_plain("a,b\n1\n"), std::runtime_error);
  EXPECT_THROW((void)read_plain("a\n\"1\n"), std::runtime_error);
  EXPECT_THROW((void)read_plain("a\n\"1\"2\n"), std::runtime_error);
  const CsvTable table = read_plain("a\n1 m\n");
  EXPECT_THROW((void)table.texts("b"), std::runtime_error);
  EXPECT_THROW((void)table.numbers("a"), std::runtime_error);
}

TEST_F(CsvGz, cut_short_throws) {
  gzFile file = gzopen(path_.c_str(), "wb");
  for (int i = 0; i < 1000; ++i) gzprintf(file, "%d\n", i * 7919);
  ASSERT_EQ(gzclose(file), Z_OK);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  EXPECT_THROW((void)read_csv_gz(path_), std::runtime_error);
}

// Number of rows, and the first mass of the second row, as `zcat` shows them.
TEST_F(CsvGz, reads_the_reference_centroids) {
  const auto file = shared_path("oracle/units/centroids.csv.gz");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const CsvTable table = read_csv_gz(*file);
  EXPECT_EQ(table.rows(), 4584U);
  EXPECT_EQ(table.texts("ion_formula")[1], "C102H177N4O47");
  EXPECT_EQ(table.numbers("mz_0")[1], 2210.1577456517693);
}

}  // namespace
}  // namespace ionloom::oracle
