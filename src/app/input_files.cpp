#include "app/input_files.h"

#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

#include "app/interruption.h"
#include "imzml/file_digest.h"
#include "imzml/ibd_check.h"

namespace ionloom::app {

using imzml::DigestAlgorithm;

Result<report::InputFile> input_file(const std::string& role, const std::filesystem::path& path,
                                     std::string_view content) {
  auto digest = imzml::digest(std::as_bytes(std::span(content)), DigestAlgorithm::kSha256);
  if (!digest) return fail(digest.error().code, path.string(), digest.error().what);
  return report::InputFile{role, path.string(), content.size(), "sha256:" + *digest};
}

Result<std::vector<report::InputFile>> describe_dataset(const imzml::Dataset& dataset,
                                                        Warnings& warnings) {
  const std::pair<std::string, std::filesystem::path> paths[] = {{"imzml", dataset.imzml_path},
                                                                 {"ibd", dataset.ibd_path}};
  std::vector<report::InputFile> files;
  for (const auto& [role, path] : paths) {
    std::vector<DigestAlgorithm> algorithms = {DigestAlgorithm::kSha256};
    const bool compare = role == "ibd" && imzml::states_checksum(dataset);
    if (compare) {
      algorithms.push_back(dataset.checksum_type == "MD5" ? DigestAlgorithm::kMd5
                                                          : DigestAlgorithm::kSha1);
    }
    auto digests = imzml::file_digests(path, algorithms, interrupted);
    if (!digests) return std::unexpected(digests.error());
    if (compare && digests->back() != dataset.checksum) {
      warnings.add("checksum", imzml::checksum_mismatch(dataset, digests->back()));
    }
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    files.push_back({role, path.string(), error ? 0 : size, "sha256:" + digests->front()});
  }
  return files;
}

}  // namespace ionloom::app
