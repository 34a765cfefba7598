#pragma once

#include "base/error.h"
#include "imzml/dataset.h"

namespace ionloom::imzml {

/// Checks a parsed dataset against its .ibd and fills what only the .ibd tells (its size, encoded
/// lengths). Fails when an array does not lie inside the file. A UUID that is missing or differs is
/// a warning, or a failure when `strict`.
[[nodiscard]] Result<void> check_ibd(Dataset& dataset, bool strict);

/// How something stated in the imzML compares with the .ibd.
enum class Agreement : std::uint8_t { kAgrees, kDiffers, kNotStated };

/// Compares the UUID that the imzML states (all zero counts as not stated) with the one that the
/// .ibd begins with.
[[nodiscard]] Agreement compare_uuid(const Dataset& dataset);

/// Compares the .ibd with every checksum that the imzML states; reads the whole file. Adds a
/// warning where they differ, or fails when `strict`.
/// @return how `checksum` compares; an MD5 beside a SHA-1 counts in the warnings alone
[[nodiscard]] Result<Agreement> verify_checksum(Dataset& dataset, bool strict);

/// Whether the dataset states a checksum that can be verified (not empty or all zero).
[[nodiscard]] bool states_checksum(const Dataset& dataset);

/// The sentence for a .ibd whose checksum is not the one that the imzML states.
[[nodiscard]] std::string checksum_mismatch(const Dataset& dataset, const std::string& found);

}  // namespace ionloom::imzml
