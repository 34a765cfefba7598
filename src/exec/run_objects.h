#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "exec/run_file.h"
#include "exec/task_objects.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

/// The objects of one annotation run that its tasks exchange: the .ibd in its file, runs of peaks
/// in files without a name, all others in memory. Thread-safe.
class RunObjects : public TaskObjects {
 public:
  static constexpr const char* kIbd = "ibd";
  static constexpr const char* kRunPrefix = "run-";  ///< names of runs of peaks begin with it

  /// @param runs_folder  where runs are written
  RunObjects(const imzml::Dataset& dataset, std::filesystem::path runs_folder);

  /// Keeps an object in memory.
  void add(const std::string& object, std::vector<std::byte> bytes);
  /// Bytes of an object in memory. Fails when there is none of this name.
  [[nodiscard]] Result<std::span<const std::byte>> bytes(const std::string& object) const;
  /// Gives the memory of an object back.
  void drop(const std::string& object);

  /// A run of peaks that a task has made; the object stays as long as this lives.
  [[nodiscard]] Result<std::shared_ptr<const RunFile>> run(const std::string& object) const;

  Result<std::uint64_t> size_bytes(const std::string& object) override;
  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override;
  Result<std::unique_ptr<NewObject>> create(const std::string& object) override;
  Result<void> publish(NewObjects objects) override;

 private:
  class NewBytes;
  class NewRun;
  using Held = std::shared_ptr<const std::vector<std::byte>>;

  [[nodiscard]] Held held(const std::string& object) const;

  std::unique_ptr<TaskObjects> ibd_;
  std::string ibd_name_;
  std::filesystem::path runs_folder_;
  mutable std::mutex mutex_;
  std::map<std::string, Held> objects_;
  std::map<std::string, std::shared_ptr<const RunFile>> runs_;
};

}  // namespace ionloom::exec
