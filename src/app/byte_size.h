#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <CLI/CLI.hpp>

namespace ionloom::app {

/// A size as people write it: "800M", "1.5 GB", "4GiB", "1000000". K, M, G, T stand for powers of
/// 1000, Ki, Mi, Gi, Ti for powers of 1024, in any case and with or without a B.
/// @return bytes, rounded down; nothing for any other text, a negative size or one of 2^63 and more
[[nodiscard]] std::optional<std::uint64_t> parse_byte_size(std::string_view text);

/// Takes an option's value as a size in bytes.
[[nodiscard]] CLI::Validator byte_size();

}  // namespace ionloom::app
