#include "cache/pattern_entry.h"

#include <array>
#include <bit>
#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "files/output_file.h"

namespace ionloom::cache {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie");

constexpr std::array<char, 8> kMagic = {'I', 'L', 'P', 'T', 'R', 'N', 'S', '1'};
constexpr std::uint64_t kAlignmentBytes = 64;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t peaks_per_ion = 0;
  std::uint32_t reserved = 0;
  std::uint64_t ions = 0;
  PatternKey key;
  std::uint64_t mz_checksum = 0;
  std::uint64_t intensity_checksum = 0;
  std::uint64_t header_checksum = 0;  ///< of the bytes before
};
static_assert(sizeof(Header) == kAlignmentBytes);

std::uint64_t aligned(std::uint64_t size_bytes) {
  return (size_bytes + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes;
}

std::uint64_t checksum_of(const Header& header) {
  return XXH3_64bits(&header, offsetof(Header, header_checksum));
}

template <class T>
std::uint64_t checksum_of(const std::vector<T>& column) {
  return XXH3_64bits(column.data(), column.size() * sizeof(T));
}

Header header_of(const PatternKey& key, const stages::PatternTable& table) {
  Header header;
  header.peaks_per_ion = table.peaks_per_ion;
  header.ions = table.peaks_per_ion == 0 ? 0 : table.mz.size() / table.peaks_per_ion;
  header.key = key;
  header.mz_checksum = checksum_of(table.mz);
  header.intensity_checksum = checksum_of(table.intensity);
  header.header_checksum = checksum_of(header);
  return header;
}

template <class T>
Result<void> write_column(files::OutputFile& file, const std::vector<T>& column) {
  if (auto written = file.write(std::as_bytes(std::span(column))); !written) return written;
  const std::string padding(aligned(file.size_bytes()) - file.size_bytes(), '\0');
  return file.write(padding);
}

template <class T>
bool read_column(std::ifstream& file, std::uint64_t offset_bytes, std::vector<T>& column) {
  file.seekg(static_cast<std::streamoff>(offset_bytes));
  file.read(reinterpret_cast<char*>(column.data()),
            static_cast<std::streamsize>(column.size() * sizeof(T)));
  return static_cast<bool>(file);
}

}  // namespace

std::uint64_t entry_size_bytes(std::uint64_t ions, std::uint32_t peaks_per_ion) {
  const std::uint64_t peaks = ions * peaks_per_ion;
  return sizeof(Header) + aligned(peaks * sizeof(double)) + aligned(peaks * sizeof(float));
}

Result<void> write_entry(const std::filesystem::path& path, const PatternKey& key,
                         const stages::PatternTable& table) {
  auto file = files::OutputFile::create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  const Header header = header_of(key, table);
  if (auto done = file->write(std::as_bytes(std::span(&header, 1))); !done) return done;
  if (auto done = write_column(*file, table.mz); !done) return done;
  if (auto done = write_column(*file, table.intensity); !done) return done;
  return file->commit();
}

EntryState read_entry(const std::filesystem::path& path, const PatternKey& key, std::size_t ions,
                      stages::PatternTable& table) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return EntryState::kAbsent;
  Header header;
  file.read(reinterpret_cast<char*>(&header), sizeof(header));
  if (!file || header.magic != kMagic || header.header_checksum != checksum_of(header) ||
      header.key != key || header.peaks_per_ion != table.peaks_per_ion || header.ions != ions) {
    return EntryState::kDamaged;
  }
  // The size first: nothing is allocated for a file that is too short to fill it.
  std::error_code error;
  const std::uint64_t size_bytes = std::filesystem::file_size(path, error);
  if (error || size_bytes != entry_size_bytes(ions, table.peaks_per_ion)) {
    return EntryState::kDamaged;
  }
  stages::PatternTable read;
  read.peaks_per_ion = table.peaks_per_ion;
  read.resize(ions);
  const std::uint64_t intensity_offset = sizeof(Header) + aligned(read.mz.size() * sizeof(double));
  if (!read_column(file, sizeof(Header), read.mz) ||
      !read_column(file, intensity_offset, read.intensity) ||
      checksum_of(read.mz) != header.mz_checksum ||
      checksum_of(read.intensity) != header.intensity_checksum) {
    return EntryState::kDamaged;
  }
  table = std::move(read);
  return EntryState::kRead;
}

}  // namespace ionloom::cache
