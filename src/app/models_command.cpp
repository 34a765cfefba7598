#include "app/models_command.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <set>
#include <system_error>
#include <vector>

#include <fmt/core.h>

#include "app/known_models.h"
#include "app/progress_line.h"
#include "app/standard_streams.h"
#include "app/whole_file.h"
#include "files/output_file.h"
#include "plan/measurements_file.h"
#include "plan/measurements_text.h"
#include "plan/models_file.h"

namespace ionloom::app {
namespace {

/// "annotate laptop native x2" is of the device "laptop native x2" and of the machine "laptop".
bool is_of(const plan::Measurement& measurement, const std::string& wanted) {
  if (wanted.empty() || measurement.device == wanted) return true;
  const auto device = plan::device_from_text(measurement.device);
  return device && device->machine == wanted;
}

Result<std::filesystem::path> place() {
  const auto path = measurements_path();
  if (path) return *path;
  return usage_error(
      "no place for measurements is known: none of IONLOOM_MEASUREMENTS, XDG_DATA_HOME and HOME "
      "is set to a path");
}

/// The own measurements; none when the file does not exist.
Result<std::vector<plan::Measurement>> own(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::vector<plan::Measurement>{};
  const auto file = plan::MeasurementsFile::open(path);
  if (!file) return std::unexpected(file.error());
  return file->all();
}

std::string readable_seconds(double seconds) {
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3g} us", seconds * 1e6);
  return fmt::format("{:.3g} ns", seconds * 1e9);
}

std::string formula(const plan::StageModel& model, const std::vector<double>& coefficients) {
  std::string text;
  for (std::size_t i = 0; i < model.form.size(); ++i) {
    if (coefficients[i] == 0) continue;
    const std::string term = plan::term_name(model.form[i]);
    text += text.empty() ? "" : " + ";
    text += readable_seconds(coefficients[i]) + (term == "1" ? "" : " x " + term);
  }
  return text.empty() ? "nothing" : text;
}

void print_model(const plan::StageModel& model) {
  const plan::ConformalScores::Width width = model.scores.width(0.9);
  say(stdout, "{:<9} {} measurement{}{}", plan::stage_name(model.stage),
      with_separators(model.measurements), model.measurements == 1 ? "" : "s",
      model.refused == 0 ? "" : fmt::format(", {} not believed", with_separators(model.refused)));
  if (width.level > 0) {
    say(stdout, "; {:.0f} % within a factor {:.2f}", 100 * width.level, std::exp(width.log));
  }
  say(stdout, "\n");
  for (const plan::DeviceModel& device : model.devices) {
    say(stdout, "          {} ({}): {}\n", device.device, with_separators(device.measurements),
        device.coefficients.empty()
            ? fmt::format("{:.2f} x as long as {}", device.kappa, device.like)
            : formula(model, device.coefficients));
  }
}

Result<void> show(const ModelsOptions& options) {
  const auto path = place();
  if (!path) return std::unexpected(path.error());
  const auto mine = own(*path);
  if (!mine) return std::unexpected(mine.error());
  const KnownModels known = learn_again();
  if (options.json) {
    say(stdout, "{}", plan::models_text(known.models));
  } else {
    say(stdout, "{}\n{} measurements of own runs, and {} that ship with ionloom (\"{}\")\n",
        path->string(), with_separators(mine->size()),
        with_separators(shipped_measurements().size()), plan::kReferenceMachine);
    say(stdout, "this machine is called \"{}\"\n\n", this_machine());
    for (const plan::StageModel& model : known.models.stages) print_model(model);
  }
  if (!known.trouble.empty()) say(stderr, "warning: {}\n", known.trouble);
  return {};
}

Result<void> export_measurements(const ModelsOptions& options) {
  const auto path = place();
  if (!path) return std::unexpected(path.error());
  auto mine = own(*path);
  if (!mine) return std::unexpected(mine.error());
  std::erase_if(*mine, [&](const auto& row) { return !is_of(row, options.device); });
  const std::string text = plan::measurements_text(*mine);
  if (options.file == "-") {
    say(stdout, "{}", text);
    return {};
  }
  if (auto written = files::write_file(options.file, text); !written) return written;
  say(stdout, "Wrote {} measurements to {}\n", with_separators(mine->size()), options.file);
  return {};
}

Result<void> import_measurements(const ModelsOptions& options) {
  const auto path = place();
  if (!path) return std::unexpected(path.error());
  const auto text =
      options.file == "-"
          ? Result<std::string>(std::string(std::istreambuf_iterator<char>(std::cin), {}))
          : read_whole_file(options.file, "measurements of ionloom");
  if (!text) return std::unexpected(text.error());
  auto rows = plan::parse_measurements(*text, options.file == "-" ? "stdin" : options.file);
  if (!rows) return std::unexpected(rows.error());
  std::erase_if(*rows, [&](const auto& row) { return !is_of(row, options.device); });
  if (auto added = record(*rows); !added) return added;
  say(stdout, "Added {} measurements to {}\n", with_separators(rows->size()), path->string());
  return {};
}

Result<void> forget(const ModelsOptions& options) {
  if (options.device.empty() && !options.all) {
    return usage_error("what is to be forgotten? Give --device NAME, or --all");
  }
  const auto path = place();
  if (!path) return std::unexpected(path.error());
  const auto mine = own(*path);
  if (!mine) return std::unexpected(mine.error());
  std::set<std::string> devices;
  for (const plan::Measurement& row : *mine) {
    if (is_of(row, options.device)) devices.insert(row.device);
  }
  std::uint64_t removed = 0;
  if (!devices.empty()) {
    auto file = plan::MeasurementsFile::open(*path);
    if (!file) return std::unexpected(file.error());
    for (const std::string& device : devices) {
      const auto count = file->forget(device);
      if (!count) return std::unexpected(count.error());
      removed += *count;
    }
    std::error_code error;
    std::filesystem::remove(models_path(*path), error);
    const KnownModels known = learn_again();
    if (!known.trouble.empty()) say(stderr, "warning: {}\n", known.trouble);
  }
  say(stdout, "Removed {} measurements{}\n", with_separators(removed),
      devices.empty() && !options.all
          ? fmt::format("; nothing was measured on \"{}\"", options.device)
          : "");
  return {};
}

}  // namespace

void add_models(CLI::App& app, ModelsOptions& options) {
  CLI::App* group = app.add_subcommand(
      "models", "Show or share what plans are learned from: the times that earlier runs took");
  group->require_subcommand(1);
  const auto add_device = [&](CLI::App* command, const char* help) {
    command->add_option("--device", options.device, help)->type_name("NAME");
  };
  CLI::App* shown = group->add_subcommand(
      "show", "Tell where measurements are kept, and what was learned from them for each stage");
  shown->add_flag("--json", options.json, "print the models as JSON (docs/formats/models.md)");
  CLI::App* exported =
      group->add_subcommand("export", "Write own measurements as text, to be shared");
  exported->add_option("file", options.file, "file to write; - for stdout")
      ->required()
      ->type_name("FILE|-");
  add_device(exported, "only those of this device or machine");
  CLI::App* imported =
      group->add_subcommand("import", "Add measurements that somebody has exported");
  imported->add_option("file", options.file, "file to read; - for stdin")
      ->required()
      ->type_name("FILE|-");
  add_device(imported, "only those of this device or machine");
  CLI::App* forgotten = group->add_subcommand("forget", "Remove own measurements");
  add_device(forgotten, "those of this device or machine, as show names it");
  forgotten->add_flag("--all", options.all, "all of them");
}

Result<void> run_models(const std::string& action, const ModelsOptions& options) {
  if (action == "show") return show(options);
  if (action == "export") return export_measurements(options);
  if (action == "import") return import_measurements(options);
  return forget(options);
}

}  // namespace ionloom::app
