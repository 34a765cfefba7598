#include "app/hand_out.h"

#include <cstdio>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/progress_line.h"
#include "app/standard_streams.h"
#include "files/output_file.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

}  // namespace

Result<void> hand_out(std::span<const tasks::Task> tasks, const RunPlan* plan,
                      std::uint32_t threads, std::uint64_t memory_bytes,
                      const std::filesystem::path& path) {
  Json stages = Json::object();
  Json list = Json::array();
  for (const tasks::Task& task : tasks) {
    const std::string stage(tasks::stage_name(task.stage));
    list.push_back({{"name", task.name},
                    {"stage", stage},
                    {"memory_bytes", task.memory_bytes},
                    {"text", tasks::encode_task(task)}});
    if (stages.contains(stage)) continue;
    const auto expected = plan == nullptr ? std::nullopt : plan->record_of(stage);
    stages[stage] = expected ? Json{{"seconds", expected->seconds},
                                    {"most_s", expected->most_s},
                                    {"level", expected->level}}
                             : Json();
  }
  const Json all = {{"ionloom_handed_out", kVersion},
                    {"threads", threads},
                    {"memory_bytes", memory_bytes},
                    {"expected", std::move(stages)},
                    {"tasks", std::move(list)}};
  if (auto written = files::write_file(path, all.dump() + "\n"); !written) return written;
  say(stdout, "\nHanded out {}: {}\n", counted(tasks.size(), "task", "tasks"), path.string());
  return {};
}

}  // namespace ionloom::app
