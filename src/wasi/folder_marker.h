#pragma once

#include <string_view>

namespace ionloom::wasi {

/// The object that makes a folder of a prefix: "a/b/_$folder$" says that "a/b" is one, also when
/// nothing else lies there. GEDS's own convention (geds/names.h, kFolderMarker).
inline constexpr std::string_view kMarker = "_$folder$";

}  // namespace ionloom::wasi
