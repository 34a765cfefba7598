#include "store/s3_tier.h"

#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/filesystem/s3fs.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>

#include "store/block_checksums.h"
#include "store/block_reading.h"
#include "store/listing_draft.h"
#include "store/notice_board.h"
#include "store/object_file.h"
#include "store/s3_retries.h"

namespace ionloom::store {

namespace fs = arrow::fs;

namespace {

constexpr std::string_view kChecksumFolder = ".ionloom/checksums/";
constexpr std::size_t kMaxKnown = 4096;

/// Arrow's library for S3 is one for the process: it is started once, and must be stopped before
/// the process ends. It cannot be started again.
struct S3Library {
  arrow::Status started = fs::EnsureS3Initialized();
  S3Library() {
    // What the library makes with its first client must be there before this is, so that it still
    // is when this goes.
    fs::S3Options options = fs::S3Options::Anonymous();
    options.region = "us-east-1";
    if (started.ok()) started = fs::S3FileSystem::Make(options).status();
  }
  S3Library(const S3Library&) = delete;
  S3Library& operator=(const S3Library&) = delete;
  ~S3Library() { static_cast<void>(fs::EnsureS3Finalized().ok()); }
};

arrow::Status start_library() {
  static const S3Library library;
  return library.started;
}

Failure failure_of(const std::string& where, const arrow::Status& status) {
  const std::string& text = status.message();
  // Arrow gives one kind of status for all; the SDK's names of what passes are in its text.
  for (const std::string_view passing :
       {"NETWORK_CONNECTION", "curlCode", "SLOW_DOWN", "SERVICE_UNAVAILABLE", "REQUEST_TIMEOUT",
        "HTTP status 503", "HTTP status 500", "INTERNAL_FAILURE"}) {
    if (text.find(passing) != std::string::npos) {
      return {FailureCode::kUnavailable, where, "S3 does not answer: " + text};
    }
  }
  return {FailureCode::kRemote, where, "S3 refused: " + text};
}

}  // namespace

/// What was found out about an object, so that it need not be asked again for every range.
struct S3Tier::Known {
  ObjectInfo info;
  std::vector<std::uint64_t> blocks;  ///< empty for objects of other programs
};

struct S3Tier::Parts {
  std::string root;
  bool checksums = true;
  std::shared_ptr<fs::S3FileSystem> s3;
  std::mutex mutex;
  std::map<ObjectName, Known> known;
  NoticeBoard notices;

  std::string path_of(const ObjectName& name) const { return root + name.text(); }
  std::string checksums_of(const ObjectName& name) const {
    return root + name.bucket + "/" + std::string(kChecksumFolder) + name.key;
  }

  /// What is known of an object, if the range lies inside: then its size need not be asked for
  /// again, since the answer does not depend on it.
  std::optional<Known> known_part(const ObjectName& name, ByteRange range) {
    const std::scoped_lock lock(mutex);
    const auto found = known.find(name);
    if (found == known.end()) return std::nullopt;
    const std::uint64_t size_bytes = found->second.info.size_bytes;
    const bool inside = range.length_bytes > 0 && range.length_bytes <= size_bytes &&
                        range.offset_bytes <= size_bytes - range.length_bytes;
    return inside ? std::optional(found->second) : std::nullopt;
  }

  Outcome<void> write_whole(const std::string& path, std::span<const std::byte> bytes) const {
    auto stream = s3->OpenOutputStream(path, nullptr);
    auto status = stream.status();
    if (status.ok()) status = (*stream)->Write(bytes.data(), static_cast<int64_t>(bytes.size()));
    if (status.ok()) status = (*stream)->Close();
    if (status.ok()) return {};
    return std::unexpected(failure_of(path, status));
  }

  /// @param size_bytes  of the whole object
  Outcome<void> read(const std::string& path, std::uint64_t size_bytes, std::uint64_t offset,
                     std::span<std::byte> into) const {
    fs::FileInfo file(path, fs::FileType::File);
    file.set_size(static_cast<int64_t>(size_bytes));
    const auto stream = s3->OpenInputFile(file);
    if (!stream.ok()) return std::unexpected(failure_of(path, stream.status()));
    const auto count = (*stream)->ReadAt(static_cast<int64_t>(offset),
                                         static_cast<int64_t>(into.size()), into.data());
    if (!count.ok()) return std::unexpected(failure_of(path, count.status()));
    if (static_cast<std::size_t>(*count) == into.size()) return {};
    return refuse(
        FailureCode::kCorrupt, path,
        fmt::format("S3 gave {} of {} bytes from byte {} on", *count, into.size(), offset));
  }

  /// Size of what has this path; kNotFound when nothing has.
  Outcome<std::uint64_t> size_of(const std::string& path, const std::string& object) const {
    const auto file = s3->GetFileInfo(path);
    if (!file.ok()) return std::unexpected(failure_of(object, file.status()));
    if (file->type() == fs::FileType::File) return static_cast<std::uint64_t>(file->size());
    return refuse(FailureCode::kNotFound, object, "is not here");
  }
};

class S3Tier::Writer final : public ObjectWriter {
 public:
  Writer(Parts& parts, ObjectName name, std::shared_ptr<arrow::io::OutputStream> stream)
      : parts_(parts), name_(std::move(name)), stream_(std::move(stream)) {}

  ~Writer() override {
    if (!sealed_) static_cast<void>(stream_->Abort().ok());
  }

  Outcome<void> append(std::span<const std::byte> bytes) override {
    if (sealed_) return refuse(FailureCode::kSealed, name_.text(), "is sealed");
    if (failed_) return std::unexpected(*failed_);
    checksums_.append(bytes);
    size_bytes_ += bytes.size();
    return check(stream_->Write(bytes.data(), static_cast<int64_t>(bytes.size())));
  }

  /// The checksums are there before the object is.
  Outcome<ObjectInfo> seal() override {
    if (auto ready = append({}); !ready) return std::unexpected(std::move(ready.error()));
    if (const auto other = parts_.size_of(parts_.path_of(name_), name_.text()); other) {
      failed_ = Failure{FailureCode::kExists, name_.text(), "exists already"};
      return std::unexpected(*failed_);
    }
    Known known;
    known.blocks = checksums_.finish();
    known.info = {size_bytes_, object_checksum(known.blocks)};
    const auto tail = object_file_tail(size_bytes_, known.blocks);
    if (parts_.checksums) {
      if (auto sums = parts_.write_whole(parts_.checksums_of(name_), tail); !sums) {
        failed_ = sums.error();
        return std::unexpected(*failed_);
      }
    }
    if (auto closed = check(stream_->Close()); !closed) {
      return std::unexpected(std::move(closed.error()));
    }
    sealed_ = true;
    parts_.notices.tell(Event::Kind::kSealed, name_);
    return known.info;
  }

 private:
  Outcome<void> check(const arrow::Status& status) {
    if (status.ok()) return {};
    failed_ = failure_of(name_.text(), status);
    return std::unexpected(*failed_);
  }

  Parts& parts_;
  ObjectName name_;
  std::shared_ptr<arrow::io::OutputStream> stream_;
  BlockChecksums checksums_;
  std::uint64_t size_bytes_ = 0;
  bool sealed_ = false;
  std::optional<Failure> failed_;
};

Outcome<std::unique_ptr<S3Tier>> S3Tier::open(const S3Options& options) {
  if (auto started = start_library(); !started.ok()) {
    return std::unexpected(failure_of("S3", started));
  }
  fs::S3Options s3 = options.access_key.empty()
                         ? fs::S3Options::Defaults()
                         : fs::S3Options::FromAccessKey(options.access_key, options.secret_key);
  s3.region = options.region;
  s3.endpoint_override = options.endpoint;
  s3.scheme = options.tls ? "https" : "http";
  s3.connect_timeout = options.connect_timeout_s;
  s3.request_timeout = options.request_timeout_s;
  s3.retry_strategy = s3_retries(options.attempts);
  s3.allow_delayed_open = true;  // one request puts a small object, not the three of one in parts
  auto made = fs::S3FileSystem::Make(s3);
  if (!made.ok()) return std::unexpected(failure_of("S3", made.status()));
  auto parts = std::make_unique<Parts>();
  parts->root = options.root;
  parts->checksums = options.checksums;
  parts->s3 = *made;
  return std::unique_ptr<S3Tier>(new S3Tier(std::move(parts)));
}

S3Tier::S3Tier(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
S3Tier::~S3Tier() = default;

Outcome<S3Tier::Known> S3Tier::look_up(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  const auto size_bytes = parts_->size_of(parts_->path_of(name), name.text());
  if (!size_bytes) return std::unexpected(size_bytes.error());
  {
    const std::scoped_lock lock(parts_->mutex);
    const auto found = parts_->known.find(name);
    if (found != parts_->known.end() && found->second.info.size_bytes == *size_bytes) {
      return found->second;
    }
  }
  Known known;
  known.info.size_bytes = *size_bytes;
  const auto path = parts_->checksums_of(name);
  const auto tail_bytes =
      parts_->checksums
          ? parts_->size_of(path, name.text())
          : Outcome<std::uint64_t>(refuse(FailureCode::kNotFound, name.text(), "has no checksums"));
  if (!tail_bytes && tail_bytes.error().code != FailureCode::kNotFound) {
    return std::unexpected(tail_bytes.error());
  }
  if (tail_bytes) {
    std::vector<std::byte> tail(*tail_bytes);
    if (auto read = parts_->read(path, *tail_bytes, 0, tail); !read) {
      return std::unexpected(std::move(read.error()));
    }
    known.blocks.resize(block_count(*size_bytes));
    const std::size_t sums_bytes = known.blocks.size() * sizeof(std::uint64_t);
    if (tail.size() > sums_bytes && sums_bytes != 0) {
      std::memcpy(known.blocks.data(), tail.data(), sums_bytes);
    }
    // What belongs to an object of this size with these checksums, and to no other.
    if (tail != object_file_tail(*size_bytes, known.blocks)) {
      return refuse(FailureCode::kCorrupt, name.text(),
                    fmt::format("{} does not hold the checksums of an object of {} bytes", path,
                                *size_bytes));
    }
    known.info.checksum = object_checksum(known.blocks);
  }
  const std::scoped_lock lock(parts_->mutex);
  if (parts_->known.size() >= kMaxKnown) parts_->known.clear();
  parts_->known.insert_or_assign(name, known);
  return known;
}

Outcome<std::unique_ptr<ObjectWriter>> S3Tier::create(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  const auto path = parts_->path_of(name);
  const auto there = parts_->size_of(path, name.text());
  if (there) return refuse(FailureCode::kExists, name.text(), "exists already");
  if (there.error().code != FailureCode::kNotFound) return std::unexpected(there.error());
  auto stream = parts_->s3->OpenOutputStream(path, nullptr);
  if (!stream.ok()) return std::unexpected(failure_of(name.text(), stream.status()));
  return std::make_unique<Writer>(*parts_, name, *stream);
}

Outcome<ObjectInfo> S3Tier::stat(const ObjectName& name) {
  const auto known = look_up(name);
  if (!known) return std::unexpected(known.error());
  return known->info;
}

Outcome<View> S3Tier::view(const ObjectName& name, ByteRange range) {
  if (const auto known = parts_->known_part(name, range)) {
    auto view = view_of(name, range, *known);
    // What was deleted or put anew since then is found by asking again.
    if (view) return view;
  }
  const auto known = look_up(name);
  if (!known) return std::unexpected(known.error());
  return view_of(name, range, *known);
}

Outcome<View> S3Tier::view_of(const ObjectName& name, ByteRange range, const Known& known) {
  const std::string path = parts_->path_of(name);
  auto view = read_blocks(name.text(), "s3://" + path, known.info.size_bytes,
                          range.within(known.info.size_bytes), known.blocks,
                          [&](std::uint64_t offset, std::span<std::byte> into) {
                            return parts_->read(path, known.info.size_bytes, offset, into);
                          });
  // Another process may have deleted it and used its name again; the next call asks anew.
  if (!view) {
    const std::scoped_lock lock(parts_->mutex);
    parts_->known.erase(name);
  }
  return view;
}

Outcome<Listing> S3Tier::list(const ListQuery& query) {
  if (auto checked = check_query(query); !checked) return std::unexpected(checked.error());
  // From the last folder that all wanted keys are in.
  const std::size_t slash = query.prefix.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : "/" + query.prefix.substr(0, slash);
  const std::string base = parts_->root + query.bucket;
  fs::FileSelector selector;
  selector.base_dir = base + folder;
  selector.allow_not_found = true;
  selector.recursive = true;
  const auto files = parts_->s3->GetFileInfo(selector);
  if (!files.ok()) return std::unexpected(failure_of(query.bucket, files.status()));
  ListingDraft draft(query);
  for (const fs::FileInfo& file : *files) {
    const std::string key = file.path().substr(base.size() + 1);
    if (file.type() != fs::FileType::File || key.starts_with(kChecksumFolder)) continue;
    draft.add(key, static_cast<std::uint64_t>(file.size()));
  }
  return draft.finish();
}

Outcome<void> S3Tier::remove(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return checked;
  const auto path = parts_->path_of(name);
  const auto there = parts_->size_of(path, name.text());
  if (!there) return std::unexpected(there.error());
  {
    const std::scoped_lock lock(parts_->mutex);
    parts_->known.erase(name);
  }
  // The object first: without its checksums it would look like one of another program.
  if (const auto removed = parts_->s3->DeleteFile(path); !removed.ok()) {
    return std::unexpected(failure_of(name.text(), removed));
  }
  const auto sums = parts_->checksums_of(name);
  if (parts_->checksums && parts_->size_of(sums, name.text())) {
    if (const auto removed = parts_->s3->DeleteFile(sums); !removed.ok()) {
      return std::unexpected(failure_of(name.text(), removed));
    }
  }
  parts_->notices.tell(Event::Kind::kDeleted, name);
  return {};
}

Outcome<std::unique_ptr<Watch>> S3Tier::watch(const std::string& bucket,
                                              const std::string& prefix) {
  return parts_->notices.watch(bucket, prefix);
}

Usage S3Tier::usage() const {
  return {0, std::numeric_limits<std::uint64_t>::max()};
}

}  // namespace ionloom::store
