#include <map>
#include <utility>

#include "bench/store/place.h"
#include "geds/client.h"
#include "geds/metadata_client.h"
#include "geds/names.h"

namespace ionloom::bench {
namespace {

geds::ObjectId id_of(const std::string& key) {
  return {"bench", key};
}

template <class T>
T checked(geds::Outcome<T> outcome) {
  if (!outcome) give_up(outcome.error().message);
  return *std::move(outcome);
}

void check(const geds::Outcome<void>& outcome) {
  if (!outcome) give_up(outcome.error().message);
}

class GedsPlace final : public Place {
 public:
  GedsPlace(std::unique_ptr<geds::MetadataClient> metadata, const geds::HostPort& node,
            bool keep_metadata)
      : metadata_(std::move(metadata)),
        client_(*metadata_, {}),
        node_(client_.peer(node)),
        keep_metadata_(keep_metadata) {}

  void put(const std::string& key, std::span<const std::byte> bytes) override {
    check(node_->put(id_of(key), bytes));
  }

  std::span<const std::byte> get(const std::string& key, std::span<std::byte> buffer) override {
    const auto found = known_.find(key);
    const geds::Object object =
        found != known_.end() ? found->second : checked(metadata_->lookup(id_of(key)));
    if (keep_metadata_ && found == known_.end()) known_.emplace(key, object);
    const auto node = checked(geds::parse_node_location(object.info.location));
    const auto into = buffer.first(object.info.size_bytes);
    const std::size_t count = checked(client_.peer(node)->read(object.id, 0, into));
    return into.first(count);
  }

  void remove(const std::string& key) override { check(client_.remove(id_of(key))); }

 private:
  std::unique_ptr<geds::MetadataClient> metadata_;
  geds::Client client_;
  std::shared_ptr<geds::Peer> node_;
  bool keep_metadata_;
  std::map<std::string, geds::Object> known_;
};

}  // namespace

std::unique_ptr<Place> open_geds_place(std::string_view addresses, bool keep_metadata) {
  const auto slash = addresses.find('/');
  auto metadata = geds::MetadataClient::make(std::string(addresses.substr(0, slash)), {});
  if (!metadata) give_up(metadata.error().message());
  const auto node = checked(geds::parse_host_port(addresses.substr(slash + 1)));
  return std::make_unique<GedsPlace>(*std::move(metadata), node, keep_metadata);
}

}  // namespace ionloom::bench
