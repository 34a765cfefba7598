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

Result<IbdDigests> ibd_digests(const imzml::Dataset& dataset) {
  std::vector<DigestAlgorithm> algorithms = {DigestAlgorithm::kSha256};
  const bool stated = imzml::states_checksum(dataset);
  if (stated) {
    algorithms.push_back(dataset.checksum_type == "MD5" ? DigestAlgorithm::kMd5
                                                        : DigestAlgorithm::kSha1);
  }
  auto digests = imzml::file_digests(dataset.ibd_path, algorithms, interrupted);
  if (!digests) return std::unexpected(digests.error());
  return IbdDigests{.sha256 = digests->front(), .stated = stated ? digests->back() : ""};
}

Result<std::vector<report::InputFile>> describe_dataset(const imzml::Dataset& dataset,
                                                        const IbdDigests* known,
                                                        Warnings& warnings) {
  const DigestAlgorithm sha256 = DigestAlgorithm::kSha256;
  const auto of_imzml = imzml::file_digests(dataset.imzml_path, {&sha256, 1}, interrupted);
  if (!of_imzml) return std::unexpected(of_imzml.error());
  const auto of_ibd = known == nullptr ? ibd_digests(dataset) : Result<IbdDigests>(*known);
  if (!of_ibd) return std::unexpected(of_ibd.error());
  if (!of_ibd->stated.empty() && of_ibd->stated != dataset.checksum) {
    warnings.add("checksum", imzml::checksum_mismatch(dataset, of_ibd->stated));
  }
  std::error_code error;
  const auto size = std::filesystem::file_size(dataset.imzml_path, error);
  return std::vector<report::InputFile>{
      {"imzml", dataset.imzml_path.string(), error ? 0 : size, "sha256:" + of_imzml->front()},
      {"ibd", dataset.ibd_path.string(), dataset.ibd_size_bytes, "sha256:" + of_ibd->sha256}};
}

}  // namespace ionloom::app
