#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "geds/object.h"
#include "geds/status.h"

namespace ionloom::geds {

/// The last part of the key that marks a folder: "a/b/_$folder$" says that "a/b/" is one.
inline constexpr std::string_view kFolderMarker = "_$folder$";

/// Whether a bucket may have this name: [a-z0-9][a-z0-9.-]+[a-z0-9], not beginning with "xn--".
[[nodiscard]] Outcome<void> check_bucket_name(std::string_view bucket);

/// Whether an object may have this key: not empty, not ending in '/', not beginning with "./" or
/// "../", without "/../", and without control characters, which would break the data request.
[[nodiscard]] Outcome<void> check_key(std::string_view key);

/// Whether the text holds a byte below 32, or 127. A newline or zero byte in a name ends the
/// request line of GEDS's data transport too early.
[[nodiscard]] bool has_control_characters(std::string_view text);

/// "bucket/key" in its parts; the key may contain more slashes. Both parts are checked.
[[nodiscard]] Outcome<ObjectId> parse_object_name(std::string_view name);

/// Where something listens.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;

  [[nodiscard]] std::string text() const { return host + ":" + std::to_string(port); }
};

/// "host:port"; the port is the text behind the last colon.
[[nodiscard]] Outcome<HostPort> parse_host_port(std::string_view text);

/// Where an object lies in the S3 bucket of its own name: "s3://bucket/key".
[[nodiscard]] std::string s3_location(const ObjectId& id);

/// The reverse. INVALID_ARGUMENT for another kind of location.
[[nodiscard]] Outcome<ObjectId> parse_s3_location(std::string_view location);

/// Where a node's objects lie: "geds://host:port".
[[nodiscard]] std::string node_location(const HostPort& node);

/// The node of a location "geds://host:port"; a path behind it is ignored.
[[nodiscard]] Outcome<HostPort> parse_node_location(std::string_view location);

}  // namespace ionloom::geds
