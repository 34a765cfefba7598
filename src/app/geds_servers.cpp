#include "app/geds_servers.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/byte_size.h"
#include "app/stop_signal.h"
#include "geds/metadata_server.h"
#include "geds/names.h"
#include "geds/node.h"
#include "geds/status_page.h"

namespace ionloom::app {
namespace {

Result<geds::HostPort> address(std::string_view option, const std::string& text) {
  auto parsed = geds::parse_host_port(text);
  if (!parsed) return std::unexpected(geds::to_error(parsed.error(), std::string(option)));
  return *std::move(parsed);
}

Result<std::optional<geds::ServerIdentity>> identity(const GedsArguments& arguments) {
  if (!arguments.tls_certificate && !arguments.tls_key) return std::nullopt;
  if (arguments.tls_certificate && arguments.tls_key) {
    return geds::ServerIdentity{*arguments.tls_certificate, *arguments.tls_key};
  }
  return usage_error("--tls-cert and --tls-key are given together or not at all");
}

/// "DIR:SIZE" in its parts; nothing for "".
Result<std::optional<geds::DiskSpace>> disk_space(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto colon = text.rfind(':');
  geds::DiskSpace disk;
  if (colon != std::string::npos && colon > 0) {
    if (const auto limit = parse_byte_size(std::string_view(text).substr(colon + 1))) {
      disk.limit_bytes = *limit;
      disk.folder = text.substr(0, colon);
      return disk;
    }
  }
  return usage_error("--disk \"" + text + "\" is not of the form DIR:SIZE, e.g. /scratch:10G");
}

/// The page for Prometheus, unless it is switched off.
Result<std::unique_ptr<geds::StatusPage>> status_page(const GedsArguments& arguments,
                                                      const geds::Metrics& metrics) {
  if (arguments.http == "off") return nullptr;
  const auto at = address("--http", arguments.http);
  if (!at) return std::unexpected(at.error());
  auto page = geds::StatusPage::start(*at, metrics);
  if (!page) {
    return fail(ErrorCode::kRemote, "--http " + arguments.http,
                page.error().what + ". Choose another address, or --http off");
  }
  return page;
}

/// What the server tells about itself on stdout, once it answers and once it has stopped.
void tell(const GedsArguments& arguments, std::string_view event, std::string_view server,
          const std::string& at, const geds::StatusPage* page) {
  if (arguments.json) {
    nlohmann::ordered_json line = {{"event", event}, {"server", server}, {"address", at}};
    if (page) line["http"] = page->address().text();
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{} {} {}{}\n", server, event, at,
               page ? fmt::format(", status at http://{}/metrics", page->address().text()) : "");
  }
  std::fflush(stdout);
}

/// What goes to stderr. The --log options have been checked.
geds::EventLog event_log(const GedsArguments& arguments, std::string_view server) {
  if (arguments.log == "off") return {};
  const auto form =
      arguments.log == "json" ? geds::EventLog::Form::kJson : geds::EventLog::Form::kText;
  return {form, geds::log_level(arguments.log_level).value_or(geds::EventLog::Level::kInfo),
          server};
}

/// Moves all that the node has to S3; kRemote when some of it is about to be lost.
Result<void> relocate_all(geds::Node& node) {
  const auto done = node.leave_for_s3();
  if (!done) return std::unexpected(geds::to_error(done.error(), node.location()));
  if (!done->why) return {};
  return fail(ErrorCode::kRemote, node.location(),
              fmt::format("{} objects are in S3 now, {} could not go: {}", done->objects,
                          done->stayed, done->why->message));
}

}  // namespace

Result<void> serve_metadata(const GedsArguments& arguments) {
  const auto listen = address("--listen", arguments.listen);
  if (!listen) return std::unexpected(listen.error());
  const auto proof = identity(arguments);
  if (!proof) return std::unexpected(proof.error());
  const geds::EventLog events = event_log(arguments, "metadata");
  const StopSignal stop;
  const auto server = geds::MetadataServer::start(
      {*listen, arguments.state, arguments.token_file, *proof, events, arguments.any_names});
  if (!server) return std::unexpected(server.error());
  const auto page = status_page(arguments, (*server)->metrics());
  if (!page) return std::unexpected(page.error());
  const std::string at = (*server)->address().text();
  tell(arguments, "listening", "metadata", at, page->get());
  events.info("listening", {{"address", at}});
  events.info("stopping", {{"signal", stop.wait()}});
  (*server)->stop();
  events.info("stopped");
  tell(arguments, "stopped", "metadata", at, nullptr);
  return {};
}

Result<void> serve_node(const GedsArguments& arguments) {
  const auto listen = address("--listen", arguments.node_listen);
  if (!listen) return std::unexpected(listen.error());
  const auto proof = identity(arguments);
  if (!proof) return std::unexpected(proof.error());
  const auto disk = disk_space(arguments.disk);
  if (!disk) return std::unexpected(disk.error());
  const geds::EventLog events = event_log(arguments, "node");
  const StopSignal stop;
  const auto node =
      geds::Node::start({.metadata = arguments.metadata,
                         .listen = *listen,
                         .host = arguments.host,
                         .memory_bytes = arguments.memory_bytes,
                         .shared_memory = arguments.shared_memory,
                         .disk = *disk,
                         .lease = std::chrono::milliseconds(arguments.lease_ms),
                         .copies = arguments.copies,
                         .copy_again_after = std::chrono::seconds(arguments.copy_again_s),
                         .token_file = arguments.token_file,
                         .identity = *proof,
                         .access = {arguments.token, arguments.authorities},
                         .events = events});
  if (!node) return std::unexpected(node.error());
  const auto page = status_page(arguments, (*node)->metrics());
  if (!page) return std::unexpected(page.error());
  const std::string at = (*node)->address().text();
  tell(arguments, "listening", "node", at, page->get());
  events.info("listening", {{"address", at}, {"metadata", arguments.metadata}});
  events.info("stopping", {{"signal", stop.wait()}});
  Result<void> left;
  if (arguments.relocate_on_exit) left = relocate_all(**node);
  (*node)->stop();
  events.info("stopped");
  tell(arguments, "stopped", "node", at, nullptr);
  return left;
}

}  // namespace ionloom::app
