#include "app/explain_command.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/duration.h"
#include "app/progress_line.h"
#include "app/standard_streams.h"
#include "app/whole_file.h"
#include "report/run_record.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::json;

/// What of a difference is not worth a word.
constexpr double kLike = 1.1;

/// One stage of run.json with its plan.
struct Stage {
  std::string name;
  double measured_s = 0;
  double predicted_s = 0;
  double least_s = 0;
  double most_s = 0;
  double level = 0;
  double known_work_s = 0;
  double replanned_s = 0;
  bool was_passed_over = false;
  std::string basis;
  std::vector<std::string> other_work;  ///< "ions 1,000 instead of 800"
};

double number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string amount(double value) {
  return with_separators(static_cast<std::uint64_t>(std::llround(std::max(value, 0.0))));
}

/// Counts that were expected to be others.
std::vector<std::string> differences(const Json& planned) {
  std::vector<std::string> texts;
  const auto known = planned.find("known_work");
  const auto before = planned.find("work");
  if (known == planned.end() || before == planned.end() || !known->is_object() ||
      !before->is_object()) {
    return texts;
  }
  for (const auto& [name, value] : known->items()) {
    const double now = value.is_number() ? value.get<double>() : 0;
    const double then = number(*before, name.c_str());
    if (now <= 0 || then <= 0 || std::max(now / then, then / now) < kLike) continue;
    texts.push_back(fmt::format("{} {} instead of {}", amount(now), name, amount(then)));
  }
  return texts;
}

std::optional<Stage> stage_of(const Json& json) {
  if (!json.is_object() || !json.contains("planned") || !json["planned"].is_object()) {
    return std::nullopt;
  }
  const Json& planned = json["planned"];
  return Stage{.name = json.value("name", Json("?")).is_string() ? json["name"].get<std::string>()
                                                                 : std::string("?"),
               .measured_s = number(json, "seconds"),
               .predicted_s = number(planned, "seconds"),
               .least_s = number(planned, "least_s"),
               .most_s = number(planned, "most_s"),
               .level = number(planned, "level"),
               .known_work_s = number(planned, "known_work_s"),
               .replanned_s = number(planned, "replanned_s"),
               .was_passed_over = planned.value("passed_over", Json(false)) == true,
               .basis = planned.value("basis", Json("")).is_string()
                            ? planned["basis"].get<std::string>()
                            : std::string(),
               .other_work = differences(planned)};
}

/// "1.8 times as long", "0.4 of the time".
std::string factor_text(double factor) {
  return factor >= 1 ? fmt::format("{:.2f} times as long", factor)
                     : fmt::format("{:.2f} of the time", factor);
}

/// Why a stage took another time, in a sentence; empty when it did as was said.
std::string reason(const Stage& stage) {
  if (stage.was_passed_over) return "not needed: its results were kept by an earlier run";
  const bool is_inside = stage.measured_s >= stage.least_s && stage.measured_s <= stage.most_s;
  const double factor = stage.measured_s / stage.predicted_s;
  if (!(stage.predicted_s > 0) || std::max(factor, 1 / factor) < kLike) return {};
  std::string text = factor_text(factor);
  if (stage.level > 0) text += is_inside ? ", within its range" : ", outside its range";
  const double work = stage.known_work_s / stage.predicted_s;
  const double speed = stage.measured_s / stage.known_work_s;
  if (std::max(work, 1 / work) >= kLike) {
    text += fmt::format("; {} for the work that it was", factor_text(work));
    for (const std::string& other : stage.other_work) text += ", " + other;
  }
  if (std::max(speed, 1 / speed) >= kLike) {
    text += fmt::format("; {} for the machine's speed", factor_text(speed));
  }
  return text;
}

void print_stages(const std::vector<Stage>& stages) {
  say(stdout, "{:<9} {:>10} {:>22} {:>10} {:>10}\n", "stage", "predicted", "range", "replanned",
      "measured");
  for (const Stage& stage : stages) {
    say(stdout, "{:<9} {:>10} {:>22} {:>10} {:>10}\n", stage.name,
        readable_duration(stage.predicted_s),
        fmt::format("{} to {}{}", readable_duration(stage.least_s), readable_duration(stage.most_s),
                    stage.level > 0 ? "" : " ?"),
        readable_duration(stage.replanned_s), readable_duration(stage.measured_s));
  }
}

void print_reasons(std::vector<Stage> stages) {
  std::ranges::stable_sort(stages, std::greater{}, [](const Stage& stage) {
    return std::abs(stage.measured_s - stage.predicted_s);
  });
  say(stdout, "\nwhere they parted, the largest difference first\n");
  bool is_any = false;
  for (const Stage& stage : stages) {
    const std::string why = reason(stage);
    if (why.empty()) continue;
    is_any = true;
    const double more_s = stage.measured_s - stage.predicted_s;
    say(stdout, "  {:<9} {}{}: {}\n", stage.name, more_s < 0 ? "-" : "+",
        readable_duration(std::abs(more_s)), why);
  }
  if (!is_any) say(stdout, "  nowhere by more than a tenth\n");
}

}  // namespace

void add_explain(CLI::App& app, ExplainOptions& options) {
  CLI::App* command =
      app.add_subcommand("explain", "Tell where a run took another time than was planned, and why");
  command->add_option("results", options.results, "folder that annotate has written")
      ->required()
      ->type_name("DIR");
}

Result<void> run_explain(const ExplainOptions& options) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::is_directory(options.results, error)
                                         ? options.results / report::kRunRecordFile
                                         : options.results;
  const auto text = read_whole_file(path, "the record of a run");
  if (!text) return std::unexpected(text.error());
  const Json record = Json::parse(*text, nullptr, false);
  if (record.is_discarded() || !record.is_object() ||
      record.value("program", Json()) != "ionloom") {
    return data_error(path.string(), "is not the record of an ionloom run");
  }
  const auto planned = record.find("planned");
  const auto listed = record.find("stages");
  if (planned == record.end() || !planned->is_object() || listed == record.end() ||
      !listed->is_array()) {
    return data_error(path.string(), "holds no plan: an older version wrote it; run it again");
  }
  std::vector<Stage> stages;
  for (const Json& json : *listed) {
    if (auto stage = stage_of(json)) stages.push_back(std::move(*stage));
  }
  const double predicted_s = number(*planned, "seconds");
  const double measured_s = number(record, "seconds");
  say(stdout, "predicted {} ({} to {}), measured {}{}\n\n", readable_duration(predicted_s),
      readable_duration(number(*planned, "least_s")), readable_duration(number(*planned, "most_s")),
      readable_duration(measured_s),
      predicted_s > 0 ? fmt::format(": {}", factor_text(measured_s / predicted_s)) : "");
  print_stages(stages);
  if (std::ranges::any_of(stages, [](const Stage& stage) { return stage.level == 0; })) {
    say(stdout, "? {}\n",
        "nothing was measured here to promise a range by; ionloom calibrate does");
  }
  print_reasons(std::move(stages));
  return {};
}

}  // namespace ionloom::app
