#include "report/results_folder.h"

#include <ranges>
#include <string>
#include <system_error>
#include <utility>

#include "files/hidden_name.h"
#include "files/output_file.h"
#include "report/old_results.h"
#include "report/run_record.h"

namespace ionloom::report {

namespace fs = std::filesystem;

namespace {

/// Removes the hidden folders that killed processes left beside `folder`: results that were never
/// completed, and old results that were being removed because new ones had taken their name. What
/// cannot be removed stays: it is in nobody's way.
void remove_leftovers(const fs::path& folder) {
  const std::string unfinished = files::hidden_prefix(folder, "partial");
  const std::string replaced = files::hidden_prefix(folder, "replaced");
  std::vector<fs::path> leftovers;
  std::error_code error;
  for (fs::directory_iterator it(folder.parent_path(), error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(unfinished) || name.starts_with(replaced)) {
      leftovers.push_back(it->path());
    }
  }
  // Old results may have to come back as long as no new ones have the name.
  const bool has_results = fs::exists(folder / kRunRecordFile, error);
  for (const fs::path& leftover : leftovers) {
    if (leftover.filename().string().starts_with(replaced) && !has_results) continue;
    if (FolderLock::try_take(leftover)) fs::remove_all(leftover, error);
  }
}

}  // namespace

Result<ResultsFolder> ResultsFolder::create(const fs::path& folder, bool force) {
  if (folder.empty()) {
    return usage_error("The output folder has an empty name.");
  }
  std::error_code error;
  ResultsFolder results;
  results.force_ = force;
  results.given_ = folder;
  results.final_ = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (!results.final_.has_filename()) {  // "out/" is "out"
    results.final_ = results.final_.parent_path();
  }
  if (error) {
    return std::unexpected(files::file_error(folder, "be found", error.value()));
  }
  const auto exists = check_old_results(results.final_, force);
  if (!exists) {
    return std::unexpected(exists.error());
  }
  if (*exists) {
    if (auto renamed = try_rename(results.final_); !renamed) {
      return std::unexpected(renamed.error());
    }
  }

  std::vector<fs::path> missing;
  for (fs::path parent = results.final_.parent_path(); !fs::exists(parent, error);
       parent = parent.parent_path()) {
    missing.push_back(parent);
  }
  for (const fs::path& parent : missing | std::views::reverse) {
    if (fs::create_directory(parent, error)) {
      results.made_parents_.push_back(parent);
    }
    if (error) {
      return std::unexpected(files::file_error(parent, "be created", error.value()));
    }
  }
  const fs::path partial = files::hidden_sibling(results.final_, "partial");
  remove_leftovers(results.final_);
  if (!fs::create_directory(partial, error)) {
    return std::unexpected(
        files::file_error(partial.parent_path(), "be written to", error.value()));
  }
  results.partial_ = partial;
  results.lock_ = FolderLock::try_take(partial);
  return results;
}

ResultsFolder::ResultsFolder(ResultsFolder&& other) noexcept
    : given_(std::move(other.given_)),
      final_(std::move(other.final_)),
      partial_(std::exchange(other.partial_, {})),
      lock_(std::move(other.lock_)),
      force_(other.force_),
      made_parents_(std::exchange(other.made_parents_, {})) {}

ResultsFolder::~ResultsFolder() {
  std::error_code ignored;
  if (!partial_.empty()) {
    fs::remove_all(partial_, ignored);
  }
  for (const fs::path& parent : made_parents_ | std::views::reverse) {
    fs::remove(parent, ignored);  // leaves it when something else has come to live there
  }
}

Result<fs::path> ResultsFolder::add_folder(const fs::path& name) {
  fs::path folder = partial_ / name;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return std::unexpected(files::file_error(folder, "be created", error.value()));
  }
  return folder;
}

Error ResultsFolder::with_given_path(Error error) const {
  const std::string partial = partial_.string();
  if (partial.empty()) return error;
  for (std::string* text : {&error.where, &error.what}) {
    for (auto at = text->find(partial); at != std::string::npos; at = text->find(partial, at)) {
      text->replace(at, partial.size(), given_.string());
      at += given_.string().size();
    }
  }
  return error;
}

Result<void> ResultsFolder::commit() {
  if (auto still_free = check_old_results(final_, force_); !still_free) {  // a run can take hours
    return std::unexpected(still_free.error());
  }
  std::error_code error;
  const fs::path old = files::hidden_sibling(final_, "replaced");
  fs::rename(final_, old, error);
  const bool had_old = !error;
  if (error && error != std::errc::no_such_file_or_directory) {
    return std::unexpected(files::file_error(final_, "be replaced", error.value()));
  }
  fs::rename(partial_, final_, error);
  if (error) {
    const auto failure =
        std::unexpected(files::file_error(final_, "take its final name", error.value()));
    if (had_old) {
      fs::rename(old, final_, error);
    }
    return failure;
  }
  partial_.clear();
  lock_.reset();
  made_parents_.clear();
  if (had_old) {
    fs::remove_all(old, error);
    if (error) {
      return std::unexpected(
          files::file_error(old, "be removed (the new results are complete)", error.value()));
    }
  }
  return {};
}

}  // namespace ionloom::report
