#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.h"
#include "report/folder_lock.h"

namespace ionloom::report {

/// A folder of results that appears complete or not at all. Results are written into a hidden
/// sibling (".NAME.partial-PID"), which takes the folder's name in commit(). Until then an older
/// folder of that name stays untouched, and the destructor removes the sibling and any parent
/// folders that were made for it. A process that is killed leaves the sibling behind,
/// and the next one that writes to this folder removes it; a caller that handles Ctrl-C must let
/// the destructor run.
class ResultsFolder {
 public:
  /// Makes the hidden folder, removes those of processes that were killed, and makes the parents of
  /// `folder` that are missing.
  ///
  /// An existing empty folder is as good as none. One with content is refused (kUsage), naming what
  /// is inside; with `force` it is replaced, if it holds a run.json of ionloom and nothing that
  /// this record does not name (files of a named folder must be .png or .npy). A folder that cannot
  /// be renamed (the current one, a mount point) is refused before any work is done. Parents that
  /// cannot be written to are kData, a full disk kResource.
  [[nodiscard]] static Result<ResultsFolder> create(const std::filesystem::path& folder,
                                                    bool force);

  ResultsFolder(ResultsFolder&& other) noexcept;
  ResultsFolder& operator=(ResultsFolder&&) = delete;
  ResultsFolder(const ResultsFolder&) = delete;
  ResultsFolder& operator=(const ResultsFolder&) = delete;
  ~ResultsFolder();

  /// Where to write; valid until commit().
  [[nodiscard]] const std::filesystem::path& partial_path() const { return partial_; }
  /// Where the results will be; absolute.
  [[nodiscard]] const std::filesystem::path& final_path() const { return final_; }

  /// Makes a folder inside the results, e.g. "images".
  [[nodiscard]] Result<std::filesystem::path> add_folder(const std::filesystem::path& name);

  /// The error of something that was written into partial_path(), in terms of the folder that the
  /// user named: nobody finds a hidden folder that is gone.
  [[nodiscard]] Error with_given_path(Error error) const;

  /// Gives the folder its name; with force, the old one goes only after that. What create() refuses
  /// is refused again, should the old folder have changed meanwhile.
  [[nodiscard]] Result<void> commit();

 private:
  ResultsFolder() = default;

  std::filesystem::path given_;
  std::filesystem::path final_;
  std::filesystem::path partial_;   ///< empty once there is nothing to remove
  std::optional<FolderLock> lock_;  ///< on partial_
  bool force_ = false;
  std::vector<std::filesystem::path> made_parents_;  ///< outermost first
};

}  // namespace ionloom::report
