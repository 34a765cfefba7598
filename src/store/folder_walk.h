#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace ionloom::store {

/// Calls `visit` with key and file of each object below the folder of a bucket whose key begins
/// with `prefix`, in no order. Folders that cannot have such keys are not read.
void walk_objects(const std::filesystem::path& bucket_folder, std::string_view prefix,
                  const std::function<void(const std::string& key,
                                           const std::filesystem::directory_entry& file)>& visit);

}  // namespace ionloom::store
