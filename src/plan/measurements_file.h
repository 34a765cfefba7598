#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/measurement.h"

struct sqlite3;

namespace ionloom::plan {

/// Measurements of all runs, kept in an SQLite file (docs/formats/measurements.md). Several
/// processes may use it at the same time. What is no such file, is damaged or was written by a
/// newer version is left as it is.
class MeasurementsFile {
 public:
  /// Opens the file, or makes an empty one in an existing folder.
  [[nodiscard]] static Result<MeasurementsFile> open(const std::filesystem::path& path);

  /// Adds all, or none when it fails.
  [[nodiscard]] Result<void> add(std::span<const Measurement> measurements);
  /// All, in the order in which they were added.
  [[nodiscard]] Result<std::vector<Measurement>> all() const;
  /// How many there are.
  [[nodiscard]] Result<std::uint64_t> count() const;
  /// Removes those of a device; of every device when it is empty. @return how many
  [[nodiscard]] Result<std::uint64_t> forget(const std::string& device);

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  using Database = std::unique_ptr<sqlite3, Closer>;

  MeasurementsFile(std::filesystem::path path, Database database)
      : path_(std::move(path)), database_(std::move(database)) {}
  [[nodiscard]] Result<void> prepare();

  std::filesystem::path path_;
  Database database_;
};

}  // namespace ionloom::plan
