#include "app/known_models.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>

#include <fmt/core.h>

#include "app/whole_file.h"
#include "files/output_file.h"
#include "plan/measurements_file.h"
#include "plan/measurements_text.h"
#include "plan/models_file.h"
#include "plan/shipped_data.h"

namespace ionloom::app {
namespace {

namespace fs = std::filesystem;

/// Models are learned again when own measurements are so many times those learned from.
constexpr double kWorthLearning = 1.25;

std::optional<fs::path> folder_of(const char* variable, const char* below) {
  const char* value = std::getenv(variable);
  if (value == nullptr || !fs::path(value).is_absolute()) return std::nullopt;
  return fs::path(value) / below;
}

plan::LearnedModels shipped() {
  auto models = plan::parse_models(plan::shipped_models(), "shipped models");
  return models ? std::move(*models) : plan::LearnedModels{};
}

/// Those that were kept at a place; absent where there are none, or an older ionloom's.
Result<std::optional<plan::LearnedModels>> kept_models(const fs::path& place) {
  std::error_code error;
  if (!fs::exists(place, error)) return std::nullopt;
  const auto text = read_whole_file(place, "models of ionloom");
  if (!text) return std::unexpected(text.error());
  auto models = plan::parse_models(*text, place.string());
  if (!models && plan::is_of_older_layout(*text)) return std::nullopt;
  return models;
}

/// Those of the file, which need not exist yet.
Result<std::vector<plan::Measurement>> own_measurements() {
  const auto path = measurements_path();
  std::error_code error;
  if (!path || !fs::exists(*path, error)) return std::vector<plan::Measurement>{};
  const auto file = plan::MeasurementsFile::open(*path);
  if (!file) return std::unexpected(file.error());
  return file->all();
}

std::string sentence(const Error& error) {
  return fmt::format("{}; only the models that ship with ionloom are used", error.message());
}

}  // namespace

std::optional<fs::path> measurements_path() {
  if (const char* named = std::getenv("IONLOOM_MEASUREMENTS"); named != nullptr && *named != '\0') {
    return fs::path(named);
  }
  if (const auto data = folder_of("XDG_DATA_HOME", "ionloom/measurements.sqlite")) return data;
  return folder_of("HOME", ".local/share/ionloom/measurements.sqlite");
}

fs::path models_path(const fs::path& measurements) {
  return fs::path(measurements).replace_extension(".models.json");
}

std::string this_machine() {
  if (const char* named = std::getenv("IONLOOM_DEVICE"); named != nullptr && *named != '\0') {
    return named;
  }
  std::ifstream cpus("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(cpus, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t begins = line.find_first_not_of(": \t", line.find(':'));
    if (begins != std::string::npos) name = line.substr(begins);
    break;
  }
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return fmt::format("{}, {} core{}", name, cores, cores == 1 ? "" : "s");
}

std::vector<plan::Measurement> shipped_measurements() {
  auto measurements =
      plan::parse_measurements(plan::shipped_measurements(), "shipped measurements");
  return measurements ? std::move(*measurements) : std::vector<plan::Measurement>{};
}

std::vector<plan::Measurement> known_measurements() {
  std::vector<plan::Measurement> all = shipped_measurements();
  if (const auto own = own_measurements()) all.insert(all.end(), own->begin(), own->end());
  return all;
}

KnownModels known_models() {
  const auto path = measurements_path();
  if (!path) return {shipped(), {}};
  auto models = kept_models(models_path(*path));
  if (!models) return {shipped(), sentence(models.error())};
  if (*models) return {std::move(**models), {}};
  return learn_again();
}

KnownModels learn_again() {
  const auto own = own_measurements();
  if (!own) return {shipped(), sentence(own.error())};
  if (own->empty()) return {shipped(), {}};
  std::vector<plan::Measurement> all = shipped_measurements();
  all.insert(all.end(), own->begin(), own->end());
  KnownModels known{.models = plan::learn_models(all)};
  // A file that is of a newer version or damaged is not ours to replace.
  const fs::path place = models_path(*measurements_path());
  if (const auto old = kept_models(place); !old) {
    known.trouble =
        old.error().message() + "; it was left as it is, remove it to have models kept again";
    return known;
  }
  if (auto kept = files::write_file(place, plan::models_text(known.models)); !kept) {
    known.trouble = "the models could not be kept: " + kept.error().message();
  }
  return known;
}

Result<void> record(std::span<const plan::Measurement> measurements) {
  const auto path = measurements_path();
  if (!path || measurements.empty()) return {};
  std::error_code error;
  fs::create_directories(path->parent_path(), error);  // opening tells when there is none
  auto file = plan::MeasurementsFile::open(*path);
  if (!file) return std::unexpected(file.error());
  if (auto added = file->add(measurements); !added) return added;
  const auto count = file->count();
  if (!count) return std::unexpected(count.error());
  const auto lines = std::ranges::count(plan::shipped_measurements(), '\n');  // and a first one
  const auto shipped_rows = static_cast<double>(lines - 1);
  const double own_learned_from =
      static_cast<double>(known_models().models.measurements) - shipped_rows;
  if (static_cast<double>(*count) < kWorthLearning * own_learned_from) return {};
  const KnownModels known = learn_again();
  if (known.trouble.empty()) return {};
  return data_error({}, known.trouble);
}

}  // namespace ionloom::app
