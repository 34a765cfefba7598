#include "imzml/spectrum_reader.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "imzml/ibd_check.h"

namespace ionloom::imzml {
namespace {

/// A file mapped for reading, unmapped at the end.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path, std::uint64_t expected_bytes) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      return data_error(path.string(), fmt::format("cannot be opened: {}", std::strerror(errno)));
    }
    struct stat status = {};
    const bool known = ::fstat(descriptor, &status) == 0;
    const auto size = known ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (size != expected_bytes) {
      ::close(descriptor);
      return data_error(path.string(), fmt::format("has {} bytes now, but had {} a moment ago; is "
                                                   "it still being copied?",
                                                   size, expected_bytes));
    }
    MappedFile file;
    file.size_ = size;
    if (size > 0) {
      file.data_ = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
    }
    ::close(descriptor);
    if (file.data_ == MAP_FAILED) {
      file.data_ = nullptr;
      return fail(ErrorCode::kResource, path.string(),
                  fmt::format("cannot be mapped: {}", std::strerror(errno)));
    }
    return file;
  }

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }

  [[nodiscard]] const unsigned char* bytes(std::uint64_t offset) const {
    return static_cast<const unsigned char*>(data_) + offset;
  }

 private:
  void* data_ = nullptr;
  std::uint64_t size_ = 0;
};

/// Values of an array as doubles; every type's values are exact in f64 but large 64-bit integers.
template <class Stored>
void widen(const unsigned char* bytes, std::uint64_t count, std::vector<double>& values) {
  values.resize(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    Stored value{};
    std::memcpy(&value, bytes + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<double>(value);
  }
}

void widen(NumberType type, const unsigned char* bytes, std::uint64_t count,
           std::vector<double>& values) {
  switch (type) {
    case NumberType::kFloat32:
      return widen<float>(bytes, count, values);
    case NumberType::kFloat64:
      return widen<double>(bytes, count, values);
    case NumberType::kInt8:
      return widen<std::int8_t>(bytes, count, values);
    case NumberType::kInt16:
      return widen<std::int16_t>(bytes, count, values);
    case NumberType::kInt32:
      return widen<std::int32_t>(bytes, count, values);
    case NumberType::kInt64:
      return widen<std::int64_t>(bytes, count, values);
  }
}

/// Inflates exactly `expected` bytes, or says what came out instead.
Result<void> inflate_array(const unsigned char* bytes, std::uint64_t size, std::uint64_t expected,
                           std::vector<unsigned char>& out) {
  if (size > std::numeric_limits<uInt>::max() || expected > std::numeric_limits<uInt>::max()) {
    return data_error({}, "a compressed array of over 4 GB cannot be read");
  }
  out.resize(expected + 1);
  z_stream stream = {};
  if (inflateInit(&stream) != Z_OK) return fail(ErrorCode::kResource, {}, "out of memory");
  stream.next_in = const_cast<unsigned char*>(bytes);
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = inflate(&stream, Z_FINISH);
  const std::uint64_t produced = stream.total_out;
  inflateEnd(&stream);
  if (status == Z_STREAM_END && produced == expected) return {};
  return data_error({}, fmt::format("its zlib data are damaged: {} bytes came out, expected {}",
                                    produced, expected));
}

}  // namespace

struct SpectrumReader::Impl {
  const Dataset* dataset;
  MappedFile file;

  [[nodiscard]] std::string place(std::size_t index) const {
    const Spectrum& spectrum = dataset->spectra[index];
    return fmt::format("{}, spectrum {} (x {}, y {})", dataset->ibd_path.string(), index + 1,
                       spectrum.x, spectrum.y);
  }

  [[nodiscard]] Result<void> values(const ArrayLocation& array, std::size_t index,
                                    std::vector<double>& out) const {
    const unsigned char* bytes = array.length == 0 ? nullptr : file.bytes(array.offset_bytes);
    if (!array.zlib || array.length == 0) {
      widen(array.type, bytes, array.length, out);
      return {};
    }
    std::vector<unsigned char> inflated;
    auto done =
        inflate_array(bytes, array.encoded_bytes, array.length * width_bytes(array.type), inflated);
    if (!done) return fail(done.error().code, place(index), done.error().what);
    widen(array.type, inflated.data(), array.length, out);
    return {};
  }
};

SpectrumReader::SpectrumReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SpectrumReader::SpectrumReader(SpectrumReader&&) noexcept = default;
SpectrumReader& SpectrumReader::operator=(SpectrumReader&&) noexcept = default;
SpectrumReader::~SpectrumReader() = default;

Result<SpectrumReader> SpectrumReader::open(const Dataset& dataset) {
  auto file = MappedFile::open(dataset.ibd_path, dataset.ibd_size_bytes);
  if (!file) return std::unexpected(file.error());
  return SpectrumReader(std::unique_ptr<Impl>(new Impl{&dataset, std::move(*file)}));
}

Result<void> SpectrumReader::read(std::size_t index, Peaks& peaks) const {
  const Spectrum& spectrum = impl_->dataset->spectra[index];
  if (auto read = impl_->values(spectrum.mz, index, peaks.mz); !read) return read;
  if (auto read = impl_->values(spectrum.intensity, index, peaks.raw_intensity); !read) return read;
  peaks.sorted = true;
  double previous = -std::numeric_limits<double>::infinity();
  std::size_t kept = 0;
  peaks.intensity.resize(peaks.mz.size());
  for (std::size_t i = 0; i < peaks.mz.size(); ++i) {
    const double mz = peaks.mz[i];
    if (mz < previous) peaks.sorted = false;
    previous = mz;
    if (!(peaks.raw_intensity[i] > 0)) continue;
    if (!(mz >= 0) || std::isinf(mz)) {
      return data_error(
          impl_->place(index),
          fmt::format("the m/z at position {} is {}; expected a number from 0", i + 1, mz));
    }
    peaks.mz[kept] = mz;
    peaks.intensity[kept] = static_cast<float>(peaks.raw_intensity[i]);
    ++kept;
  }
  peaks.mz.resize(kept);
  peaks.intensity.resize(kept);
  return {};
}

}  // namespace ionloom::imzml
