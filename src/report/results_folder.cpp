#include "report/results_folder.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "files/hidden_name.h"
#include "files/output_file.h"
#include "report/run_record.h"

namespace ionloom::report {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> system_failure(const fs::path& path, std::string_view doing,
                                      const std::error_code& error) {
  return std::unexpected(files::file_error(path, doing, error.value()));
}

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

/// Paths of the regular files in `folder` (anything that is not a directory), relative to it and
/// sorted; empty directories with a trailing '/'.
Result<std::vector<std::string>> files_in(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().lexically_relative(folder).generic_string();
    const bool directory = it->is_directory(error) && !it->is_symlink(error);
    if (!directory) {
      files.push_back(name);
    } else if (fs::is_empty(it->path(), error)) {
      files.push_back(name + "/");
    }
  }
  if (error) {
    return system_failure(folder, "be listed", error);
  }
  std::ranges::sort(files);
  return files;
}

/// "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() <= kShown ? text : fmt::format("{} and {} more", text, names.size() - kShown);
}

/// Whether `file` of an old results folder is a result: recorded itself, or an image in a recorded
/// folder.
bool is_recorded(const std::string& file, const std::vector<std::string>& outputs) {
  return file == kRunRecordFile || std::ranges::any_of(outputs, [&](const std::string& output) {
           if (!output.ends_with('/')) {
             return file == output;
           }
           return file.starts_with(output) && (file.size() == output.size() ||
                                               file.ends_with(".png") || file.ends_with(".npy"));
         });
}

/// With force, only a folder made of results alone may go.
Result<void> check_replaceable(const fs::path& folder, const std::vector<std::string>& files) {
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::kUsage, folder.string(),
                fmt::format("--force replaces only results of ionloom, and {} Choose another "
                            "output folder, or move these files away.",
                            why));
  };
  if (!std::ranges::binary_search(files, std::string(kRunRecordFile))) {
    return refuse(
        fmt::format("this folder has no {} (it holds {}).", kRunRecordFile, some_of(files)));
  }
  const auto outputs = read_recorded_outputs(folder / kRunRecordFile);
  if (!outputs) {
    return refuse(fmt::format("its {} {}", kRunRecordFile, outputs.error().what));
  }
  std::vector<std::string> foreign;
  std::ranges::copy_if(files, std::back_inserter(foreign),
                       [&](const std::string& file) { return !is_recorded(file, *outputs); });
  if (!foreign.empty()) {
    return refuse(fmt::format("this folder also holds {}.", some_of(foreign)));
  }
  return {};
}

/// Refuses a folder that exists and may not be replaced by a rename.
/// @return true when the folder exists
Result<bool> check_existing(const fs::path& folder, bool force) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (!fs::exists(status)) {
    return status.type() == fs::file_type::not_found
               ? Result<bool>{false}
               : Result<bool>{system_failure(folder, "be looked at", error)};
  }
  if (!fs::is_directory(status)) {
    return fail(ErrorCode::kUsage, folder.string(),
                "is a file; the output must be a folder. Choose another name.");
  }
  if (folder == fs::current_path(error) || folder == folder.root_path()) {
    return fail(ErrorCode::kUsage, folder.string(),
                "is the current or the root folder, which cannot be replaced when the results are "
                "complete. Name a new folder inside it.");
  }
  const auto files = files_in(folder);
  if (!files) {
    return std::unexpected(files.error());
  }
  if (files->empty()) {
    return true;
  }
  if (!force) {
    const bool results = std::ranges::binary_search(*files, std::string(kRunRecordFile));
    return fail(ErrorCode::kUsage, folder.string(),
                fmt::format("{} ({}). Choose another output folder, or give --force to replace it.",
                            results ? "holds the results of another run" : "is not empty",
                            some_of(*files)));
  }
  if (auto replaceable = check_replaceable(folder, *files); !replaceable) {
    return std::unexpected(replaceable.error());
  }
  return true;
}

/// Finds out now whether `folder` can give up its name: a mount point cannot.
Result<void> try_rename(const fs::path& folder) {
  const fs::path aside = files::hidden_sibling(folder, "probe");
  std::error_code error;
  fs::rename(folder, aside, error);
  if (error) {
    return fail(ErrorCode::kUsage, folder.string(),
                fmt::format("cannot be replaced when the results are complete ({}), as is the case "
                            "for mount points. Name a new folder inside it.",
                            error.message()));
  }
  fs::rename(aside, folder, error);
  if (error) {
    return system_failure(aside, "take its name back", error);
  }
  return {};
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
    return system_failure(folder, "be found", error);
  }
  const auto exists = check_existing(results.final_, force);
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
      return system_failure(parent, "be created", error);
    }
  }
  const fs::path partial = files::hidden_sibling(results.final_, "partial");
  remove_leftovers(results.final_);
  if (!fs::create_directory(partial, error)) {
    return system_failure(partial.parent_path(), "be written to", error);
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
    return system_failure(folder, "be created", error);
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
  if (auto still_free = check_existing(final_, force_); !still_free) {  // a run can take hours
    return std::unexpected(still_free.error());
  }
  std::error_code error;
  const fs::path old = files::hidden_sibling(final_, "replaced");
  fs::rename(final_, old, error);
  const bool had_old = !error;
  if (error && error != std::errc::no_such_file_or_directory) {
    return system_failure(final_, "be replaced", error);
  }
  fs::rename(partial_, final_, error);
  if (error) {
    const auto failure = system_failure(final_, "take its final name", error);
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
      return system_failure(old, "be removed (the new results are complete)", error);
    }
  }
  return {};
}

}  // namespace ionloom::report
