#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "oracle/support/csv_gz.h"
#include "oracle/support/run_comparison.h"

namespace ionloom::oracle {
namespace {

/// Half a unit of the ninth significant digit.
constexpr double kWritten = 5.1e-9;
/// Of what is summed in another order than the reference does, section 8 of the specification.
constexpr double kSummed = 1e-12;
/// Half a unit of f32 and of nine digits: theoretical m/z are written so.
constexpr double kSingle = 6.5e-8;
/// Of theoretical intensities, of 100: section 8.
constexpr double kIntensity = 1e-5;

/// The columns of metrics that both kinds of tables have.
class MetricTable {
 public:
  MetricTable(const CsvTable& table, const ReferenceRun& reference)
      : table_(table),
        // Section 8: equal. Nine digits hide the rest.
        equal_(reference.has_all_digits ? 0 : kWritten),
        summed_(reference.has_all_digits ? kSummed : kWritten),
        spatial_(reference.settings.ions.version == chem::AnalysisVersion::kV1 ? summed_ : equal_) {
    for (const std::string& name : table.names) {
      if (name != "ion_formula" && name != "target" && name != "formula" && name != "modifier" &&
          name != "chem_mod" && name != "neutral_loss" && name != "adduct") {
        columns_[name] = table.numbers(name);
      }
    }
  }

  void expect_equal(const std::string& name, std::size_t row, double ours) const {
    expect(name, row, ours, equal_, 0);
  }
  /// As accurate as the spatial metric of the run's version.
  void expect_spatial(const std::string& name, std::size_t row, double ours) const {
    expect(name, row, ours, spatial_, 0);
  }

  /// All that an ion's images say about it, but its MSM.
  void compare(const imaging::IonMetrics& ours, const imaging::TheoreticalPeaks& theory,
               std::size_t row) const {
    expect_equal("chaos", row, ours.chaos);
    expect_equal("spectral", row, ours.spectral);
    expect_spatial("spatial", row, ours.spatial);
    // Differences of m/z are as accurate as the m/z.
    const double of_mz = kSummed * theory.mz[0];
    expect("mz_err_abs", row, ours.mz_err_abs, summed_, of_mz);
    expect("mz_err_rel", row, ours.mz_err_rel, summed_, of_mz);
    for (std::size_t k = 0; k < theory.mz.size(); ++k) {
      const std::string image = "_" + std::to_string(k);
      expect_equal("total_iso_ints" + image, row, ours.images[k].total);
      expect_equal("max_iso_ints" + image, row, ours.images[k].max);
      expect_equal("min_iso_ints" + image, row, 0);
      expect("mz_mean" + image, row, ours.images[k].mz_mean, summed_, 0);
      expect("mz_stddev" + image, row, ours.images[k].mz_stddev, summed_, of_mz);
      expect("theo_mz" + image, row, theory.mz[k], kSingle, 0);
      expect("theo_ints" + image, row, theory.intensity[k], 0, kIntensity);
    }
  }

 private:
  void expect(const std::string& name, std::size_t row, double ours, double relative,
              double absolute) const {
    const double reference = columns_.at(name)[row];
    if (std::isnan(reference)) {
      EXPECT_TRUE(std::isnan(ours) || ours == 0) << place(name, row) << ": " << ours;
      return;
    }
    EXPECT_NEAR(ours, reference, relative * std::abs(reference) + absolute) << place(name, row);
  }

  [[nodiscard]] std::string place(const std::string& name, std::size_t row) const {
    return table_.file + ", row " + std::to_string(row) + ", " + name;
  }

  const CsvTable& table_;
  double equal_;
  double summed_;
  double spatial_;
  std::map<std::string, std::vector<double>> columns_;
};

/// Formula, chemical modification, neutral loss and adduct.
using Annotated = std::array<std::string, 4>;

/// The ions of a list that METASPACE stores.
std::map<Annotated, const stages::RankedIon*> stored_ions(const ReferenceRun& reference,
                                                          const exec::AnnotationRun& run,
                                                          std::size_t list) {
  std::map<Annotated, const stages::RankedIon*> stored;
  for (const stages::RankedIon& ranked : run.ranked[list]) {
    if (!stages::is_stored(ranked.score, ranked.fdr, reference.targeted[list])) continue;
    const auto& modifier = run.ions.modifiers[ranked.modifier];
    stored[{reference.lists[list].formulas[ranked.formula], modifier.chem_mod,
            modifier.neutral_loss, modifier.adduct}] = &ranked;
  }
  return stored;
}

}  // namespace

void compare_ion_metrics(const ReferenceRun& reference, const exec::AnnotationRun& run) {
  const CsvTable table = read_csv_gz(reference.folder / "ion_metrics.csv.gz");
  const MetricTable metrics(table, reference);
  std::map<std::string, const stages::MeasuredIon*> ours;
  for (const auto& measured : run.measured) ours[run.ions.ions[measured.ion]] = &measured;
  EXPECT_EQ(ours.size(), table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& formula = table.texts("ion_formula")[row];
    const auto found = ours.find(formula);
    ASSERT_NE(found, ours.end()) << formula;
    const std::uint32_t ion = found->second->ion;
    EXPECT_EQ(run.ions.is_target[ion] != 0, table.texts("target")[row] == "True") << formula;
    metrics.expect_spatial("msm", row, found->second->metrics.msm);
    metrics.compare(found->second->metrics, run.patterns.of(ion), row);
  }
}

void compare_annotations(const ReferenceRun& reference, const exec::AnnotationRun& run,
                         std::size_t list) {
  const CsvTable table = read_csv_gz(table_of_list(reference, "annotations", list));
  const MetricTable metrics(table, reference);
  const auto ours = stored_ions(reference, run, list);
  EXPECT_EQ(ours.size(), table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto found = ours.find({table.texts("formula")[row], table.texts("chem_mod")[row],
                                  table.texts("neutral_loss")[row], table.texts("adduct")[row]});
    ASSERT_NE(found, ours.end()) << table.texts("formula")[row] << table.texts("modifier")[row];
    const stages::RankedIon& ranked = *found->second;
    const stages::MeasuredIon& measured = run.measured[ranked.measured];
    EXPECT_EQ(run.ions.modifiers[ranked.modifier].text, table.texts("modifier")[row]);
    EXPECT_EQ(run.ions.ions[measured.ion], table.texts("ion_formula")[row]);
    metrics.expect_spatial("msm", row, ranked.score);
    metrics.expect_equal("fdr", row, ranked.fdr);
    metrics.compare(measured.metrics, run.patterns.of(measured.ion), row);
  }
}

void compare_levels(const ReferenceRun& reference, const exec::AnnotationRun& run,
                    std::size_t list) {
  const auto& summary = reference.summary["annotations_at_fdr"];
  const std::string id = std::to_string(list + 1);
  const auto& levels = summary.contains(id) ? summary[id] : summary;
  ASSERT_EQ(levels.size(), 4U);
  const auto stored = stored_ions(reference, run, list);
  for (const auto& [level, count] : levels.items()) {
    const double limit = std::stod(level);
    const auto ours =
        std::ranges::count_if(stored, [&](const auto& ion) { return ion.second->fdr <= limit; });
    EXPECT_EQ(static_cast<std::uint64_t>(ours), count.template get<std::uint64_t>())
        << reference.lists[list].name << " at an FDR of " << level;
  }
}

}  // namespace ionloom::oracle
