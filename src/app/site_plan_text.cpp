#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/duration.h"
#include "app/progress_line.h"
#include "app/site_plan.h"
#include "report/drawing.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::ordered_json;

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100 * share);
}

std::string readable(double bytes) {
  return readable_bytes(static_cast<std::uint64_t>(std::llround(bytes)));
}

/// What a site does: "ingest 100 %, patterns, annotate 35 %, rank"; empty: nothing.
std::string work_text(const sites::PlacedPlan& plan, std::size_t site) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (plan.placement.ingest[site] > 0) add("ingest " + percent(plan.placement.ingest[site]));
  if (plan.placement.patterns == site) add("patterns");
  if (plan.placement.annotate[site] > 0) add("annotate " + percent(plan.placement.annotate[site]));
  if (plan.placement.rank == site) add("rank and images");
  return text;
}

/// How peaks cross links.
std::string way_text(const sites::Placement& placement) {
  if (placement.is_packed) return placement.windows_only ? "packed, windows only" : "packed";
  return placement.windows_only ? "windows only" : "as they are";
}

std::string totals_text(const sites::PlacementEstimate& estimate) {
  return fmt::format("{}, {} over links, {:.3g} J, ${:.3g}", readable_duration(estimate.time_s),
                     readable(estimate.link_bytes), estimate.energy_j, estimate.cost_usd);
}

std::string plan_lines(const SitePlan& made, const sites::PlacedPlan& plan) {
  std::string text;
  for (std::size_t i = 0; i < made.file.sites.size(); ++i) {
    const std::string work = work_text(plan, i);
    text += fmt::format("  [{}] {}\n", made.file.sites[i].name, work.empty() ? "nothing" : work);
    for (std::size_t to = 0; to < made.file.sites.size(); ++to) {
      const double bytes = plan.estimate.sent_bytes[i][to];
      if (bytes < 1) continue;
      text += fmt::format("     |--- {} ---> [{}]\n", readable(bytes), made.file.sites[to].name);
    }
  }
  return text;
}

std::string goal_text(const SiteGoal& goal) {
  const char* what = goal.goal == sites::PlacementGoal::kTime     ? "the soonest"
                     : goal.goal == sites::PlacementGoal::kCost   ? "the cheapest"
                     : goal.goal == sites::PlacementGoal::kEnergy ? "the least energy"
                                                                  : "the least over links";
  std::string text = what;
  if (goal.deadline_s) text += " within " + readable_duration(*goal.deadline_s);
  if (!goal.keep_raw_at.empty()) text += ", no peak leaves " + goal.keep_raw_at;
  if (goal.placement == "runner-up") text = "the runner-up of " + text;
  if (goal.placement != "best" && goal.placement != "runner-up") text = "as " + goal.placement;
  return text;
}

std::string basis_text(const SitePlan& made) {
  std::string text;
  for (std::size_t i = 0; i < made.file.sites.size(); ++i) {
    const sites::Site& site = made.file.sites[i];
    const auto known = std::ranges::count_if(made.file.measured[i],
                                             [](const auto& kappa) { return kappa.has_value(); });
    text +=
        fmt::format("      {}: {}, {}, {}; {} of {} stages measured on it\n", site.name,
                    site.device.name, counted(site.device.cores, "core", "cores"),
                    readable_bytes(site.device.memory_bytes), known, plan::kThreadStages.size());
  }
  return text;
}

/// The bandwidth that is planned with; null when none is known.
Json counted_on(const sites::RecentValues& bytes_s) {
  return bytes_s.empty() ? Json() : Json(bytes_s.quantile(sites::kCountedOn));
}

/// What kappas multiply.
Json module_seconds(const sites::PlacementJob& job) {
  Json seconds = Json::object();
  for (const plan::Stage stage : plan::kThreadStages) {
    seconds[std::string(plan::stage_name(stage))] = job.predict(stage).seconds;
  }
  return seconds;
}

Json placement_json(const SitePlan& made, const sites::PlacedPlan& plan) {
  Json sites = Json::array();
  for (std::size_t i = 0; i < made.file.sites.size(); ++i) {
    Json sent = Json::object();
    for (std::size_t to = 0; to < made.file.sites.size(); ++to) {
      const double bytes = plan.estimate.sent_bytes[i][to];
      if (bytes > 0) sent[made.file.sites[to].name] = bytes;
    }
    const sites::DeviceRecord& device = made.file.sites[i].device;
    Json kappa = Json::object();
    for (const plan::Stage stage : plan::kStages) {
      const auto& known = device.kappas[static_cast<std::size_t>(stage)];
      if (known) kappa[std::string(plan::stage_name(stage))] = *known;
    }
    sites.push_back({{"site", made.file.sites[i].name},
                     {"cores", device.cores},
                     {"memory_bytes", device.memory_bytes},
                     {"kappa", std::move(kappa)},
                     {"up_bytes_s", counted_on(device.link.up_bytes_s)},
                     {"down_bytes_s", counted_on(device.link.down_bytes_s)},
                     {"ingest", plan.placement.ingest[i]},
                     {"patterns", plan.placement.patterns == i},
                     {"annotate", plan.placement.annotate[i]},
                     {"rank", plan.placement.rank == i},
                     {"busy_s", plan.estimate.busy_s[i]},
                     {"sent_bytes", std::move(sent)}});
  }
  return {{"packed", plan.placement.is_packed},     {"windows_only", plan.placement.windows_only},
          {"time_s", plan.estimate.time_s},         {"steps_s", plan.estimate.steps_s},
          {"ingest_s", plan.estimate.ingest_s},     {"annotate_s", plan.estimate.annotate_s},
          {"rank_s", plan.estimate.rank_s},         {"images_s", plan.estimate.images_s},
          {"cost_usd", plan.estimate.cost_usd},     {"energy_j", plan.estimate.energy_j},
          {"link_bytes", plan.estimate.link_bytes}, {"sites", std::move(sites)}};
}

constexpr int kWidth = 1100;
constexpr int kBoxWidth = 420;
constexpr int kRow = 130;
constexpr int kTop = 70;

/// One placement: sites below each other, what they send as arrows from row to row beside them.
void draw_plan(report::Drawing& drawing, const SitePlan& made, const sites::PlacedPlan& plan,
               int left, const std::string& title) {
  using report::kBlack;
  using report::kBlue;
  drawing.text(left, 12, title, kBlack);
  drawing.text(left, 36, totals_text(plan.estimate), report::kRed);
  const auto middle = [](std::size_t site) { return kTop + static_cast<int>(site) * kRow + 45; };
  for (std::size_t i = 0; i < made.file.sites.size(); ++i) {
    const int top = kTop + static_cast<int>(i) * kRow;
    const bool works = !work_text(plan, i).empty();
    drawing.box(left, top, kBoxWidth, 90, works ? kBlue : report::kGrey);
    drawing.box(left + 2, top + 2, kBoxWidth - 4, 86, report::kWhite);
    drawing.text(left + 12, top + 10, made.file.sites[i].name, kBlack);
    int y = top + 36;
    std::string work = work_text(plan, i);
    // Two parts a line fit into the box.
    while (!work.empty()) {
      std::size_t cut = work.size() > 32 ? work.rfind(", ", 32) : std::string::npos;
      drawing.text(left + 12, y, work.substr(0, cut), report::kDarkGrey);
      work = cut == std::string::npos ? "" : work.substr(cut + 2);
      y += 22;
    }
  }
  int x = left + 60;
  for (std::size_t from = 0; from < made.file.sites.size(); ++from) {
    for (std::size_t to = 0; to < made.file.sites.size(); ++to) {
      const double bytes = plan.estimate.sent_bytes[from][to];
      if (bytes < 1) continue;
      const bool is_down = to > from;
      const int begin = middle(from) + (is_down ? 46 : -46);
      const int end = middle(to) + (is_down ? -46 : 46);
      for (int width = 0; width < 2; ++width)
        drawing.line(x + width, begin, x + width, end, report::kRed);
      for (int step = 1; step <= 7; ++step) {
        const int y = end + (is_down ? -step : step);
        drawing.line(x - step, y, x + 1 + step, y, report::kRed);
      }
      drawing.text(x + 14, (begin + end) / 2 - 7, readable(bytes), report::kRed);
      x += 180;
    }
  }
}

}  // namespace

std::string site_plan_text(const Job& job, const SitePlan& made) {
  const sites::PlacedPlan& best = made.plans.front();
  const sites::PlacementJob& sizes = made.job;
  std::string text = fmt::format(
      "{}  {} raw at {}; {} as sorted peaks, {} packed (a sample); windows touch {} of their "
      "blocks\n",
      job.dataset.imzml_path.filename().string(), readable(sizes.raw_bytes),
      made.file.sites[sizes.source].name, readable(sizes.run_bytes),
      readable(sizes.run_bytes * sizes.packed_share), percent(sizes.window_share));
  text += "where " + basis_text(made).substr(6);
  text += fmt::format("plan  {}: {}; peaks cross links {}\n\n{}", goal_text(made.goal),
                      totals_text(best.estimate), way_text(best.placement), plan_lines(made, best));
  text += fmt::format(
      "\n  starts and planning {}, ingest and patterns {}, annotate {}, rank {}, images {}\n",
      readable_duration(best.estimate.steps_s), readable_duration(best.estimate.ingest_s),
      readable_duration(best.estimate.annotate_s), readable_duration(best.estimate.rank_s),
      readable_duration(best.estimate.images_s));
  if (made.runner_up == made.plans.size()) return text + "\nno other placement is possible\n";
  const sites::PlacedPlan& other = made.plans[made.runner_up];
  return text + fmt::format("\n{}: {}; peaks cross links {}\n{}",
                            made.goal.placement == "best" ? "runner-up" : "instead",
                            totals_text(other.estimate), way_text(other.placement),
                            plan_lines(made, other));
}

std::string site_plan_json(const Job& job, const SitePlan& made) {
  Json json = {{"ionloom_plan", 1},
               {"kind", "sites"},
               {"dataset", job.dataset.imzml_path.string()},
               {"raw_bytes", made.job.raw_bytes},
               {"run_bytes", made.job.run_bytes},
               {"packed_share", made.job.packed_share},
               {"window_share", made.job.window_share},
               {"header_bytes", made.job.header_bytes},
               {"module_s", module_seconds(made.job)},
               {"source", made.file.sites[made.job.source].name},
               {"results", made.file.sites[made.job.results].name},
               {"keep_raw", made.job.keep_raw},
               {"plan", placement_json(made, made.plans.front())},
               {"runner_up", nullptr}};
  if (made.runner_up < made.plans.size()) {
    json["runner_up"] = placement_json(made, made.plans[made.runner_up]);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> write_site_picture(const std::filesystem::path& path, const SitePlan& made) {
  const int height = kTop + static_cast<int>(made.file.sites.size()) * kRow;
  report::Drawing drawing(kWidth, static_cast<std::uint32_t>(height));
  draw_plan(drawing, made, made.plans.front(), 40, "plan");
  if (made.runner_up < made.plans.size()) {
    draw_plan(drawing, made, made.plans[made.runner_up], 40 + kBoxWidth + 120, "runner-up");
  }
  return drawing.write_png(path);
}

}  // namespace ionloom::app
