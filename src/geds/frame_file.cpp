#include "geds/frame_file.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "files/output_file.h"

namespace ionloom::geds {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "GLF1";
constexpr std::size_t kHeadBytes = 16;

template <class Integer>
void append_integer(Integer value, std::string& to) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  to.append(bytes, sizeof value);
}

template <class Integer>
Integer integer_at(std::string_view bytes, std::size_t at) {
  Integer value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint64_t checksum(std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), payload.size());
}

/// The payload of the frame at `at`, if there is a whole and sound one.
std::optional<std::string_view> payload_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() - at < kHeadBytes || !bytes.substr(at).starts_with(kMagic)) return {};
  const auto length = integer_at<std::uint32_t>(bytes, at + 4);
  if (bytes.size() - at - kHeadBytes < length) return {};
  const std::string_view payload = bytes.substr(at + kHeadBytes, length);
  if (checksum(payload) != integer_at<std::uint64_t>(bytes, at + 8)) return {};
  return payload;
}

bool split_records(std::string_view payload, std::vector<std::string_view>& records) {
  while (!payload.empty()) {
    if (payload.size() < sizeof(std::uint32_t)) return false;
    const auto length = integer_at<std::uint32_t>(payload, 0);
    payload.remove_prefix(sizeof length);
    if (payload.size() < length) return false;
    records.push_back(payload.substr(0, length));
    payload.remove_prefix(length);
  }
  return true;
}

}  // namespace

void append_record(std::string_view record, std::string& payload) {
  append_integer(static_cast<std::uint32_t>(record.size()), payload);
  payload += record;
}

std::string framed(std::string_view payload) {
  std::string frame(kMagic);
  frame.reserve(kHeadBytes + payload.size());
  append_integer(static_cast<std::uint32_t>(payload.size()), frame);
  append_integer(checksum(payload), frame);
  frame += payload;
  return frame;
}

Result<Frames> read_frames(std::string_view bytes, const std::filesystem::path& path) {
  Frames frames;
  while (frames.valid_bytes < bytes.size()) {
    const auto payload = payload_at(bytes, frames.valid_bytes);
    if (!payload) break;
    if (!split_records(*payload, frames.records)) {
      return data_error(path.string(), fmt::format("the records of the frame at byte {} overlap "
                                                   "its end; it was not written by this program",
                                                   frames.valid_bytes));
    }
    frames.valid_bytes += kHeadBytes + payload->size();
  }
  for (auto next = bytes.find(kMagic, frames.valid_bytes + 1); next != std::string_view::npos;
       next = bytes.find(kMagic, next + 1)) {
    if (payload_at(bytes, next)) {
      return data_error(
          path.string(),
          fmt::format(
              "the frame at byte {} is damaged, but a whole one follows at byte {}: this is "
              "not a crash while writing. Restore the file from a copy, or cut it to {} "
              "bytes to go on without what follows",
              frames.valid_bytes, next, frames.valid_bytes));
    }
  }
  return frames;
}

Result<std::string> read_if_present(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT) return std::string();
    return std::unexpected(files::file_error(path, "be read", errno));
  }
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return std::unexpected(files::file_error(path, "be read", EIO));
  return bytes;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(files::file_error(folder, "be opened", errno));
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed != 0) return std::unexpected(files::file_error(folder, "be synchronised", failed));
  return {};
}

}  // namespace ionloom::geds
