#include "store/object_file.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/output_file.h"
#include "store/block_checksums.h"
#include "store/block_reading.h"

namespace ionloom::store {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
/// Of a view of more perhaps not all is read.
constexpr std::uint64_t kMostLookedUp = std::uint64_t{64} << 20;

/// The last 64 bytes of an object's file.
struct Trailer {
  char magic[8] = {'I', 'L', 'O', 'B', 'J', 'C', 'T', '1'};
  std::uint64_t size_bytes = 0;
  std::uint64_t checksum = 0;
  std::uint64_t block_bytes = kBlockBytes;
  std::uint64_t unused[3] = {};
  std::uint64_t trailer_checksum = 0;  ///< of the 56 bytes before
};
static_assert(sizeof(Trailer) == 64);

std::uint64_t checksum_of(const Trailer& trailer) {
  return checksum(std::as_bytes(std::span(&trailer, 1)).first(56));
}

/// Whether the open file has this name now.
bool is_at(const Descriptor& file, const std::filesystem::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file.number(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this == &other) return *this;
  if (number_ >= 0) ::close(number_);
  number_ = std::exchange(other.number_, -1);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Failure file_failure(const std::filesystem::path& path, std::string_view doing, int system_error) {
  Error error = files::file_error(path, doing, system_error);
  const bool space = system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG ||
                     system_error == ENOMEM;
  return {space ? FailureCode::kOutOfSpace : FailureCode::kIo, std::move(error.where),
          std::move(error.what)};
}

Outcome<void> read_fully(const Descriptor& file, std::uint64_t offset, std::span<std::byte> into,
                         const std::filesystem::path& path) {
  while (!into.empty()) {
    const ssize_t count =
        ::pread(file.number(), into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(file_failure(path, "be read", errno));
    if (count == 0) {
      return refuse(FailureCode::kCorrupt, path.string(), fmt::format("ends at byte {}", offset));
    }
    into = into.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

std::uint64_t object_file_bytes(std::uint64_t size_bytes) {
  return size_bytes + block_count(size_bytes) * sizeof(std::uint64_t) + sizeof(Trailer);
}

std::uint64_t object_bytes_in_file(std::uint64_t file_bytes) {
  if (file_bytes < sizeof(Trailer)) return 0;
  constexpr std::uint64_t kBlockWithChecksum = kBlockBytes + sizeof(std::uint64_t);
  const std::uint64_t rest = file_bytes - sizeof(Trailer);
  const std::uint64_t blocks = (rest + kBlockWithChecksum - 1) / kBlockWithChecksum;
  return rest - blocks * sizeof(std::uint64_t);
}

std::vector<std::byte> object_file_tail(std::uint64_t size_bytes,
                                        std::span<const std::uint64_t> blocks) {
  Trailer trailer;
  trailer.size_bytes = size_bytes;
  trailer.checksum = object_checksum(blocks);
  trailer.trailer_checksum = checksum_of(trailer);
  const auto sums = std::as_bytes(blocks);
  const auto end = std::as_bytes(std::span(&trailer, 1));
  std::vector<std::byte> tail(sums.begin(), sums.end());
  tail.insert(tail.end(), end.begin(), end.end());
  return tail;
}

struct ObjectFile::Mapping {
  std::once_flag once;
  void* address = nullptr;
  std::size_t size = 0;
  int system_error = 0;

  ~Mapping() {
    if (address != nullptr) ::munmap(address, size);
  }
};

ObjectFile::ObjectFile(Descriptor descriptor, std::filesystem::path path, std::string object)
    : descriptor_(std::move(descriptor)),
      path_(std::move(path)),
      object_(std::move(object)),
      mapping_(std::make_unique<Mapping>()) {}

ObjectFile::~ObjectFile() = default;

Outcome<std::shared_ptr<const ObjectFile>> ObjectFile::open(const std::filesystem::path& path,
                                                            const std::string& object) {
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (descriptor.number() < 0) {
    const int why = errno;
    if (why == ENOENT || why == ENOTDIR) {
      return refuse(FailureCode::kNotFound, object, "is not here");
    }
    return std::unexpected(file_failure(path, "be opened", why));
  }
  // A file that lost its name while it was opened may become another object's (spare_files.h).
  if (!is_at(descriptor, path)) return refuse(FailureCode::kNotFound, object, "is not here");
  std::shared_ptr<ObjectFile> file(new ObjectFile(std::move(descriptor), path, object));
  if (auto read = file->read_tail(); !read) return std::unexpected(std::move(read.error()));
  return file;
}

Outcome<void> ObjectFile::read_tail() {
  struct stat status {};
  if (::fstat(descriptor_.number(), &status) != 0) {
    return std::unexpected(file_failure(path_, "be asked for its size", errno));
  }
  const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
  if (file_bytes < sizeof(Trailer)) {
    return corrupt(fmt::format("has {} bytes, fewer than the 64 of its trailer", file_bytes));
  }
  Trailer trailer;
  auto read = read_fully(descriptor_, file_bytes - sizeof(Trailer),
                         std::as_writable_bytes(std::span<Trailer>(&trailer, 1)), path_);
  if (!read) return read;
  if (std::memcmp(trailer.magic, Trailer{}.magic, sizeof(trailer.magic)) != 0 ||
      trailer.trailer_checksum != checksum_of(trailer) || trailer.block_bytes != kBlockBytes) {
    return corrupt("its trailer is damaged, or it is not a file of this store");
  }
  if (object_file_bytes(trailer.size_bytes) != file_bytes) {
    return corrupt(fmt::format("has {} bytes where an object of {} takes {}", file_bytes,
                               trailer.size_bytes, object_file_bytes(trailer.size_bytes)));
  }
  info_ = {trailer.size_bytes, trailer.checksum};
  blocks_.resize(block_count(trailer.size_bytes));
  read = read_fully(descriptor_, trailer.size_bytes, std::as_writable_bytes(std::span(blocks_)),
                    path_);
  if (read && object_checksum(blocks_) != trailer.checksum) {
    return corrupt("the checksums of its blocks are damaged");
  }
  return read;
}

std::unexpected<Failure> ObjectFile::corrupt(std::string what) const {
  return refuse(FailureCode::kCorrupt, object_, fmt::format("{}: {}", path_.string(), what));
}

bool ObjectFile::exists() const {
  struct stat status {};
  return ::fstat(descriptor_.number(), &status) == 0 && status.st_nlink > 0;
}

Outcome<View> ObjectFile::read(ByteRange range) const {
  return read_blocks(object_, path_.string(), info_.size_bytes, range, blocks_,
                     [this](std::uint64_t offset, std::span<std::byte> into) {
                       return read_fully(descriptor_, offset, into, path_);
                     });
}

Outcome<std::span<const std::byte>> ObjectFile::mapped(ByteRange range) const {
  std::call_once(mapping_->once, [&] {
    if (info_.size_bytes == 0) return;
    void* address =
        ::mmap(nullptr, info_.size_bytes, PROT_READ, MAP_SHARED, descriptor_.number(), 0);
    if (address == MAP_FAILED) {
      mapping_->system_error = errno;
      return;
    }
    mapping_->address = address;
    mapping_->size = info_.size_bytes;
    if (range.length_bytes > kMostLookedUp) return;
    const std::uint64_t begin = range.offset_bytes / kPageBytes * kPageBytes;
    const std::uint64_t end = range.offset_bytes + range.length_bytes;
    // Where the system cannot, pages are looked up when they are read.
    ::madvise(static_cast<std::byte*>(address) + begin, end - begin, MADV_POPULATE_READ);
  });
  if (mapping_->system_error != 0) {
    return std::unexpected(file_failure(path_, "be mapped", mapping_->system_error));
  }
  return std::span(static_cast<const std::byte*>(mapping_->address), mapping_->size);
}

}  // namespace ionloom::store
