#include "oracle/support/npz.h"

#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

namespace ionloom::oracle {
namespace {

constexpr std::string_view kLocalHeader("PK\3\4");
constexpr std::string_view kDirectoryEntry("PK\1\2");
constexpr std::string_view kDirectoryEnd("PK\5\6");
constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::size_t kDirectoryEntryBytes = 46;
constexpr std::size_t kDirectoryEndBytes = 22;

/// The archive; every access is checked, so that a damaged offset throws.
class Archive {
 public:
  Archive(const std::vector<std::byte>& bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}

  [[nodiscard]] std::span<const std::byte> slice(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) damaged("cut short");
    return bytes_.subspan(at, count);
  }

  [[nodiscard]] std::size_t u16(std::size_t at) const { return little_endian(slice(at, 2)); }
  [[nodiscard]] std::size_t u32(std::size_t at) const { return little_endian(slice(at, 4)); }

  [[nodiscard]] std::string_view text(std::size_t at, std::size_t count) const {
    return {reinterpret_cast<const char*>(slice(at, count).data()), count};
  }

  /// @return where the record that ends the archive begins
  [[nodiscard]] std::size_t directory_end() const {
    const std::size_t at = text(0, bytes_.size()).rfind(kDirectoryEnd);
    if (at == std::string_view::npos) damaged("no zip archive, or cut short");
    (void)slice(at, kDirectoryEndBytes);
    return at;
  }

  [[noreturn]] void damaged(std::string_view what) const {
    throw std::runtime_error(fmt::format("{}: {}", name_, what));
  }

 private:
  static std::size_t little_endian(std::span<const std::byte> bytes) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= std::to_integer<std::size_t>(bytes[i]) << (8 * i);
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  std::string name_;
};

/// A member of the archive, from its entry in the directory.
struct Member {
  std::string name;
  std::size_t method;  ///< 0 stored, 8 deflated
  std::size_t crc32;
  std::size_t packed_bytes;
  std::size_t size_bytes;
  std::size_t header_at;
};

std::vector<std::byte> inflate_all(std::span<const std::byte> packed, std::size_t size_bytes) {
  std::vector<std::byte> content(size_bytes);
  z_stream stream{};
  // Negative: a bare deflate stream, without zlib's own header.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::runtime_error("zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (status != Z_STREAM_END || stream.avail_out != 0) content.clear();
  return content;
}

std::vector<std::byte> unpack(const Archive& archive, const Member& member) {
  if (archive.text(member.header_at, 4) != kLocalHeader) archive.damaged("a member is misplaced");
  // Name and extra field of the local header may be longer than those of the directory.
  const std::size_t data_at = member.header_at + kLocalHeaderBytes +
                              archive.u16(member.header_at + 26) +
                              archive.u16(member.header_at + 28);
  const auto packed = archive.slice(data_at, member.packed_bytes);
  std::vector<std::byte> content;
  if (member.method == 0) {
    content.assign(packed.begin(), packed.end());
  } else if (member.method == 8) {
    content = inflate_all(packed, member.size_bytes);
  } else {
    archive.damaged(fmt::format("{}: compression {} is not read", member.name, member.method));
  }
  const auto checksum =
      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  if (content.size() != member.size_bytes || checksum != member.crc32) {
    archive.damaged(fmt::format("{}: damaged", member.name));
  }
  return content;
}

std::vector<Member> read_directory(const Archive& archive) {
  const std::size_t end_at = archive.directory_end();
  std::vector<Member> members(archive.u16(end_at + 10));
  std::size_t at = archive.u32(end_at + 16);
  for (Member& member : members) {
    if (archive.text(at, 4) != kDirectoryEntry) archive.damaged("its directory is damaged");
    const std::size_t name_length = archive.u16(at + 28);
    member = {.name = std::string(archive.text(at + kDirectoryEntryBytes, name_length)),
              .method = archive.u16(at + 10),
              .crc32 = archive.u32(at + 16),
              .packed_bytes = archive.u32(at + 20),
              .size_bytes = archive.u32(at + 24),
              .header_at = archive.u32(at + 42)};
    at += kDirectoryEntryBytes + name_length + archive.u16(at + 30) + archive.u16(at + 32);
  }
  return members;
}

}  // namespace

std::map<std::string, NpyArray> read_npz(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_bytes(path);
  const Archive archive(bytes, path.string());
  std::map<std::string, NpyArray> arrays;
  for (const Member& member : read_directory(archive)) {
    const std::string name = member.name.substr(0, member.name.rfind(".npy"));
    arrays.emplace(
        name, parse_npy(unpack(archive, member), fmt::format("{}, array {}", path.string(), name)));
  }
  return arrays;
}

}  // namespace ionloom::oracle
