#pragma once

#include <optional>
#include <string_view>

#include "plan/learned_models.h"
#include "plan/work_counts.h"
#include "sites/device_record.h"

namespace ionloom::sites {

/// "native", "wasm" or "interpreted": what measurements call it.
[[nodiscard]] std::string_view measured_runtime(Runtime runtime);

/// What kappas are multiples of: a stage's tasks, as runs over sites have them, on one thread of
/// the machine of ionloom's defaults, in the compiled module; its threads where no tasks were
/// measured.
[[nodiscard]] plan::Device reference_of_tasks(const plan::StageModel& model);

/// The same tasks on the same machine, run in this way. Absent where they were not measured.
[[nodiscard]] std::optional<plan::Device> reference_of_tasks(const plan::StageModel& model,
                                                             Runtime runtime);

/// The work that a kappa is told for: 64 x 64 pixels of 1,000 peaks each, 1,000 formulas.
[[nodiscard]] plan::JobCounts usual_job();

/// How much longer a stage's tasks take than in the compiled module when they are run in this way,
/// on one machine: for this job, since the interpreter slows down one kind of work more than
/// another. 1 where nobody knows.
[[nodiscard]] double runtime_ratio(const plan::StageModel& model, Runtime runtime,
                                   const plan::JobCounts& job);

/// Kappas for a job, of those that are told for usual_job(): what differs between ways of running
/// by the kind of work differs as it does on the reference machine.
[[nodiscard]] Kappas kappas_of_job(const Kappas& usual, Runtime runtime,
                                   const plan::LearnedModels& models, const plan::JobCounts& job);

/// How much slower a device is than the reference machine, whatever it runs and in which way: the
/// middle of its stages, each against the same way of running there. Absent when no kappa is known.
[[nodiscard]] std::optional<double> speed_kappa(const Kappas& usual, Runtime runtime,
                                                const plan::LearnedModels& models);

}  // namespace ionloom::sites
