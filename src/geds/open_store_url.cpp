#include "geds/open_store_url.h"

#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "base/units.h"
#include "geds/geds_store.h"
#include "geds/names.h"

namespace ionloom::geds {
namespace {

constexpr std::string_view kScheme = "geds://";
constexpr std::string_view kNode = "node=";
constexpr std::string_view kRate = "mbit_s=";
constexpr double kLeastRate = 0.01;  ///< Mbit/s: below, calls take longer than anyone waits
constexpr double kMostRate = 1e6;

std::unexpected<store::Failure> bad_url(std::string_view url, const std::string& why) {
  return store::refuse(
      store::FailureCode::kBadName, std::string(url),
      why + "; a store in GEDS is geds://HOST:PORT/BUCKET[/PREFIX][?node=HOST:PORT][&mbit_s=RATE]");
}

/// One of what follows the '?'.
store::Outcome<void> parse_parameter(std::string_view url, std::string_view parameter,
                                     GedsStoreOptions& options) {
  if (parameter.starts_with(kNode)) {
    auto node = parse_host_port(parameter.substr(kNode.size()));
    if (!node) return bad_url(url, node.error().message);
    options.node = options.access.near = *std::move(node);
    return {};
  }
  if (parameter.starts_with(kRate)) {
    const std::string_view text = parameter.substr(kRate.size());
    double rate = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), rate);
    if (read.ec == std::errc{} && read.ptr == text.data() + text.size() && rate >= kLeastRate &&
        rate <= kMostRate) {
      options.access.far_bytes_s = rate * kMbit_bytes;
      return {};
    }
    return bad_url(url, fmt::format("mbit_s is a number from {} to {}", kLeastRate, kMostRate));
  }
  return bad_url(url, "only \"node\" and \"mbit_s\" can follow the '?'");
}

store::Outcome<GedsStoreOptions> parse(std::string_view url, const Access& access) {
  std::string_view rest = url.substr(kScheme.size());
  GedsStoreOptions options{.access = access};
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    std::string_view query = rest.substr(question + 1);
    for (bool more = true; more;) {
      const auto end = query.find('&');
      more = end != std::string_view::npos;
      if (auto fine = parse_parameter(url, query.substr(0, end), options); !fine) {
        return std::unexpected(std::move(fine.error()));
      }
      if (more) query.remove_prefix(end + 1);
    }
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
  auto options = parse(url, access);
  if (!options) return std::unexpected(std::move(options.error()));
  return GedsStore::open(*options);
}

}  // namespace ionloom::geds
