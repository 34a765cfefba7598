#include "tasks/run_task.h"

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "tasks/annotate_task.h"
#include "tasks/column.h"
#include "tasks/images_task.h"
#include "tasks/index_task.h"
#include "tasks/ingest_task.h"
#include "tasks/ions_task.h"
#include "tasks/patterns_task.h"
#include "tasks/rank_task.h"
#include "tasks/summary.h"

namespace ionloom::tasks {
namespace {

/// The module's data and stack, which are 0.4 MB, and what is small in every stage.
constexpr std::uint64_t kAlwaysBytes = 640U << 10;
/// Of a stage's bytes, for gaps between them in the module's memory: a sixteenth. Stages count what
/// they hold one after the other as if it were there together, so that few gaps cost anything.
constexpr std::uint64_t kGapsPart = 16;
/// A record's lines as text and as read, each with the allocator's share.
constexpr std::uint64_t kBytesPerLine = 512;

/// The task that knows its stage's settings.
template <class Visit>
auto with_stage(const Task& task, Visit visit)
    -> decltype(visit(std::declval<const IngestTask&>())) {
  const auto with =
      [&]<class StageTask>(
          const Result<StageTask>& read) -> decltype(visit(std::declval<const IngestTask&>())) {
    if (!read) return std::unexpected(read.error());
    return visit(*read);
  };
  switch (task.stage) {
    case Stage::kIndex:
      return with(IndexTask::read(task));
    case Stage::kIngest:
      return with(IngestTask::read(task));
    case Stage::kPatterns:
      return with(PatternsTask::read(task));
    case Stage::kAnnotate:
      return with(AnnotateTask::read(task));
    case Stage::kIons:
      return with(IonsTask::read(task));
    case Stage::kImages:
      return with(ImagesTask::read(task));
    case Stage::kRank:
      return with(RankTask::read(task));
  }
  return usage_error("no such stage");
}

std::uint64_t with_record(const Task& task, std::uint64_t stage_bytes) {
  const std::uint64_t lines =
      task.parameters.size() + task.inputs.size() + task.outputs.size() + task.expected.size();
  return kAlwaysBytes + lines * kBytesPerLine + stage_bytes + stage_bytes / kGapsPart;
}

Result<void> compare(const Task& task, const Summary& summary) {
  for (const ExpectedCount& expected : task.expected) {
    const auto found = summary.count(expected.name);
    if (!found) {
      return usage_error("there is no count " + expected.name + " in " +
                         std::string(stage_name(task.stage)));
    }
    if (*found != expected.count) {
      return data_error({}, "expected " + std::to_string(expected.count) + " " + expected.name +
                                ", found " + std::to_string(*found));
    }
  }
  return {};
}

Result<void> write_summary(const RunningTask& running, const Summary& summary) {
  const std::string text = summary.text();
  for (std::uint32_t i = 0; i < running.task.outputs.size(); ++i) {
    if (running.task.outputs[i].name != "summary") continue;
    if (auto done = running.io.write(i, std::as_bytes(std::span(text))); !done) return done;
  }
  return {};
}

Result<void> run(const Task& task, TaskIo& io) {
  const RunningTask running{task, io};
  return with_stage(task, [&](const auto& stage) -> Result<void> {
    const std::uint64_t bound = with_record(task, stage.memory_bound_bytes());
    if (bound > std::numeric_limits<std::size_t>::max()) {
      return fail(ErrorCode::kResource, {},
                  "needs up to " + std::to_string(bound) +
                      " bytes of memory, more than 32 bits can address; cut it into smaller ones");
    }
    if (task.memory_bytes < bound) {
      return fail(ErrorCode::kResource, {},
                  "may use " + std::to_string(task.memory_bytes) +
                      " bytes of memory, but needs up "
                      "to " +
                      std::to_string(bound));
    }
    const auto summary = stage.execute(running);
    if (!summary) return std::unexpected(summary.error());
    if (auto same = compare(task, *summary); !same) return same;
    return write_summary(running, *summary);
  });
}

Error named(const Task& task, Error error) {
  error.where = "task " + task.name + " (" + std::string(stage_name(task.stage)) + ")" +
                (error.where.empty() ? "" : ", " + error.where);
  return error;
}

}  // namespace

Result<void> run_task(const Task& task, TaskIo& io) {
  auto done = run(task, io);
  if (!done) return std::unexpected(named(task, std::move(done.error())));
  return done;
}

Result<std::uint64_t> memory_bound_bytes(const Task& task) {
  auto bound = with_stage(task, [&](const auto& stage) -> Result<std::uint64_t> {
    return with_record(task, stage.memory_bound_bytes());
  });
  if (!bound) return std::unexpected(named(task, std::move(bound.error())));
  return bound;
}

}  // namespace ionloom::tasks
