#include "app/ibd_record.h"

#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/job_survey.h"
#include "app/whole_file.h"
#include "files/output_file.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
/// At the beginning of every .ibd; checked when a dataset is opened.
constexpr std::uint64_t kUuidBytes = 16;

Result<IbdRecord> parse_record(const std::filesystem::path& path) {
  const auto text = read_whole_file(path, "what is known of the .ibd");
  if (!text) return std::unexpected(text.error());
  const Json json = Json::parse(*text, nullptr, false);
  const auto damaged = [&] {
    return data_error(path.string(), "is no record of an .ibd (docs/formats/ibd-record.md)");
  };
  if (!json.is_object() || json.value("ionloom_ibd", Json()) != kVersion) return damaged();
  IbdRecord record;
  for (const auto& [key, into] :
       {std::pair{"sha256", &record.digests.sha256}, {"stated", &record.digests.stated}}) {
    if (!json.contains(key) || !json[key].is_string()) return damaged();
    *into = json[key].get<std::string>();
  }
  if (!json.contains("size_bytes") || !json["size_bytes"].is_number_unsigned()) return damaged();
  record.size_bytes = json["size_bytes"].get<std::uint64_t>();
  for (const Json& range : json.value("hashes", Json::array())) {
    const bool is_hash = range.is_array() && range.size() == 3 && range[0].is_number_unsigned() &&
                         range[1].is_number_unsigned() && range[2].is_string();
    if (!is_hash) return damaged();
    record.hashes[{range[0].get<std::uint64_t>(), range[1].get<std::uint64_t>()}] =
        range[2].get<std::string>();
  }
  return record;
}

}  // namespace

Result<std::optional<IbdRecord>> read_ibd_record(const imzml::Dataset& dataset,
                                                 const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  auto record = parse_record(path);
  if (!record) return std::unexpected(record.error());
  if (record->size_bytes != dataset.ibd_size_bytes) {
    return data_error(path.string(),
                      fmt::format("is of an .ibd of {} bytes, but {} has {}", record->size_bytes,
                                  dataset.ibd_path.string(), dataset.ibd_size_bytes));
  }
  return std::move(*record);
}

Result<void> write_ibd_record(const imzml::Dataset& dataset, const exec::RangeHashes& hashes,
                              const std::filesystem::path& path) {
  auto digests = ibd_digests(dataset);
  if (!digests) return std::unexpected(digests.error());
  Json hashed = Json::array();
  for (const auto& [range, hash] : hashes) hashed.push_back({range.first, range.second, hash});
  Json parts = Json::array();
  for (const tasks::ByteRange& range : surveyed_ranges(dataset)) {
    parts.push_back({range.offset_bytes, range.length_bytes});
  }
  parts.push_back({0, std::min(kUuidBytes, dataset.ibd_size_bytes)});
  const Json json = {{"ionloom_ibd", kVersion},     {"size_bytes", dataset.ibd_size_bytes},
                     {"sha256", digests->sha256},   {"stated", digests->stated},
                     {"hashes", std::move(hashed)}, {"parts", std::move(parts)}};
  return files::write_file(path, json.dump() + "\n");
}

}  // namespace ionloom::app
