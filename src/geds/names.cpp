#include "geds/names.h"

#include <algorithm>
#include <charconv>

namespace ionloom::geds {
namespace {

constexpr std::string_view kNodeScheme = "geds://";
constexpr std::string_view kS3Scheme = "s3://";

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 32 || byte == 127;
  });
}

Outcome<void> check_bucket_name(std::string_view bucket) {
  const bool formed = bucket.size() >= 3 && is_lower_or_digit(bucket.front()) &&
                      is_lower_or_digit(bucket.back()) && std::ranges::all_of(bucket, [](char c) {
                        return is_lower_or_digit(c) || c == '.' || c == '-';
                      });
  if (formed && !bucket.starts_with("xn--")) return {};
  return refuse(StatusCode::kInvalidArgument,
                "\"" + std::string(bucket) +
                    "\" is not a bucket name: three or more of a-z, 0-9, '.' and '-', a letter or "
                    "digit at either end, not beginning with \"xn--\"");
}

Outcome<void> check_key(std::string_view key) {
  const auto no = [](std::string message) {
    return refuse(StatusCode::kInvalidArgument, std::move(message));
  };
  if (has_control_characters(key)) return no("a key may not contain control characters");
  if (key.empty()) return no("a key may not be empty");
  if (key.back() == '/') return no("\"" + std::string(key) + "\": a key may not end in '/'");
  if (key.starts_with("./") || key.starts_with("../") ||
      key.find("/../") != std::string_view::npos) {
    return no("\"" + std::string(key) + "\": a key may not lead through \".\" or \"..\"");
  }
  return {};
}

Outcome<ObjectId> parse_object_name(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) {
    return refuse(StatusCode::kInvalidArgument,
                  "\"" + std::string(name) + "\" is not of the form BUCKET/KEY");
  }
  ObjectId id{std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))};
  if (auto ok = check_bucket_name(id.bucket); !ok) return std::unexpected(ok.error());
  if (auto ok = check_key(id.key); !ok) return std::unexpected(ok.error());
  return id;
}

Outcome<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  HostPort result;
  if (colon != std::string_view::npos && colon > 0) {
    result.host = text.substr(0, colon);
    const char* end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data() + colon + 1, end, result.port);
    if (failed == std::errc{} && rest == end) return result;
  }
  return refuse(StatusCode::kInvalidArgument,
                "\"" + std::string(text) + "\" is not of the form HOST:PORT");
}

std::string s3_location(const ObjectId& id) {
  // IBM's servers write a key that begins with '/' with one slash.
  return std::string(kS3Scheme) + id.bucket + (id.key.starts_with('/') ? "" : "/") + id.key;
}

Outcome<ObjectId> parse_s3_location(std::string_view location) {
  if (location.starts_with(kS3Scheme)) {
    const std::string_view rest = location.substr(kS3Scheme.size());
    const auto slash = rest.find('/');
    if (slash != std::string_view::npos && slash > 0 && slash + 1 < rest.size()) {
      return ObjectId{std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))};
    }
  }
  return refuse(StatusCode::kInvalidArgument,
                "\"" + std::string(location) + "\" is not a location s3://BUCKET/KEY");
}

std::string node_location(const HostPort& node) {
  return std::string(kNodeScheme) + node.text();
}

Outcome<HostPort> parse_node_location(std::string_view location) {
  if (location.starts_with(kNodeScheme)) {
    std::string_view rest = location.substr(kNodeScheme.size());
    rest = rest.substr(0, rest.find('/'));
    if (auto parsed = parse_host_port(rest)) return parsed;
  }
  return refuse(StatusCode::kInvalidArgument,
                "\"" + std::string(location) + "\" is not a location geds://HOST:PORT");
}

}  // namespace ionloom::geds
