#include "oracle/support/reference_run.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "exec/quiet_progress.h"
#include "imzml/dataset.h"
#include "oracle/support/text_gz.h"

namespace ionloom::oracle {

namespace fs = std::filesystem;
using nlohmann::json;

ReferenceRun load_run(const RunName& name, const fs::path& shared) {
  ReferenceRun reference;
  const fs::path dataset = shared / "oracle" / name.dataset;
  reference.imzml = shared / name.imzml;
  reference.has_all_digits = !std::string_view(name.dataset).starts_with("syn_");
  reference.folder = dataset / name.run;
  reference.summary = json::parse(read_text_gz(reference.folder / "summary.json"));
  const json& summary = reference.summary;
  for (const char* list_name : name.lists) {
    if (list_name == nullptr) continue;
    const fs::path file = dataset / list_name;
    auto list = chem::parse_molecule_list(read_text_gz(file), file.stem().string(), file.string());
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
    const std::string content = read_text_gz(path);
    reference.model = std::make_shared<const fdr::ScoringModel>(
        fdr::ScoringModel::parse(std::as_bytes(std::span(content)), path.string()).value());
    settings.scoring.model = reference.model.get();
  }
  return reference;
}

exec::AnnotationRun annotate_run(const ReferenceRun& reference, std::uint32_t threads) {
  const auto dataset = imzml::open_dataset(reference.imzml).value();
  std::vector<exec::ListInput> inputs;
  for (std::size_t l = 0; l < reference.lists.size(); ++l) {
    inputs.push_back({&reference.lists[l], reference.targeted[l]});
  }
  exec::AnnotationSettings settings = reference.settings;
  settings.threads = threads;
  exec::testing::QuietProgress progress;
  return exec::annotate(dataset, exec::index_dataset(dataset).value(), inputs, settings, progress)
      .value();
}

}  // namespace ionloom::oracle
