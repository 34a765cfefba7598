#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "plan/storage_tier.h"

namespace ionloom::plan {

enum class BackendKind : std::uint8_t {
  kFunctions,  ///< a task a function: memory and CPU of a class each, as many as the limit allows
  kMachines,   ///< one virtual machine of a class, its CPUs and memory shared by tasks
  kLocal,      ///< the machine that the plan is made on
};

/// What can be asked for: the memory and CPUs of one function, or of a whole machine.
struct MemoryClass {
  std::uint64_t memory_bytes = 0;
  double cpus = 0;         ///< a share of one, or several
  double price_s_usd = 0;  ///< a second

  bool operator==(const MemoryClass&) const = default;
};

/// Where a figure of a backend comes from.
struct FigureOrigin {
  std::string figure{};   ///< "price_request_usd", "tiers.s3.read_latency_s"
  std::string basis{};    ///< "measured", "documented", "published" or "assumed"
  std::string title{};    ///< of the source
  std::string address{};  ///< of the source, with a commit where it is code
  std::string date{};     ///< of the figure, YYYY-MM-DD
};

/// Where tasks can run and what that costs (docs/formats/backends.md).
struct Backend {
  std::string name{};
  std::string title{};
  BackendKind kind = BackendKind::kLocal;
  std::string device{};  ///< whose models hold, with one CPU of this backend as that device's
  std::vector<MemoryClass> classes{};  ///< ascending in memory
  double price_request_usd = 0;        ///< to start one task
  double least_billed_s = 0;           ///< of a function, or of a machine from its start
  double start_up_median_s = 0;        ///< of a function, or of a machine; lognormal
  double start_up_spread_log = 0;
  double time_limit_s = std::numeric_limits<double>::infinity();         ///< of a task
  double payload_limit_bytes = std::numeric_limits<double>::infinity();  ///< of a call
  double concurrency = std::numeric_limits<double>::infinity();          ///< tasks at once
  std::vector<StorageTier> tiers{};
  std::vector<FigureOrigin> origins{};  ///< of every figure

  /// Whether any figure was not measured: what is planned with it is a simulation.
  [[nodiscard]] bool is_simulated() const;

  /// Tasks of so much memory that run at the same time in a class, at least 1.
  [[nodiscard]] double slots(const MemoryClass& of, std::uint64_t task_memory_bytes) const;
};

/// The local backend on a machine with so many CPUs and bytes of memory.
[[nodiscard]] Backend on_machine(Backend local, double cpus, std::uint64_t memory_bytes);

}  // namespace ionloom::plan
