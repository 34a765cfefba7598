// Whole runs against METASPACE's own results: every run of ../shared/oracle. Tolerances: section 8
// of its specification; files are written with 9 or 17 digits.

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chem/molecule_list.h"
#include "exec/annotation_run.h"
#include "imzml/dataset.h"
#include "oracle/support/csv_gz.h"
#include "oracle/support/shared_folder.h"

namespace ionloom::oracle {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kWritten = 5.1e-9;  // half a unit of the ninth significant digit

struct RunName {
  const char* dataset;
  const char* run;
  const char* imzml;  // below ../shared
};

class Quiet final : public exec::Progress {
 public:
  void begin(std::string_view, std::string_view, std::uint64_t) override {}
  void advance(std::uint64_t) override {}
  void end() override {}
  [[nodiscard]] bool cancelled() const override { return false; }
};

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A run of the reference with everything that repeats it.
struct Reference {
  fs::path folder;
  json summary;
  std::vector<chem::MoleculeList> lists;
  std::vector<bool> targeted;
  exec::AnnotationSettings settings;
  std::shared_ptr<const fdr::ScoringModel> model;  ///< that `settings` name, or none
};

Reference load(const RunName& name, const fs::path& shared) {
  Reference reference;
  const fs::path dataset = shared / "oracle" / name.dataset;
  reference.folder = dataset / name.run;
  reference.summary = json::parse(text_of(reference.folder / "summary.json"));
  const json& summary = reference.summary;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(dataset)) {
    if (entry.path().filename().string().starts_with("db")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (summary["n_formulas"].is_object()) files.resize(summary["n_formulas"].size());
  for (const fs::path& file : files) {
    auto list = chem::parse_molecule_list(text_of(file), file.stem().string(), file.string());
    reference.lists.push_back(std::move(list.value()));
    const std::string id = std::to_string(reference.lists.size());
    const bool by_list = summary.contains("targeted") && summary["targeted"].is_object();
    reference.targeted.push_back(by_list && summary["targeted"][id].get<bool>());
  }
  const json& config = summary["config"];
  const json& ions = config["isotope_generation"];
  const json& images = config["image_generation"];
  auto& settings = reference.settings;
  const bool first = config["analysis_version"] == 1;
  settings.ions.version = first ? chem::AnalysisVersion::kV1 : chem::AnalysisVersion::kV3;
  settings.ions.adducts = ions["adducts"].get<std::vector<std::string>>();
  settings.ions.neutral_losses = ions["neutral_losses"].get<std::vector<std::string>>();
  settings.ions.chem_mods = ions["chem_mods"].get<std::vector<std::string>>();
  settings.pattern.shape = {
      .version = settings.ions.version,
      .analyzer = ions["instrument"] == "TOF" ? chem::Analyzer::kTof : chem::Analyzer::kOrbitrap,
      .sigma_mz = ions["isocalc_sigma"]};
  settings.metrics.tolerance_ppm = images["ppm"];
  settings.metrics.min_px = images["min_px"];
  settings.metrics.spatial =
      first ? imaging::SpatialArithmetic::kDouble : imaging::SpatialArithmetic::kRunningSingle;
  settings.all_metrics = images["compute_unused_metrics"];
  if (summary.contains("model") && summary["model"].is_string()) {
    EXPECT_EQ(summary["model"], "v2.2023-12-14_(METASPACE-ML_Animal).cbm");
    const fs::path path = shared / "models" / "metaspace-ml-animal-v2.2023-12-14.cbm";
    const std::string content = text_of(path);
    reference.model = std::make_shared<const fdr::ScoringModel>(
        fdr::ScoringModel::parse(std::as_bytes(std::span(content)), path.string()).value());
    settings.scoring.model = reference.model.get();
  }
  return reference;
}

exec::AnnotationRun annotate(const Reference& reference, const fs::path& imzml,
                             std::uint32_t threads) {
  const auto dataset = imzml::open_dataset(imzml).value();
  std::vector<exec::ListInput> inputs;
  for (std::size_t l = 0; l < reference.lists.size(); ++l) {
    inputs.push_back({&reference.lists[l], reference.targeted[l]});
  }
  exec::AnnotationSettings settings = reference.settings;
  settings.threads = threads;
  Quiet progress;
  return exec::annotate(dataset, exec::index_dataset(dataset).value(), inputs, settings, progress)
      .value();
}

void expect_near(double ours, double reference, double tolerance, const std::string& what) {
  if (std::isnan(reference)) {
    EXPECT_TRUE(std::isnan(ours) || ours == 0) << what << ": " << ours;
  } else {
    EXPECT_NEAR(ours, reference, tolerance * std::max(1.0, std::abs(reference))) << what;
  }
}

/// Columns of image k of a table, "total_iso_ints_0" and the like.
std::string column(const char* name, std::size_t k) {
  return name + ("_" + std::to_string(k));
}

void compare_annotations(const Reference& reference, const exec::AnnotationRun& run,
                         std::size_t list) {
  const std::string suffix =
      reference.lists.size() > 1 ? "_" + reference.lists[list].name : std::string();
  const CsvTable table = read_csv_gz(reference.folder / ("annotations" + suffix + ".csv.gz"));
  std::map<std::array<std::string, 4>, const stages::RankedIon*> ours;
  for (const stages::RankedIon& ranked : run.ranked[list]) {
    if (!stages::is_stored(ranked.score, ranked.fdr, reference.targeted[list])) continue;
    const auto& modifier = run.ions.modifiers[ranked.modifier];
    ours[{reference.lists[list].formulas[ranked.formula], modifier.chem_mod, modifier.neutral_loss,
          modifier.adduct}] = &ranked;
  }
  EXPECT_EQ(ours.size(), table.rows());
  const auto numbers = [&](const char* name) { return table.numbers(name); };
  const auto msm = numbers("msm"), fdr = numbers("fdr"), chaos = numbers("chaos"),
             spatial = numbers("spatial"), spectral = numbers("spectral"),
             absolute = numbers("mz_err_abs"), relative = numbers("mz_err_rel");
  std::vector<std::vector<double>> totals, maxima, means;
  for (std::size_t k = 0; table.has(column("total_iso_ints", k)); ++k) {
    totals.push_back(table.numbers(column("total_iso_ints", k)));
    maxima.push_back(table.numbers(column("max_iso_ints", k)));
    means.push_back(table.numbers(column("mz_mean", k)));
  }
  EXPECT_EQ(totals.size(), 4U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto found = ours.find({table.texts("formula")[row], table.texts("chem_mod")[row],
                                  table.texts("neutral_loss")[row], table.texts("adduct")[row]});
    const std::string what = table.texts("formula")[row] + table.texts("modifier")[row];
    ASSERT_NE(found, ours.end()) << what;
    const auto& metrics = run.measured[found->second->measured].metrics;
    expect_near(found->second->score, msm[row], kWritten, what + " msm");
    expect_near(found->second->fdr, fdr[row], kWritten, what + " fdr");
    expect_near(metrics.chaos, chaos[row], kWritten, what + " chaos");
    expect_near(metrics.spatial, spatial[row], kWritten, what + " spatial");
    expect_near(metrics.spectral, spectral[row], kWritten, what + " spectral");
    expect_near(metrics.mz_err_abs, absolute[row], 1e-9, what + " mz_err_abs");
    expect_near(metrics.mz_err_rel, relative[row], 1e-9, what + " mz_err_rel");
    for (std::size_t k = 0; k < totals.size(); ++k) {
      const auto& image = metrics.images[k];
      expect_near(image.total, totals[k][row], kWritten, what + " total");
      expect_near(image.max, maxima[k][row], kWritten, what + " max");
      expect_near(image.mz_mean, means[k][row], kWritten, what + " mz_mean");
    }
  }
}

void compare_all_metrics(const Reference& reference, const exec::AnnotationRun& run) {
  const CsvTable table = read_csv_gz(reference.folder / "ion_metrics.csv.gz");
  std::map<std::string, const stages::MeasuredIon*> ours;
  for (const auto& measured : run.measured) ours[run.ions.ions[measured.ion]] = &measured;
  EXPECT_EQ(ours.size(), table.rows());
  const auto& formulas = table.texts("ion_formula");
  const auto msm = table.numbers("msm"), chaos = table.numbers("chaos"),
             spatial = table.numbers("spatial"), spectral = table.numbers("spectral");
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto found = ours.find(formulas[row]);
    ASSERT_NE(found, ours.end()) << formulas[row];
    const auto& metrics = found->second->metrics;
    expect_near(metrics.msm, msm[row], kWritten, formulas[row] + " msm");
    expect_near(metrics.chaos, chaos[row], kWritten, formulas[row] + " chaos");
    expect_near(metrics.spatial, spatial[row], kWritten, formulas[row] + " spatial");
    expect_near(metrics.spectral, spectral[row], kWritten, formulas[row] + " spectral");
  }
}

void compare_counts(const Reference& reference, const exec::AnnotationRun& run) {
  const json& summary = reference.summary;
  EXPECT_EQ(run.ions.ions.size(), summary["n_ions"].get<std::size_t>());
  EXPECT_EQ(run.peaks.size(), summary["n_peaks"].get<std::size_t>());
  if (summary.contains("n_ions_in_range")) {
    EXPECT_EQ(run.ions_in_range, summary["n_ions_in_range"].get<std::uint64_t>());
  }
}

/// Every number of the two runs, to the last bit.
void expect_same_bits(const exec::AnnotationRun& a, const exec::AnnotationRun& b) {
  ASSERT_EQ(a.measured.size(), b.measured.size());
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  for (std::size_t i = 0; i < a.measured.size(); ++i) {
    ASSERT_EQ(a.measured[i].ion, b.measured[i].ion);
    const auto& x = a.measured[i].metrics;
    const auto& y = b.measured[i].metrics;
    ASSERT_EQ(bits(x.msm), bits(y.msm));
    ASSERT_EQ(bits(x.mz_err_abs), bits(y.mz_err_abs));
    ASSERT_EQ(bits(x.mz_err_rel), bits(y.mz_err_rel));
    for (std::size_t k = 0; k < x.images.size(); ++k) {
      ASSERT_EQ(bits(x.images[k].total), bits(y.images[k].total));
      ASSERT_EQ(bits(x.images[k].mz_mean), bits(y.images[k].mz_mean));
    }
  }
  ASSERT_EQ(a.ranked.size(), b.ranked.size());
  for (std::size_t l = 0; l < a.ranked.size(); ++l) {
    ASSERT_EQ(a.ranked[l].size(), b.ranked[l].size());
    for (std::size_t i = 0; i < a.ranked[l].size(); ++i) {
      ASSERT_EQ(bits(a.ranked[l][i].score), bits(b.ranked[l][i].score));
      ASSERT_EQ(bits(a.ranked[l][i].fdr), bits(b.ranked[l][i].fdr));
    }
  }
}

class OracleRun : public ::testing::TestWithParam<RunName> {};

TEST_P(OracleRun, equals_the_reference_for_one_and_two_threads) {
  const auto root = shared_path("oracle");
  if (!root) GTEST_SKIP() << kNoSharedFolder;
  const fs::path shared = root->parent_path();
  const Reference reference = load(GetParam(), shared);
  const auto run = annotate(reference, shared / GetParam().imzml, 2);
  compare_counts(reference, run);
  compare_all_metrics(reference, run);
  for (std::size_t list = 0; list < reference.lists.size(); ++list) {
    compare_annotations(reference, run, list);
  }
  expect_same_bits(run, annotate(reference, shared / GetParam().imzml, 1));
}

void PrintTo(const RunName& name, std::ostream* out) {
  *out << name.dataset << "/" << name.run;
}

constexpr const char* kSynA = "oracle/syn_a/syn_a.imzML";
constexpr const char* kSynC = "oracle/syn_c/syn_c.imzML";
constexpr const char* kEdge = "oracle/edge/edge.imzML";
constexpr const char* kContinuous = "oracle/continuous/continuous.imzML";
constexpr const char* kRealContinuous = "data/ms_imaging_example/Example_Continuous.imzML";
constexpr const char* kRealProcessed = "data/ms_imaging_example/Example_Processed.imzML";
constexpr const char* kTiny = "data/untreated_tiny/Untreated_3_434_tiny.imzML";

INSTANTIATE_TEST_SUITE_P(
    All, OracleRun,
    ::testing::Values(
        RunName{"continuous", "v1", kContinuous}, RunName{"continuous", "v3", kContinuous},
        RunName{"edge", "v1", kEdge}, RunName{"edge", "v3", kEdge},
        RunName{"edge", "v3_losses", kEdge}, RunName{"edge", "v3_min_px5_all_metrics", kEdge},
        RunName{"real_example_continuous", "v1", kRealContinuous},
        RunName{"real_example_continuous", "v3", kRealContinuous},
        RunName{"real_example_processed", "v3", kRealProcessed},
        RunName{"real_untreated_tiny", "v1", kTiny}, RunName{"real_untreated_tiny", "v3", kTiny},
        RunName{"syn_a", "v1", kSynA}, RunName{"syn_a", "v3", kSynA},
        RunName{"syn_a", "v3_neutral_losses", kSynA}, RunName{"syn_a", "v3_catboost", kSynA},
        RunName{"syn_c", "v3_catboost", kSynC}, RunName{"syn_c", "v1", kSynC},
        RunName{"syn_c", "v3", kSynC}, RunName{"syn_d", "v3", "oracle/syn_d/syn_d.imzML"}),
    [](const ::testing::TestParamInfo<RunName>& run) {
      return std::string(run.param.dataset) + "_" + run.param.run;
    });

}  // namespace
}  // namespace ionloom::oracle
