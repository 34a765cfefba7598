#pragma once

#include <string>
#include <string_view>

#include "wasi/errno.h"

namespace ionloom::wasi {

/// No path of a program may be longer.
inline constexpr std::size_t kMaxPathBytes = 4096;

/// What every path has to be, before anything else looks at it: not empty (kNoent), not absolute
/// (kPerm), at most kMaxPathBytes (kNametoolong), UTF-8 (kIlseq) and without a zero byte (kInval),
/// behind which a host would not read on.
[[nodiscard]] Answer<void> check_path(std::string_view path);

/// A path below a folder of objects, where no link can lie: resolved by its text alone.
struct PlainPath {
  std::string text;  ///< "a/b", without ".", ".." and empty parts; "" for the folder itself
  bool needs_folder = false;  ///< it ended in '/', "." or "..": only a folder will do
};

/// Fails as check_path() does; kPerm when it leaves the folder, also on the way; kInval for control
/// characters and names that are kept for folders' markers, neither of which a key may have.
[[nodiscard]] Answer<PlainPath> plain_path(std::string_view path);

/// A path for the operating system in two: the folder that has it ("." when that is where the path
/// begins) and the last name. The last name is "." or ".." only as it was given.
struct SplitPath {
  std::string folder;
  std::string name;
  bool needs_folder = false;  ///< it ended in '/'
};

/// Fails as check_path() does.
[[nodiscard]] Answer<SplitPath> split_path(std::string_view path);

}  // namespace ionloom::wasi
