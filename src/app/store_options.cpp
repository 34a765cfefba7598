#include "app/store_options.h"

#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

#include "geds/open_store_url.h"

namespace ionloom::app {

StorePlace StoreOptions::place() const {
  const std::string_view scheme = std::string_view(*url).substr(0, url->find(':'));
  if (scheme == "memory") return StorePlace::kProcess;
  if (scheme == "shared") return StorePlace::kNode;
  return scheme == "file" ? StorePlace::kDisk : StorePlace::kRemote;
}

bool StoreOptions::keeps_objects() const {
  return !remove_objects && place() != StorePlace::kProcess;
}

std::optional<std::filesystem::path> StoreOptions::folder() const {
  if (place() != StorePlace::kDisk && place() != StorePlace::kNode) return std::nullopt;
  std::string_view path = std::string_view(*url).substr(url->find(':') + 1);
  while (path.starts_with("//")) path.remove_prefix(1);
  return std::filesystem::path(path);
}

void add_store_options(CLI::App& command, StoreOptions& options) {
  CLI::Option* store = command.add_option(
      "--store", options.url,
      "pass what stages exchange through a store instead of memory and disk: memory:,\n"
      "shared:/dev/shm/DIR, file:/DIR, s3://BUCKET[/PREFIX] or geds://HOST:PORT/BUCKET\n"
      "(results do not depend on it; objects stay there, under names that tell what is in\n"
      "them, and later runs use them)");
  store->type_name("URL");
  command
      .add_flag("--remove-objects", options.remove_objects,
                "leave nothing in the store: use names of this run alone, and remove the objects\n"
                "when it ends")
      ->needs(store);
  add_store_authorities(command, options)->needs(store);
}

CLI::Option* add_store_authorities(CLI::App& command, StoreOptions& options) {
  return command
      .add_option("--tls-ca", options.authorities,
                  "certificates of who signed those of a geds: store's servers, PEM: speak TLS to\n"
                  "them (a bearer token for them is taken from IONLOOM_GEDS_TOKEN)")
      ->type_name("FILE");
}

Result<std::unique_ptr<store::ObjectStore>> open_store(const StoreOptions& options) {
  // The bound on memory is planned and kept by who puts the objects.
  const store::StoreLimits limits{.memory_bytes = std::numeric_limits<std::uint64_t>::max() / 2};
  const char* token = std::getenv("IONLOOM_GEDS_TOKEN");  // NOLINT(concurrency-mt-unsafe)
  auto opened = geds::open_store_url(
      *options.url, limits,
      {.token = token == nullptr ? "" : token, .authorities = options.authorities});
  if (!opened) return std::unexpected(store::to_error(opened.error()));
  return std::move(*opened);
}

namespace {

bool is_geds(const std::string& url) {
  return url.starts_with("geds://");
}

}  // namespace

Result<std::unique_ptr<exec::StageStore>> open_known_store(const StoreOptions& options) {
  auto store = open_store(options);
  if (!store) return std::unexpected(store.error());
  return exec::StageStore::open(std::move(*store),
                                {.url = *options.url,
                                 .remote = options.place() == StorePlace::kRemote,
                                 .lost_with_nodes = is_geds(*options.url),
                                 .keep = true,
                                 .tried = true});
}

Result<std::unique_ptr<exec::StageStore>> open_stage_store(const StoreOptions& options,
                                                           std::uint32_t threads) {
  auto store = open_store(options);
  if (!store) return std::unexpected(store.error());
  return exec::StageStore::open(std::move(*store),
                                {.url = *options.url,
                                 .remote = options.place() == StorePlace::kRemote,
                                 .lost_with_nodes = is_geds(*options.url),
                                 .keep = options.keeps_objects(),
                                 .threads = threads});
}

}  // namespace ionloom::app
