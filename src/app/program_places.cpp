#include "app/program_places.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "geds/geds_store.h"
#include "geds/names.h"
#include "geds/node_endpoints.h"
#include "geds/open_store_url.h"
#include "geds/shared_objects.h"
#include "wasi/bucket_folder.h"
#include "wasi/host_folder.h"

namespace ionloom::app {
namespace {

Result<geds::HostPort> address(const std::string& option, const std::string& text) {
  auto parsed = geds::parse_host_port(text);
  if (!parsed) return std::unexpected(geds::to_error(parsed.error(), option));
  return *std::move(parsed);
}

/// A node at the address by which the metadata server sees this machine, for as long as we run.
Result<std::unique_ptr<geds::Node>> own_node(const ProgramArguments& arguments,
                                             const geds::Access& access) {
  const auto metadata = geds::MetadataClient::make(arguments.geds, access);
  if (!metadata) return std::unexpected(metadata.error());
  const auto seen = (*metadata)->own_address();
  if (!seen) return std::unexpected(geds::to_error(seen.error(), "--geds " + arguments.geds));
  geds::NodeOptions options;
  options.metadata = arguments.geds;
  options.listen = {*seen, 0};
  options.memory_bytes = arguments.node_memory_bytes;
  options.access = access;
  return geds::Node::start(options);
}

Result<std::shared_ptr<store::ObjectStore>> open_geds(const ProgramArguments& arguments,
                                                      bool writes, ProgramPlaces& places) {
  if (arguments.geds.empty()) {
    return usage_error("a mount of GEDS needs its metadata server: --geds HOST:PORT");
  }
  if (auto server = address("--geds", arguments.geds); !server) {
    return std::unexpected(server.error());
  }
  geds::GedsStoreOptions options{.metadata = arguments.geds,
                                 .access = {arguments.token, arguments.authorities}};
  if (!arguments.node.empty()) {
    auto node = address("--node", arguments.node);
    if (!node) return std::unexpected(node.error());
    options.node = *std::move(node);
    // A node that cannot be asked is told of when it is used.
    if (const auto there = geds::ask_data_endpoint(*options.node, options.access)) {
      places.shared_objects = geds::open_shared_folder(there->shared_folder);
    }
  } else if (writes) {
    auto node = own_node(arguments, options.access);
    if (!node) return std::unexpected(node.error());
    places.node = *std::move(node);
    options.node = places.node->address();
  }
  auto opened = geds::GedsStore::open(options);
  if (!opened) return std::unexpected(store::to_error(opened.error()));
  return *std::move(opened);
}

Result<std::shared_ptr<store::ObjectStore>> open_other(const std::string& url,
                                                       const ProgramArguments& arguments) {
  auto opened = geds::open_store_url(url, {}, {arguments.token, arguments.authorities});
  if (!opened) return std::unexpected(store::to_error(opened.error()));
  return *std::move(opened);
}

/// What of a store lies in memory that this process can see: what a node has that we serve or that
/// shares its memory with this machine, or all of it.
std::shared_ptr<store::ObjectStore> in_memory(const std::string& url, const ProgramPlaces& places) {
  if (url.empty()) return places.node ? places.node->objects() : places.shared_objects;
  const bool all = url.starts_with("memory:") || url.starts_with("shared:");
  return all ? places.stores.at(url) : nullptr;
}

}  // namespace

Result<ProgramPlaces> open_places(const ProgramArguments& arguments,
                                  const std::shared_ptr<wasi::QuotaCount>& quotas) {
  std::vector<MountText> mounts;
  for (const std::string& text : arguments.mounts) {
    auto mount = parse_mount(text);
    if (!mount) return std::unexpected(mount.error());
    mounts.push_back(*std::move(mount));
  }
  const bool writes = std::ranges::any_of(
      mounts, [](const MountText& mount) { return mount.store.empty() && mount.writable; });
  ProgramPlaces places;
  for (const MountText& mount : mounts) {
    std::shared_ptr<store::ObjectStore>& store = places.stores[mount.store];
    if (store == nullptr) {
      auto opened = mount.store.empty() ? open_geds(arguments, writes, places)
                                        : open_other(mount.store, arguments);
      if (!opened) return std::unexpected(opened.error());
      store = *std::move(opened);
    }
    auto mounted = std::make_shared<wasi::BucketMount>(
        wasi::BucketMount::Place{store, mount.bucket, mount.prefix, mount.writable,
                                 in_memory(mount.store, places),
                                 std::dynamic_pointer_cast<store::RemoteObjects>(store)},
        quotas);
    places.buckets.push_back({mount.path, mounted});
    places.folders.push_back(
        {mount.path, std::make_unique<wasi::BucketFolder>(std::move(mounted))});
  }
  for (const std::string& text : arguments.folders) {
    const auto folder = parse_folder(text);
    if (!folder) return std::unexpected(folder.error());
    auto opened = wasi::HostFolder::at(folder->folder, folder->writable, quotas);
    if (!opened) return std::unexpected(opened.error());
    places.folders.push_back({folder->path, *std::move(opened)});
  }
  return places;
}

}  // namespace ionloom::app
