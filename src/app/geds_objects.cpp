#include "app/geds_objects.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "app/interruption.h"
#include "app/printable.h"
#include "base/units.h"
#include "files/output_file.h"
#include "geds/client.h"
#include "geds/metadata_client.h"
#include "geds/names.h"

namespace ionloom::app {
namespace {

using Json = nlohmann::ordered_json;
using geds::Outcome;

/// What a command about objects starts with.
struct Connected {
  std::unique_ptr<geds::MetadataClient> metadata;
  std::unique_ptr<geds::Client> client;
};

Result<Connected> connect(const GedsArguments& arguments) {
  const geds::Access access{.token = arguments.token,
                            .authorities = arguments.authorities,
                            .far_bytes_s = arguments.mbit_s * kMbit_bytes};
  auto metadata = geds::MetadataClient::make(arguments.metadata, access);
  if (!metadata) return std::unexpected(metadata.error());
  Connected connected{*std::move(metadata), nullptr};
  connected.client = std::make_unique<geds::Client>(*connected.metadata, access);
  return connected;
}

template <class T>
Result<T> named(Outcome<T> outcome, const std::string& where) {
  if (!outcome) return std::unexpected(geds::to_error(outcome.error(), where));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(outcome);
  }
}

Result<geds::ObjectId> object_id(const GedsArguments& arguments) {
  return named(geds::parse_object_name(arguments.object), {});
}

/// "bucket" or "bucket/prefix", in its parts.
geds::ObjectId place(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {text, ""};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

Result<geds::ByteRange> byte_range(const std::string& text) {
  geds::ByteRange range;
  if (text.empty()) return range;
  const char* const end = text.data() + text.size();
  const auto offset = std::from_chars(text.data(), end, range.offset_bytes);
  if (offset.ec == std::errc{} && offset.ptr != end && *offset.ptr == ':') {
    const auto size = std::from_chars(offset.ptr + 1, end, range.size_bytes);
    if (size.ec == std::errc{} && size.ptr == end) return range;
  }
  return usage_error("--range \"" + text + "\" is not of the form OFFSET:LENGTH, two numbers");
}

Json as_json(const geds::Object& object) {
  Json json = {{"bucket", object.id.bucket},
               {"key", object.id.key},
               {"location", object.info.location},
               {"size_bytes", object.info.size_bytes},
               {"sealed_bytes", object.info.sealed_bytes}};
  if (!object.info.copies.empty()) json["copies"] = object.info.copies;
  return json;
}

void print_json(const Json& json) {
  // Names come from others: bytes that are not UTF-8 are replaced, not thrown about.
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string_view name_of(geds::Publication publication) {
  switch (publication) {
    case geds::Publication::kCreate:
      return "created";
    case geds::Publication::kUpdate:
      return "updated";
    case geds::Publication::kDelete:
      return "deleted";
    case geds::Publication::kNone:
      break;
  }
  return "nothing";
}

/// Reads the object into a sink that may fail.
Result<geds::Object> read_into(
    geds::Client& client, const geds::ObjectId& id, geds::ByteRange range,
    const std::function<Result<void>(std::span<const std::byte>)>& take) {
  Result<void> taken;
  const auto object = client.read(id, range, [&](std::span<const std::byte> bytes) {
    taken = take(bytes);
    return taken.has_value() && !interrupted();
  });
  if (!taken) return std::unexpected(taken.error());
  if (interrupted()) return fail(ErrorCode::kInterrupted, {}, "stopped");
  return named(object, id.text());
}

Result<void> to_stdout(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return std::unexpected(files::file_error("stdout", "be written", errno));
}

}  // namespace

Result<void> put_object(const GedsArguments& arguments) {
  const auto id = object_id(arguments);
  if (!id) return std::unexpected(id.error());
  const auto node = named(geds::parse_host_port(arguments.node), "--node");
  if (!node) return std::unexpected(node.error());
  std::ifstream file(arguments.file, std::ios::binary);
  if (!file && errno == ENOENT) return data_error(arguments.file.string(), "does not exist");
  if (!file) return std::unexpected(files::file_error(arguments.file, "be read", errno));
  std::error_code no_file;
  const std::uint64_t size = std::filesystem::file_size(arguments.file, no_file);
  if (no_file || !std::filesystem::is_regular_file(arguments.file, no_file)) {
    return usage_error(arguments.file.string() +
                       " is not a file whose size is known: a folder, a pipe or a device cannot "
                       "be put");
  }
  geds::Peer peer(*node, {arguments.token, arguments.authorities});
  const auto source = [&](std::span<std::byte> into) -> Outcome<std::size_t> {
    file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    if (file.gcount() > 0) return static_cast<std::size_t>(file.gcount());
    return geds::refuse(geds::StatusCode::kDataLoss,
                        arguments.file.string() + " became shorter while it was read");
  };
  const auto kept = named(peer.put(*id, size, source), id->text());
  if (!kept) return kept;
  const std::string location = geds::node_location(*node);
  if (arguments.json) {
    print_json(as_json({*id, {location, size, size, std::nullopt}}));
  } else {
    fmt::print("{}  {} bytes on {}\n", id->text(), size, location);
  }
  return {};
}

Result<void> get_object(const GedsArguments& arguments) {
  const auto id = object_id(arguments);
  if (!id) return std::unexpected(id.error());
  const auto range = byte_range(arguments.range);
  if (!range) return std::unexpected(range.error());
  if (arguments.json && !arguments.output) {
    return usage_error("--json tells about the object, so its bytes need a file: add -o FILE");
  }
  const auto connected = connect(arguments);
  if (!connected) return std::unexpected(connected.error());
  if (!arguments.output) {
    const auto object = read_into(*connected->client, *id, *range, to_stdout);
    if (!object) return std::unexpected(object.error());
    return {};
  }
  auto file = files::OutputFile::create(*arguments.output);
  if (!file) return std::unexpected(file.error());
  const auto object =
      read_into(*connected->client, *id, *range,
                [&](std::span<const std::byte> bytes) { return file->write(bytes); });
  if (!object) return std::unexpected(object.error());
  if (auto done = file->commit(); !done) return done;
  if (arguments.json) print_json(as_json(*object));
  return {};
}

Result<void> list_objects(const GedsArguments& arguments) {
  const auto connected = connect(arguments);
  if (!connected) return std::unexpected(connected.error());
  if (arguments.object.empty()) {
    const auto buckets = named(connected->metadata->buckets(), {});
    if (!buckets) return std::unexpected(buckets.error());
    if (arguments.json) {
      print_json({{"buckets", *buckets}});
    } else {
      for (const std::string& bucket : *buckets) fmt::print("{}\n", printable(bucket));
    }
    return {};
  }
  const char delimiter = arguments.recursive ? '\0' : '/';
  const auto listing =
      named(connected->metadata->list(place(arguments.object), delimiter), arguments.object);
  if (!listing) return std::unexpected(listing.error());
  if (arguments.json) {
    Json objects = Json::array();
    for (const geds::Object& object : listing->objects) objects.push_back(as_json(object));
    print_json({{"objects", objects}, {"folders", listing->common_prefixes}});
    return {};
  }
  for (const std::string& folder : listing->common_prefixes) {
    fmt::print("{:>14}  {}\n", "folder", printable(folder));
  }
  for (const geds::Object& object : listing->objects) {
    fmt::print("{:>14}  {}  {}\n", object.info.size_bytes, printable(object.id.key),
               printable(object.info.location));
  }
  return {};
}

Result<void> show_object(const GedsArguments& arguments) {
  const auto id = object_id(arguments);
  if (!id) return std::unexpected(id.error());
  const auto connected = connect(arguments);
  if (!connected) return std::unexpected(connected.error());
  const auto object = named(connected->metadata->lookup_with_copies(*id), id->text());
  if (!object) return std::unexpected(object.error());
  if (arguments.json) {
    print_json(as_json(*object));
  } else {
    fmt::print("object    {}\nsize      {} bytes\nsealed    {} bytes\nlocation  {}\n", id->text(),
               object->info.size_bytes, object->info.sealed_bytes,
               printable(object->info.location));
    for (const std::string& copy : object->info.copies) {
      fmt::print("copy      {}\n", printable(copy));
    }
  }
  return {};
}

Result<void> remove_object(const GedsArguments& arguments) {
  const auto connected = connect(arguments);
  if (!connected) return std::unexpected(connected.error());
  if (!arguments.recursive) {
    const auto id = object_id(arguments);
    if (!id) return std::unexpected(id.error());
    if (auto done = named(connected->client->remove(*id), id->text()); !done) return done;
    if (arguments.json) print_json({{"removed", 1}});
    return {};
  }
  const auto listing =
      named(connected->metadata->list(place(arguments.object), '\0'), arguments.object);
  if (!listing) return std::unexpected(listing.error());
  for (const geds::Object& object : listing->objects) {
    if (auto done = named(connected->client->remove(object.id), object.id.text()); !done) {
      return done;
    }
  }
  if (arguments.json) print_json({{"removed", listing->objects.size()}});
  return {};
}

Result<void> watch_objects(const GedsArguments& arguments) {
  const auto connected = connect(arguments);
  if (!connected) return std::unexpected(connected.error());
  const geds::ObjectId where = place(arguments.object);
  const geds::Subscription subscription{
      where.key.empty() ? geds::SubscriptionKind::kBucket : geds::SubscriptionKind::kPrefix,
      fmt::format("ionloom-watch-{}-{}", ::gethostid(), ::getpid()), where.bucket, where.key};
  const auto subscribed = named(connected->metadata->subscribe(subscription), arguments.object);
  if (!subscribed) return subscribed;
  // Nothing is half-written here, and a wait for events ends by itself for no flag: signals end it.
  for (const int stopping : {SIGINT, SIGTERM}) std::signal(stopping, SIG_DFL);
  std::uint64_t seen = 0;
  const auto ready = [&] {
    if (!arguments.json) fmt::print(stderr, "watching {}\n", arguments.object);
  };
  const auto take = [&](const geds::Event& event) {
    if (arguments.json) {
      Json line = as_json(event.object);
      line["event"] = name_of(event.publication);
      print_json(line);
    } else {
      fmt::print("{}  {}\n", name_of(event.publication), printable(event.object.id.text()));
    }
    std::fflush(stdout);
    return ++seen != arguments.most_events;
  };
  const auto watched = connected->metadata->watch(subscription.subscriber, ready, take);
  std::ignore = connected->metadata->unsubscribe(subscription);  // it ends with us in any case
  return named(watched, arguments.object);
}

Result<void> register_s3(const GedsArguments& arguments) {
  if (auto valid = named(geds::check_bucket_name(arguments.object), {}); !valid) return valid;
  const auto connected = connect(arguments);
  if (!connected) return std::unexpected(connected.error());
  const auto done =
      named(connected->metadata->register_store({arguments.object, arguments.endpoint_url,
                                                 arguments.access_key, arguments.secret_key}),
            arguments.object);
  if (!done) return done;
  if (arguments.json) {
    print_json({{"bucket", arguments.object}, {"endpoint", arguments.endpoint_url}});
  }
  return {};
}

Result<void> relocate_objects(const GedsArguments& arguments) {
  const auto node = named(geds::parse_host_port(arguments.node), "--node");
  if (!node) return std::unexpected(node.error());
  if (!arguments.object.empty()) {
    if (auto valid = named(geds::check_bucket_name(arguments.object), {}); !valid) return valid;
  }
  geds::Peer peer(*node, {arguments.token, arguments.authorities});
  const auto moved = named(peer.relocate(arguments.object), "node " + node->text());
  if (!moved) return std::unexpected(moved.error());
  if (arguments.json) {
    print_json({{"objects", moved->objects}, {"bytes", moved->bytes}});
  } else {
    fmt::print("{} objects with {} bytes are in S3 now\n", moved->objects, moved->bytes);
  }
  return {};
}

}  // namespace ionloom::app
