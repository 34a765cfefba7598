#include "geds/relocation_tier.h"

#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "geds/names.h"
#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

std::unexpected<store::Failure> absent(const store::ObjectName& name) {
  return store::refuse(store::FailureCode::kNotFound, name.text(), "is not here");
}

}  // namespace

class RelocationTier::Writer final : public store::ObjectWriter {
 public:
  Writer(RelocationTier& tier, store::ObjectName name) : tier_(tier), name_(std::move(name)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() override {
    upload_.reset();
    tier_.note_end(name_);
  }

  /// Begins the upload.
  store::Outcome<void> open() {
    if (auto own = tier_.own(name_); !own) return std::unexpected(std::move(own.error()));
    auto s3 = tier_.stores_.of(name_.bucket);
    if (!s3) return std::unexpected(to_failure(s3.error(), name_.text()));
    s3_ = *std::move(s3);
    auto upload = s3_->create(name_);
    if (!upload && upload.error().code == store::FailureCode::kExists) {
      // Of an earlier object of this name, or from a relocation that ended half-way.
      if (auto removed = s3_->remove(name_); !removed) return removed;
      upload = s3_->create(name_);
    }
    if (!upload) return std::unexpected(std::move(upload.error()));
    upload_ = *std::move(upload);
    return {};
  }

  store::Outcome<void> append(std::span<const std::byte> bytes) override {
    auto sent = upload_->append(bytes);
    if (!sent) tier_.note_outcome(name_, sent.error());
    return sent;
  }

  store::Outcome<store::ObjectInfo> seal() override {
    auto info = complete();
    tier_.note_outcome(name_, info ? std::nullopt : std::optional(info.error()));
    return info;
  }

 private:
  store::Outcome<store::ObjectInfo> complete() {
    auto info = upload_->seal();
    if (!info) return info;
    // It may have been removed meanwhile, or put elsewhere.
    auto object = tier_.own(name_);
    std::optional<store::Failure> failed;
    if (object) {
      Object moved = *object;
      moved.info.location = s3_location(object->id);
      if (auto done = tier_.metadata_.update(moved); !done) {
        failed = to_failure(done.error(), name_.text());
      }
    } else {
      failed = object.error();
    }
    if (failed) {
      // Only what nobody can look for is taken away again: an update that was not answered may have
      // been done all the same. Where it stays, the next relocation replaces it.
      const auto known = tier_.metadata_.lookup({name_.bucket, name_.key});
      if (!known && known.error().code == StatusCode::kNotFound) std::ignore = s3_->remove(name_);
      return std::unexpected(*std::move(failed));
    }
    tier_.relocated_.add(info->size_bytes);
    tier_.moved_(*object);
    return info;
  }

  RelocationTier& tier_;
  store::ObjectName name_;
  std::shared_ptr<store::ObjectStore> s3_;
  std::unique_ptr<store::ObjectWriter> upload_;
};

bool RelocationTier::takes(const store::ObjectName& name) {
  const auto s3 = stores_.of(name.bucket);
  if (!s3 && s3.error().code != StatusCode::kFailedPrecondition) {
    note_outcome(name, to_failure(s3.error(), name.text()));
  }
  return s3.has_value();
}

store::Outcome<Object> RelocationTier::own(const store::ObjectName& name) {
  auto object = metadata_.lookup_with_copies({name.bucket, name.key});
  if (!object) return std::unexpected(to_failure(object.error(), name.text()));
  if (object->info.location == location_) return *std::move(object);
  return store::refuse(store::FailureCode::kNotFound, name.text(),
                       "lies at " + object->info.location + ", not on this node");
}

void RelocationTier::note_end(const store::ObjectName& name) {
  const std::scoped_lock lock(mutex_);
  under_way_.erase(name);
}

store::Outcome<std::unique_ptr<store::ObjectWriter>> RelocationTier::create(
    const store::ObjectName& name) {
  {
    const std::scoped_lock lock(mutex_);
    if (!under_way_.insert(name).second) {
      return store::refuse(store::FailureCode::kUnavailable, name.text(),
                           "is being relocated already");
    }
  }
  auto writer = std::make_unique<Writer>(*this, name);
  if (auto opened = writer->open(); !opened) {
    note_outcome(name, opened.error());
    return std::unexpected(std::move(opened.error()));
  }
  return writer;
}

void RelocationTier::note_outcome(const store::ObjectName& name,
                                  const std::optional<store::Failure>& failed) {
  if (failed && failed->code == store::FailureCode::kNotFound) return;
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(failing_, failed.has_value()) == failed.has_value()) return;
  }
  if (failed) {
    events_.warning("relocation_failed", {{"object", name.text()}, {"reason", failed->message()}});
  } else {
    events_.info("relocation_works_again", {{"object", name.text()}});
  }
}

store::Outcome<store::ObjectInfo> RelocationTier::stat(const store::ObjectName& name) {
  return absent(name);
}

store::Outcome<store::View> RelocationTier::view(const store::ObjectName& name,
                                                 store::ByteRange /*range*/) {
  return absent(name);
}

store::Outcome<store::Listing> RelocationTier::list(const store::ListQuery& /*query*/) {
  return store::Listing{};
}

store::Outcome<void> RelocationTier::remove(const store::ObjectName& name) {
  return absent(name);
}

store::Outcome<std::unique_ptr<store::Watch>> RelocationTier::watch(const std::string& bucket,
                                                                    const std::string& /*prefix*/) {
  return store::refuse(store::FailureCode::kUnavailable, bucket, "nothing is seen happening here");
}

store::Usage RelocationTier::usage() const {
  return {0, std::numeric_limits<std::uint64_t>::max()};
}

}  // namespace ionloom::geds
