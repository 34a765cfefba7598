#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ionloom::chem {

[[nodiscard]] bool is_utf8(std::string_view text);

/// The text as it is when it is UTF-8; otherwise its bytes read as Latin-1, which every text can
/// be. Readers of Parquet refuse a whole column for one byte that is not UTF-8.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// Number of code points of UTF-8 text.
[[nodiscard]] std::size_t characters(std::string_view text);

}  // namespace ionloom::chem
