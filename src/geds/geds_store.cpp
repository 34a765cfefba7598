#include "geds/geds_store.h"

#include <utility>

#include "geds/object_source.h"
#include "geds/store_failure.h"
#include "geds/store_watch.h"

namespace ionloom::geds {

class GedsStore::Writer final : public store::ObjectWriter {
 public:
  Writer(store::ObjectName name, PeerWriter node)
      : name_(std::move(name)), node_(std::move(node)) {}

  store::Outcome<void> append(std::span<const std::byte> bytes) override {
    if (sealed_) return store::refuse(store::FailureCode::kSealed, name_.text(), "is sealed");
    if (failed_) return std::unexpected(*failed_);
    size_bytes_ += bytes.size();
    return check(node_.append(bytes));
  }

  store::Outcome<store::ObjectInfo> seal() override {
    if (auto ready = append({}); !ready) return std::unexpected(std::move(ready.error()));
    if (auto done = check(node_.seal()); !done) return std::unexpected(std::move(done.error()));
    sealed_ = true;
    return store::ObjectInfo{size_bytes_, std::nullopt};
  }

 private:
  store::Outcome<void> check(const Outcome<void>& done) {
    if (done) return {};
    failed_ = to_failure(done.error(), name_.text());
    return std::unexpected(*failed_);
  }

  store::ObjectName name_;
  PeerWriter node_;
  std::uint64_t size_bytes_ = 0;
  bool sealed_ = false;
  std::optional<store::Failure> failed_;
};

store::Outcome<std::unique_ptr<store::ObjectStore>> GedsStore::open(
    const GedsStoreOptions& options) {
  auto metadata = MetadataClient::make(options.metadata, options.access);
  if (!metadata) {
    return store::refuse(store::FailureCode::kIo, metadata.error().where, metadata.error().what);
  }
  return std::unique_ptr<store::ObjectStore>(new GedsStore(options, *std::move(metadata)));
}

GedsStore::GedsStore(GedsStoreOptions options, std::unique_ptr<MetadataClient> metadata)
    : options_(std::move(options)),
      metadata_(std::move(metadata)),
      client_(*metadata_, options_.access),
      nodes_(*metadata_, options_.node),
      source_(std::make_shared<ObjectSource>(*metadata_, client_, options_.root)),
      reads_(source_) {}

GedsStore::~GedsStore() = default;

store::Outcome<void> GedsStore::check_free(const store::ObjectName& name) {
  const auto there = stat(name);
  if (there) return store::refuse(store::FailureCode::kExists, name.text(), "exists already");
  if (there.error().code == store::FailureCode::kNotFound) return {};
  return std::unexpected(there.error());
}

template <class Ask>
auto GedsStore::with_node(const store::ObjectName& name, const Ask& ask)
    -> decltype(ask(std::declval<Peer&>())) {
  const ObjectId id = options_.root.id(name);
  const auto nodes = nodes_.for_object(id);
  if (!nodes) return std::unexpected(nodes.error());
  auto answer = ask(*client_.peer(nodes->front()));
  for (std::size_t next = 1; next < nodes->size() && !answer; ++next) {
    const StatusCode code = answer.error().code;
    if (code != StatusCode::kUnavailable && code != StatusCode::kResourceExhausted) break;
    answer = ask(*client_.peer((*nodes)[next]));
  }
  return answer;
}

store::Outcome<std::unique_ptr<store::ObjectWriter>> GedsStore::create(
    const store::ObjectName& name) {
  if (auto free = check_free(name); !free) return std::unexpected(std::move(free.error()));
  auto node = with_node(name, [&](Peer& peer) { return peer.append(options_.root.id(name)); });
  if (!node) return std::unexpected(to_failure(node.error(), name.text()));
  return std::make_unique<Writer>(name, *std::move(node));
}

store::Outcome<store::ObjectInfo> GedsStore::put(const store::ObjectName& name,
                                                 std::span<const std::byte> bytes) {
  if (auto free = check_free(name); !free) return std::unexpected(std::move(free.error()));
  const auto kept =
      with_node(name, [&](Peer& peer) { return peer.put(options_.root.id(name), bytes); });
  if (!kept) return std::unexpected(to_failure(kept.error(), name.text()));
  return store::ObjectInfo{bytes.size(), std::nullopt};
}

store::Outcome<store::ObjectInfo> GedsStore::stat(const store::ObjectName& name) {
  return reads_.stat(name);
}

store::Outcome<store::View> GedsStore::view(const store::ObjectName& name, store::ByteRange range) {
  return reads_.view(name, range);
}

store::Outcome<std::size_t> GedsStore::read(const store::ObjectName& name,
                                            std::uint64_t offset_bytes, std::span<std::byte> into) {
  if (auto checked = store::check_name(name); !checked) return std::unexpected(checked.error());
  return source_->read(name, offset_bytes, into);
}

store::Outcome<std::string> GedsStore::metadata(const store::ObjectName& name) {
  if (auto checked = store::check_name(name); !checked) return std::unexpected(checked.error());
  const auto object = metadata_->lookup(options_.root.id(name));
  if (!object) return std::unexpected(to_failure(object.error(), name.text()));
  return object->info.metadata.value_or("");
}

store::Outcome<void> GedsStore::set_metadata(const store::ObjectName& name,
                                             const std::string& bytes) {
  if (auto checked = store::check_name(name); !checked) return checked;
  auto object = metadata_->lookup_with_copies(options_.root.id(name));
  if (!object) return std::unexpected(to_failure(object.error(), name.text()));
  object->info.metadata = bytes;
  const auto updated = metadata_->update(*object);
  if (!updated) return std::unexpected(to_failure(updated.error(), name.text()));
  return {};
}

store::Outcome<store::Listing> GedsStore::list(const store::ListQuery& query) {
  return reads_.list(query);
}

store::Outcome<void> GedsStore::remove(const store::ObjectName& name) {
  return reads_.remove(name);
}

store::Outcome<std::unique_ptr<store::Watch>> GedsStore::watch(const std::string& bucket,
                                                               const std::string& prefix) {
  return StoreWatch::open(options_.metadata, options_.access, options_.root, bucket, prefix);
}

}  // namespace ionloom::geds
