#include "wasm/module_entry.h"

#include <cstring>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "files/output_file.h"

namespace ionloom::wasm {
namespace {

constexpr std::array<char, 8> kMagic = {'I', 'L', 'C', 'W', 'A', 'S', 'M', '1'};

struct Footer {
  std::array<char, 8> magic = kMagic;
  ModuleKey key;
  std::uint64_t code_checksum = 0;
  std::uint64_t footer_checksum = 0;  ///< of the bytes before
};
static_assert(sizeof(Footer) == kFooterBytes);

std::array<std::uint64_t, 2> hash_of(const void* bytes, std::size_t size_bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes, size_bytes);
  return {hash.low64, hash.high64};
}

std::uint64_t checksum_of(const Footer& footer) {
  return XXH3_64bits(&footer, offsetof(Footer, footer_checksum));
}

/// A file's bytes, mapped. Empty when there is none, or it cannot be mapped.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    exists_ = true;
    struct stat status {};
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
      const auto size_bytes = static_cast<std::size_t>(status.st_size);
      void* at = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
      if (at != MAP_FAILED) bytes_ = {static_cast<const std::byte*>(at), size_bytes};
    }
    ::close(file);
  }
  ~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] bool exists() const { return exists_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  bool exists_ = false;
  std::span<const std::byte> bytes_;
};

}  // namespace

ModuleKey module_key(std::span<const std::byte> module, std::string_view compiled_for) {
  return {.module = hash_of(module.data(), module.size()),
          .compiled_for = hash_of(compiled_for.data(), compiled_for.size())};
}

std::string key_text(const ModuleKey& key) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", key.module[1], key.module[0],
                     key.compiled_for[1], key.compiled_for[0]);
}

Result<void> write_entry(const std::filesystem::path& path, const ModuleKey& key,
                         std::span<const std::uint8_t> code) {
  auto file = files::OutputFile::create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  Footer footer{.key = key, .code_checksum = XXH3_64bits(code.data(), code.size())};
  footer.footer_checksum = checksum_of(footer);
  if (auto done = file->write(code); !done) return done;
  if (auto done = file->write(std::as_bytes(std::span(&footer, 1))); !done) return done;
  return file->commit();
}

EntryState check_entry(const std::filesystem::path& path, const ModuleKey& key) {
  const MappedFile file(path);
  if (!file.exists()) return EntryState::kAbsent;
  const std::span<const std::byte> bytes = file.bytes();
  if (bytes.size() <= sizeof(Footer)) return EntryState::kDamaged;
  const auto code = bytes.first(bytes.size() - sizeof(Footer));
  Footer footer;
  std::memcpy(&footer, bytes.data() + code.size(), sizeof(Footer));
  const bool whole = footer.magic == kMagic && footer.footer_checksum == checksum_of(footer) &&
                     footer.key == key &&
                     footer.code_checksum == XXH3_64bits(code.data(), code.size());
  return whole ? EntryState::kWhole : EntryState::kDamaged;
}

}  // namespace ionloom::wasm
