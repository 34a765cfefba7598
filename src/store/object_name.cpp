#include "store/object_name.h"

#include <algorithm>

#include <fmt/format.h>

namespace ionloom::store {
namespace {

/// A name as it can be shown: control characters as \xNN, and not more than a line of it.
std::string quoted(std::string_view name) {
  std::string text = "'";
  for (const char character : name.substr(0, 80)) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 32 || byte == 127) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += character;
    }
  }
  return text + (name.size() > 80 ? "...'" : "'");
}

Outcome<void> bad(std::string_view kind, std::string_view name, std::string_view why) {
  return refuse(FailureCode::kBadName, {}, fmt::format("{} {} {}", kind, quoted(name), why));
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

Outcome<void> check_bucket(std::string_view bucket) {
  if (bucket.size() < 3 || bucket.size() > kMaxBucketBytes) {
    return bad("bucket", bucket,
               fmt::format("has {} characters instead of 3 to 63", bucket.size()));
  }
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; };
  if (!std::ranges::all_of(bucket, allowed) || !is_letter_or_digit(bucket.front()) ||
      !is_letter_or_digit(bucket.back())) {
    return bad("bucket", bucket,
               "may have a-z, 0-9, '.' and '-', and begins and ends with a letter or digit");
  }
  if (bucket.starts_with("xn--") || bucket.find("..") != std::string_view::npos) {
    return bad("bucket", bucket, "may not begin with 'xn--' or contain '..'");
  }
  return {};
}

Outcome<void> check_prefix(std::string_view prefix) {
  if (prefix.size() > kMaxKeyBytes) {
    return bad("key", prefix, fmt::format("has {} bytes; 1024 are allowed", prefix.size()));
  }
  const auto control = [](char c) {
    return static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) == 127;
  };
  if (std::ranges::any_of(prefix, control)) {
    return bad("key", prefix, "has control characters");
  }
  return {};
}

Outcome<void> check_name(const ObjectName& name) {
  if (auto bucket = check_bucket(name.bucket); !bucket) return bucket;
  if (auto bytes = check_prefix(name.key); !bytes) return bytes;
  const std::string_view key = name.key;
  if (key.empty()) return bad("key", key, "is empty");
  if (key.front() == '/' || key.back() == '/') {
    return bad("key", key, "may not begin or end with '/'");
  }
  if (key.starts_with(".ionloom/")) return bad("key", key, "is kept for the store itself");
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t end = std::min(key.find('/', begin), key.size());
    const auto part = key.substr(begin, end - begin);
    if (part == "." || part == "..") return bad("key", key, "may not have a part '.' or '..'");
    begin = end + 1;
  }
  return {};
}

}  // namespace ionloom::store
