#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace ionloom::imzml {

enum class DigestAlgorithm : std::uint8_t { kMd5, kSha1, kSha256 };

/// Digests of a whole file, read once, as lower-case hex in the order of `algorithms`.
/// @param cancelled  asked now and then; when it says yes the result is kInterrupted
[[nodiscard]] Result<std::vector<std::string>> file_digests(
    const std::filesystem::path& path, std::span<const DigestAlgorithm> algorithms,
    const std::function<bool()>& cancelled = {});

/// Digest of bytes, as lower-case hex.
[[nodiscard]] Result<std::string> digest(std::span<const std::byte> bytes,
                                         DigestAlgorithm algorithm);

}  // namespace ionloom::imzml
