#include "store/folder_walk.h"

#include <system_error>

#include "store/key_path.h"

namespace ionloom::store {

namespace fs = std::filesystem;

namespace {

using Visit = std::function<void(const std::string&, const fs::directory_entry&)>;

void walk(const fs::path& folder, const std::string& key_so_far, std::string_view prefix,
          const Visit& visit) {
  // Folders that vanish while they are read have no objects.
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const bool is_folder = at->is_directory(gone);
    const auto part = key_part_of(at->path().filename().native(), is_folder);
    if (!part) continue;
    const std::string key = key_so_far + *part;
    if (is_folder) {
      if (key.starts_with(prefix) || prefix.starts_with(key)) walk(at->path(), key, prefix, visit);
    } else if (key.starts_with(prefix)) {
      visit(key, *at);
    }
  }
}

}  // namespace

void walk_objects(const fs::path& bucket_folder, std::string_view prefix, const Visit& visit) {
  walk(bucket_folder, "", prefix, visit);
}

}  // namespace ionloom::store
