#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace ionloom::app {

/// A mount as the user typed it: "/geds/BUCKET[/PREFIX][=STORE][:ro|:rw]".
struct MountText {
  std::string path;  ///< as the program sees it
  std::string bucket;
  std::string prefix;  ///< of keys; "" or ends in '/'
  std::string store;   ///< a store's URL; "" for GEDS
  bool writable = false;
};

/// Fails (kUsage), quoting the text, when it is not of this form, or bucket or prefix may not be
/// used.
[[nodiscard]] Result<MountText> parse_mount(const std::string& text);

/// A folder of this machine as the user typed it: "FOLDER[::PATH][:ro|:rw]".
struct FolderText {
  std::string folder;
  std::string path;  ///< as the program sees it
  bool writable = false;
};

[[nodiscard]] Result<FolderText> parse_folder(const std::string& text);

}  // namespace ionloom::app
