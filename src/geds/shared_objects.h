#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "store/object_store.h"

namespace ionloom::geds {

/// What a node tells others of the folder in a tmpfs in which it keeps its objects
/// (store/shared_memory_tier.h): "MACHINE DEVICE INODE PATH", so that only those take it for theirs
/// who see this very folder. "" when the folder is not there.
[[nodiscard]] std::string shared_folder_text(const std::filesystem::path& folder);

/// The objects in a folder that a node told of, to be viewed where they lie. nullptr when this
/// process is on another machine, sees another folder under that path, or may not open it: then
/// they are read as those of any node.
[[nodiscard]] std::shared_ptr<store::ObjectStore> open_shared_folder(const std::string& text);

}  // namespace ionloom::geds
