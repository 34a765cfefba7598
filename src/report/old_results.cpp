#include "report/old_results.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/core.h>

#include "files/hidden_name.h"
#include "files/output_file.h"
#include "report/run_record.h"

namespace ionloom::report {

namespace fs = std::filesystem;

namespace {

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
    return std::unexpected(files::file_error(folder, "be listed", error.value()));
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

}  // namespace

Result<bool> check_old_results(const fs::path& folder, bool force) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (!fs::exists(status)) {
    return status.type() == fs::file_type::not_found
               ? Result<bool>{false}
               : Result<bool>{
                     std::unexpected(files::file_error(folder, "be looked at", error.value()))};
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
    return std::unexpected(files::file_error(aside, "take its name back", error.value()));
  }
  return {};
}

}  // namespace ionloom::report
