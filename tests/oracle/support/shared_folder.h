#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace ionloom::oracle {

/// Where a file or folder of the reference results lies. They are not part of the repository; they
/// lie in the folder that the environment variable IONLOOM_SHARED names, else in `shared/` beside
/// the repository. A test without them says so and is skipped:
///
///     const auto file = shared_path("oracle/units/centroids.csv.gz");
///     if (!file) GTEST_SKIP() << kNoSharedFolder;
///
/// @param relative  path inside the folder, such as "oracle/syn_a/v3"
/// @return nothing when the reference results are absent as a whole
/// @throws std::runtime_error when they are there but lack this path, or when IONLOOM_SHARED names
///         a folder that does not hold them: a skipped test must not hide a spelling mistake
[[nodiscard]] std::optional<std::filesystem::path> shared_path(std::string_view relative);

/// Why a test was skipped.
inline constexpr std::string_view kNoSharedFolder =
    "the reference results are absent: no shared/ beside the repository, IONLOOM_SHARED not set";

/// The rule behind shared_path(), with its surroundings as parameters.
/// @param named   the folder the user names, or empty
/// @param beside  the folder beside the repository
[[nodiscard]] std::optional<std::filesystem::path> shared_path_in(
    const std::filesystem::path& named, const std::filesystem::path& beside,
    std::string_view relative);

}  // namespace ionloom::oracle
