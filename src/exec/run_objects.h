#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "exec/run_reader.h"
#include "exec/store_traffic.h"
#include "exec/task_objects.h"

namespace ionloom::exec {

/// The objects of one annotation run that its tasks exchange, by names that mean something in this
/// run only. Thread-safe.
class RunObjects : public TaskObjects {
 public:
  static constexpr const char* kIbd = "ibd";  ///< the dataset's file
  static constexpr const char* kSpectra = "spectra";
  static constexpr const char* kPixels = "pixels";

  /// Name of a run of peaks.
  [[nodiscard]] static std::string run_name(std::uint64_t number) {
    return kRunPrefix + std::to_string(number);
  }

  using Bytes = std::shared_ptr<const std::vector<std::byte>>;

  /// Keeps an object that no task makes.
  [[nodiscard]] virtual Result<void> add(const std::string& object,
                                         std::vector<std::byte> bytes) = 0;
  /// A whole object that is neither the .ibd nor a run. Fails when there is none of this name.
  [[nodiscard]] virtual Result<Bytes> bytes(const std::string& object) = 0;
  /// The run needs this object no more.
  virtual void drop(const std::string& object) = 0;

  /// A run of peaks that a task has made; the object stays as long as this lives.
  [[nodiscard]] virtual Result<std::shared_ptr<const RunReader>> run(const std::string& object) = 0;

  /// To be called before the task runs.
  /// @return true when the outputs are there already: another run has made them. The task need not
  ///         run then
  [[nodiscard]] virtual Result<bool> find_made(const tasks::Task& /*task*/) { return false; }

  /// Tasks so far whose outputs were there.
  [[nodiscard]] virtual std::uint64_t tasks_found() const { return 0; }

  /// Leaves a task to others, who run it later. To be called after find_made().
  /// @return false: it is to be run here
  [[nodiscard]] virtual bool hand_out(const tasks::Task& /*task*/) { return false; }

  /// Tasks so far that were left to others.
  [[nodiscard]] virtual std::uint64_t tasks_handed_out() const { return 0; }

  /// Counts what goes through a store; null where there is none.
  [[nodiscard]] virtual const StoreMeter* meter() const { return nullptr; }

 protected:
  static constexpr const char* kRunPrefix = "run-";

  [[nodiscard]] static bool is_run(const std::string& object) {
    return object.starts_with(kRunPrefix);
  }
};

}  // namespace ionloom::exec
