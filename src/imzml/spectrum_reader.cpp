#include "imzml/spectrum_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "stages/peak_arrays.h"

namespace ionloom::imzml {
namespace {

/// A file open for reading, closed at the end. It is read, not mapped: a file that is cut while it
/// is read then gives an error and not a signal, and pages read do not count as this process's
/// memory.
class OpenFile {
 public:
  static Result<OpenFile> open(const std::filesystem::path& path, std::uint64_t expected_bytes) {
    OpenFile file;
    file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file.descriptor_ < 0) {
      return data_error(path.string(), fmt::format("cannot be opened: {}", std::strerror(errno)));
    }
    struct stat status = {};
    const bool known = ::fstat(file.descriptor_, &status) == 0;
    const auto size = known ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (size != expected_bytes) {
      return data_error(path.string(), fmt::format("has {} bytes now, but had {} a moment ago; is "
                                                   "it still being copied?",
                                                   size, expected_bytes));
    }
    return file;
  }

  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// Reads [offset, offset + count) into `out`; may be called from several threads.
  [[nodiscard]] Result<void> read(std::uint64_t offset, std::uint64_t count,
                                  unsigned char* out) const {
    while (count > 0) {
      const ::ssize_t got = ::pread(descriptor_, out, count, static_cast<::off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return data_error(
            {}, fmt::format("cannot be read at byte {}: {}", offset, std::strerror(errno)));
      }
      if (got == 0) {
        return data_error({}, fmt::format("the file now ends at byte {}; it was cut while it was "
                                          "read",
                                          offset));
      }
      offset += static_cast<std::uint64_t>(got);
      count -= static_cast<std::uint64_t>(got);
      out += got;
    }
    return {};
  }

 private:
  OpenFile() = default;
  int descriptor_ = -1;
};

/// Inflates exactly `expected` bytes, or says what came out instead.
Result<void> inflate_array(const unsigned char* bytes, std::uint64_t size, std::uint64_t expected,
                           std::vector<unsigned char>& out) {
  if (size >= std::numeric_limits<uInt>::max() || expected >= std::numeric_limits<uInt>::max()) {
    return data_error({}, "a compressed array of over 4 GB cannot be read");
  }
  out.resize(expected + 1);  // one more, so that too much is told from just enough
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
  return data_error({}, fmt::format("its zlib data are damaged: {} bytes came out{}, expected {}",
                                    std::min(produced, expected),
                                    produced > expected ? " and more" : "", expected));
}

}  // namespace

struct SpectrumReader::Impl {
  const Dataset* dataset;
  OpenFile file;

  [[nodiscard]] std::unexpected<Error> at(std::size_t index, Error error) const {
    const Spectrum& spectrum = dataset->spectra[index];
    error.where = fmt::format("{}, spectrum {} (x {}, y {})", dataset->ibd_path.string(), index + 1,
                              spectrum.x, spectrum.y);
    return std::unexpected(std::move(error));
  }

  [[nodiscard]] Result<void> read(std::size_t index, Peaks& peaks) const;
};

Result<void> SpectrumReader::Impl::read(std::size_t index, Peaks& peaks) const {
  const Spectrum& spectrum = dataset->spectra[index];
  const std::uint64_t count = spectrum.mz.length;
  peaks.mz.resize(count);
  peaks.intensity.resize(count);
  peaks.sorted = true;
  if (count == 0) return {};

  const std::uint64_t mz_bytes = spectrum.mz.encoded_bytes;
  const std::uint64_t intensity_bytes = spectrum.intensity.encoded_bytes;
  peaks.bytes.resize(mz_bytes + intensity_bytes);
  unsigned char* bytes = peaks.bytes.data();
  const bool adjacent = spectrum.mz.offset_bytes + mz_bytes == spectrum.intensity.offset_bytes;
  const std::uint64_t first_bytes = adjacent ? mz_bytes + intensity_bytes : mz_bytes;
  if (auto got = file.read(spectrum.mz.offset_bytes, first_bytes, bytes); !got) {
    return at(index, got.error());
  }
  if (!adjacent) {
    auto got = file.read(spectrum.intensity.offset_bytes, intensity_bytes, bytes + mz_bytes);
    if (!got) return at(index, got.error());
  }

  std::vector<unsigned char> inflated_mz;
  std::vector<unsigned char> inflated_intensity;
  const auto values = [&](const ArrayLocation& array, const unsigned char*& start,
                          std::vector<unsigned char>& inflated) -> Result<void> {
    if (!array.zlib) return {};
    auto done = inflate_array(start, array.encoded_bytes, count * stages::width_bytes(array.type),
                              inflated);
    start = inflated.data();
    return done;
  };
  const unsigned char* mz = bytes;
  const unsigned char* intensity = mz + mz_bytes;
  if (auto done = values(spectrum.mz, mz, inflated_mz); !done) {
    return at(index, done.error());
  }
  if (auto done = values(spectrum.intensity, intensity, inflated_intensity); !done) {
    return at(index, done.error());
  }

  const stages::NumberArray mz_array{spectrum.mz.type,
                                     {mz, count * stages::width_bytes(spectrum.mz.type)}};
  const stages::NumberArray intensity_array{
      spectrum.intensity.type, {intensity, count * stages::width_bytes(spectrum.intensity.type)}};
  const stages::KeptPeaks scan =
      stages::keep_peaks(mz_array, intensity_array, count, peaks.mz.data(), peaks.intensity.data());
  peaks.sorted = scan.sorted;
  if (scan.bad < count) {
    return at(index, Error{ErrorCode::kData,
                           {},
                           fmt::format("the m/z of peak {} is {}; expected a finite number "
                                       "from 0. The data are damaged or of another type",
                                       scan.bad + 1, mz_array.at(scan.bad))});
  }
  peaks.mz.resize(scan.kept);
  peaks.intensity.resize(scan.kept);
  return {};
}

SpectrumReader::SpectrumReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SpectrumReader::SpectrumReader(SpectrumReader&&) noexcept = default;
SpectrumReader& SpectrumReader::operator=(SpectrumReader&&) noexcept = default;
SpectrumReader::~SpectrumReader() = default;

Result<SpectrumReader> SpectrumReader::open(const Dataset& dataset) {
  auto file = OpenFile::open(dataset.ibd_path, dataset.ibd_size_bytes);
  if (!file) return std::unexpected(file.error());
  return SpectrumReader(std::make_unique<Impl>(&dataset, std::move(*file)));
}

Result<void> SpectrumReader::read(std::size_t index, Peaks& peaks) const {
  try {
    return impl_->read(index, peaks);
  } catch (const std::bad_alloc&) {
    return impl_->at(index, Error{ErrorCode::kResource, {}, "too little memory for its peaks"});
  }
}

}  // namespace ionloom::imzml
