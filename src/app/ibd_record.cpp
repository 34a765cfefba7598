#include "app/ibd_record.h"

#include <nlohmann/json.hpp>

#include "app/whole_file.h"
#include "files/output_file.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

}  // namespace

Result<std::optional<IbdRecord>> read_ibd_record(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
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
  const auto is_range = [](const Json& range, std::size_t size) {
    return range.is_array() && range.size() == size && range[0].is_number_unsigned() &&
           range[1].is_number_unsigned();
  };
  for (const Json& range : json.value("hashes", Json::array())) {
    if (!is_range(range, 3) || !range[2].is_string()) return damaged();
    record.hashes[{range[0].get<std::uint64_t>(), range[1].get<std::uint64_t>()}] =
        range[2].get<std::string>();
  }
  for (const Json& range : json.value("parts", Json::array())) {
    if (!is_range(range, 2)) return damaged();
    record.parts.emplace_back(range[0].get<std::uint64_t>(), range[1].get<std::uint64_t>());
  }
  return record;
}

Result<void> write_ibd_record(const IbdRecord& record, const std::filesystem::path& path) {
  Json hashes = Json::array();
  for (const auto& [range, hash] : record.hashes) {
    hashes.push_back({range.first, range.second, hash});
  }
  Json parts = Json::array();
  for (const auto& [offset, length] : record.parts) parts.push_back({offset, length});
  const Json json = {{"ionloom_ibd", kVersion},         {"size_bytes", record.size_bytes},
                     {"sha256", record.digests.sha256}, {"stated", record.digests.stated},
                     {"hashes", std::move(hashes)},     {"parts", std::move(parts)}};
  return files::write_file(path, json.dump() + "\n");
}

}  // namespace ionloom::app
