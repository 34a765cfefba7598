#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exec/ibd_object.h"
#include "exec/run_objects.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

/// The objects of a run in one process: runs of peaks in files without a name, all others in
/// memory.
class LocalObjects final : public RunObjects {
 public:
  /// @param runs_folder  where runs are written
  LocalObjects(const imzml::Dataset& dataset, std::filesystem::path runs_folder)
      : ibd_(dataset), runs_folder_(std::move(runs_folder)) {}

  Result<void> add(const std::string& object, std::vector<std::byte> bytes) override;
  Result<Bytes> bytes(const std::string& object) override;
  void drop(const std::string& object) override;
  Result<std::shared_ptr<const RunReader>> run(const std::string& object) override;

  Result<std::uint64_t> size_bytes(const std::string& object) override;
  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override;
  Result<std::unique_ptr<NewObject>> create(const std::string& object) override;
  Result<void> publish(NewObjects objects) override;

 private:
  class NewBytes;
  class NewRun;

  IbdObject ibd_;
  std::filesystem::path runs_folder_;
  std::mutex mutex_;
  std::map<std::string, Bytes> objects_;
  std::map<std::string, std::shared_ptr<const RunReader>> runs_;
};

}  // namespace ionloom::exec
