#include "geds/open_store_url.h"

#include <string>
#include <utility>

#include "geds/geds_store.h"
#include "geds/names.h"

namespace ionloom::geds {
namespace {

constexpr std::string_view kScheme = "geds://";
constexpr std::string_view kNode = "node=";

std::unexpected<store::Failure> bad_url(std::string_view url, const std::string& why) {
  return store::refuse(
      store::FailureCode::kBadName, std::string(url),
      why + "; a store in GEDS is geds://HOST:PORT/BUCKET[/PREFIX][?node=HOST:PORT]");
}

store::Outcome<GedsStoreOptions> parse(std::string_view url) {
  std::string_view rest = url.substr(kScheme.size());
  GedsStoreOptions options;
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    const std::string_view query = rest.substr(question + 1);
    if (!query.starts_with(kNode)) return bad_url(url, "only \"node\" can follow the '?'");
    auto node = parse_host_port(query.substr(kNode.size()));
    if (!node) return bad_url(url, node.error().message);
    options.node = *std::move(node);
    rest = rest.substr(0, question);
  }
  const auto slash = rest.find('/');
  const auto server = parse_host_port(rest.substr(0, slash));
  if (!server) return bad_url(url, server.error().message);
  options.metadata = server->text();
  if (slash == std::string_view::npos) return options;
  rest.remove_prefix(slash + 1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty()) return options;
  options.root.bucket = rest.substr(0, rest.find('/'));
  if (auto fine = check_bucket_name(options.root.bucket); !fine) {
    return bad_url(url, fine.error().message);
  }
  rest.remove_prefix(options.root.bucket.size());
  if (rest.empty()) return options;
  options.root.prefix = std::string(rest.substr(1)) + "/";
  if (auto fine = check_key(rest.substr(1)); !fine) return bad_url(url, fine.error().message);
  return options;
}

}  // namespace

store::Outcome<std::unique_ptr<store::ObjectStore>> open_store_url(std::string_view url,
                                                                   const store::StoreLimits& limits,
                                                                   const Access& access) {
  if (!url.starts_with(kScheme)) return store::open_store(url, limits);
  auto options = parse(url);
  if (!options) return std::unexpected(std::move(options.error()));
  options->access = access;
  return GedsStore::open(*options);
}

}  // namespace ionloom::geds
