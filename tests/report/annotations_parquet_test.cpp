#include "report/annotations_parquet.h"

#include <gtest/gtest.h>
#include <parquet/file_reader.h>

#include "parquet_reading.h"
#include "sample_annotation.h"
#include "support/full_disk.h"
#include "support/scratch_folder.h"

namespace ionloom::report {
namespace {

using test_support::ScratchFolder;
using testing::cell;
using testing::list_cell;
using testing::read_parquet;
using testing::sample_annotation;
using testing::sample_run;

TEST(AnnotationsParquet, has_the_documented_columns_and_types) {
  ScratchFolder folder;
  ASSERT_TRUE(
      write_annotations_parquet(folder / "a.parquet", std::vector<Annotation>{}, sample_run()));
  const auto table = read_parquet(folder / "a.parquet");
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_EQ(testing::names_and_types(*table->schema()),
            "list: string\n"
            "formula: string\n"
            "chem_mod: string\n"
            "neutral_loss: string\n"
            "adduct: string\n"
            "ion: string\n"
            "ion_formula: string\n"
            "charge: int8\n"
            "mz: double\n"
            "is_mono: bool\n"
            "msm: double\n"
            "fdr: double\n"
            "chaos: double\n"
            "spatial: double\n"
            "spectral: double\n"
            "mz_err_abs_mz: double\n"
            "mz_err_abs_ppm: double\n"
            "mz_err_rel_mz: double\n"
            "mz_err_rel_ppm: double\n"
            "theo_mz: list<element: double>\n"
            "theo_intensity: list<element: float>\n"
            "mz_mean: list<element: double>\n"
            "mz_stddev: list<element: double>\n"
            "min_intensity: list<element: float>\n"
            "max_intensity: list<element: float>\n"
            "total_intensity: list<element: float>\n"
            "molecule_names: list<element: string>\n"
            "molecule_ids: list<element: string>\n"
            "isomeric_mols_count: uint32\n"
            "isomeric_ions_count: uint32\n"
            "isobaric_ions_count: uint32\n"
            "isobaric_ions: list<element: string>\n"
            "image_stem: string\n");
}

TEST(AnnotationsParquet, names_the_scoring_model_and_has_the_rates_that_it_looks_at) {
  ScratchFolder folder;
  RunIdentity run = sample_run();
  run.scoring_model = {.name = "animal", .checksum = "sha256:ab", .fdr_features = {"chaos_fdr"}};
  Annotation row = sample_annotation();
  row.feature_fdrs = {0.25};
  ASSERT_TRUE(write_annotations_parquet(folder / "a.parquet", std::vector{row}, run));
  const auto table = read_parquet(folder / "a.parquet");
  EXPECT_EQ(cell(*table, "chaos_fdr"), "0.25");
  const auto& metadata = *table->schema()->metadata();
  EXPECT_EQ(metadata.Get("ionloom.scoring_model").ValueOr(""), "animal");
  EXPECT_EQ(metadata.Get("ionloom.scoring_model_checksum").ValueOr(""), "sha256:ab");
}

TEST(AnnotationsParquet, gives_back_every_value) {
  ScratchFolder folder;
  const std::vector<Annotation> rows = {sample_annotation()};
  ASSERT_TRUE(write_annotations_parquet(folder / "a.parquet", rows, sample_run()));
  const auto table = read_parquet(folder / "a.parquet");
  ASSERT_EQ(table->num_rows(), 1);
  EXPECT_EQ(cell(*table, "list"), "lipids");
  EXPECT_EQ(cell(*table, "adduct"), "+H");
  EXPECT_EQ(cell(*table, "ion"), "C45H80O6+H+");
  EXPECT_EQ(cell(*table, "charge"), "1");
  EXPECT_EQ(cell(*table, "mz"), "717.602767");
  EXPECT_EQ(cell(*table, "is_mono"), "true");
  EXPECT_EQ(cell(*table, "fdr"), "0.05");
  EXPECT_EQ(cell(*table, "mz_err_rel_mz"), "-0.0001");
  EXPECT_EQ(cell(*table, "isomeric_mols_count"), "2");
  EXPECT_EQ(cell(*table, "isobaric_ions_count"), "2");
  EXPECT_EQ(cell(*table, "image_stem"), "C45H80O6_+H_717.6028");
  EXPECT_EQ(list_cell<arrow::DoubleArray>(*table, "theo_mz"),
            (std::vector{717.602844, 718.606218, 719.609, 0.0}));
  EXPECT_EQ(list_cell<arrow::FloatArray>(*table, "total_intensity"),
            (std::vector{1234.5F, 600.25F, 0.0F, 0.0F}));
  EXPECT_EQ(list_cell<arrow::StringArray>(*table, "molecule_names"),
            (std::vector<std::string_view>{"DG(42:4)", "\u03B1, beta \"X\""}));
  EXPECT_EQ(list_cell<arrow::StringArray>(*table, "isobaric_ions"),
            (std::vector<std::string_view>{"C44H76O8+Na+", "C46H78O5+K+"}));
}

TEST(AnnotationsParquet, absent_metrics_are_null) {
  ScratchFolder folder;
  Annotation a = sample_annotation();
  a.fdr = a.chaos = std::nullopt;
  ASSERT_TRUE(write_annotations_parquet(folder / "a.parquet", std::vector{a}, sample_run()));
  const auto table = read_parquet(folder / "a.parquet");
  EXPECT_EQ(cell(*table, "fdr"), "null");
  EXPECT_EQ(cell(*table, "chaos"), "null");
}

TEST(AnnotationsParquet, says_which_run_it_is_and_what_its_columns_hold) {
  ScratchFolder folder;
  ASSERT_TRUE(
      write_annotations_parquet(folder / "a.parquet", std::vector<Annotation>{}, sample_run()));
  const auto table = read_parquet(folder / "a.parquet");
  const auto metadata = table->schema()->metadata();
  EXPECT_EQ(metadata->Get("ionloom.content").ValueOrDie(), "annotations");
  EXPECT_EQ(metadata->Get("ionloom.version").ValueOrDie(), "1.2.3");
  EXPECT_EQ(metadata->Get("ionloom.dataset").ValueOrDie(), "brain");
  EXPECT_EQ(metadata->Get("ionloom.parameters").ValueOrDie(), R"({"ppm":3.0})");
  for (const auto& field : table->schema()->fields()) {
    ASSERT_TRUE(field->metadata()) << field->name();
    EXPECT_FALSE(field->metadata()->Get("description").ValueOrDie().empty());
  }
}

TEST(AnnotationsParquet, equal_rows_give_equal_bytes_over_several_row_groups) {
  ScratchFolder folder;
  std::vector<Annotation> rows(70'000, sample_annotation());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].msm = static_cast<double>(i) / 65536;
  }
  ASSERT_TRUE(write_annotations_parquet(folder / "a", rows, sample_run()));
  ASSERT_TRUE(write_annotations_parquet(folder / "b", rows, sample_run()));
  EXPECT_EQ(test_support::content_of(folder / "a"), test_support::content_of(folder / "b"));
  const auto table = read_parquet(folder / "a");
  EXPECT_EQ(table->num_rows(), 70'000);
  EXPECT_EQ(cell(*table, "msm", 69'999), "1.0680999755859375");
}

TEST(AnnotationsParquet, rows_of_long_texts_make_more_row_groups) {
  ScratchFolder folder;
  Annotation a = sample_annotation();
  a.isobaric_ions.assign(1000, "C44H76O8+Na+");
  ASSERT_TRUE(write_annotations_parquet(folder / "a", std::vector(1000, a), sample_run()));
  const auto reader = parquet::ParquetFileReader::OpenFile((folder / "a").string());
  EXPECT_GT(reader->metadata()->num_row_groups(), 3);
  EXPECT_EQ(reader->metadata()->num_rows(), 1000);
}

TEST(AnnotationsParquet, disk_full_is_a_resource_error_and_leaves_nothing) {
  ScratchFolder folder;
  std::vector<Annotation> rows(20'000, sample_annotation());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].formula += std::to_string(i * 7919);
  }
  for (const rlim_t size_bytes : {2, 10'000}) {
    const test_support::FileSizeLimit limit(size_bytes);
    const auto result = write_annotations_parquet(folder / "a.parquet", rows, sample_run());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kResource);
    EXPECT_EQ(result.error().where, (folder / "a.parquet").string());
    EXPECT_TRUE(folder.names().empty());
  }
}

}  // namespace
}  // namespace ionloom::report
