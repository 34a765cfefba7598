#include "geds/data_request.h"

#include <bit>
#include <charconv>
#include <cstring>

#include <fmt/core.h>

#include "geds/names.h"

namespace ionloom::geds {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kNow = " NOW";

std::unexpected<Status> malformed(std::string_view text) {
  return refuse(StatusCode::kInvalidArgument,
                fmt::format("cannot read the request \"{}\"", text.substr(0, 200)));
}

/// Takes decimal digits from the front of the text.
bool take_number(std::string_view& text, std::uint64_t& value) {
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

/// Takes "bucket/key" and what separates it from the last "\nWORD " of the text.
Outcome<ObjectId> take_name(std::string_view& text, std::string_view word) {
  const auto end = text.rfind(fmt::format("\n{} ", word));
  if (end == std::string_view::npos) return malformed(text);
  std::string_view name = text.substr(0, end);
  while (name.ends_with('\n')) name.remove_suffix(1);
  text.remove_prefix(end + word.size() + 2);
  return parse_object_name(name);
}

Outcome<DataRequest> parse_get(std::string_view text) {
  std::string_view rest = text;
  auto id = take_name(rest, "RANGE");
  if (!id) return std::unexpected(id.error());
  DataRequest request{DataVerb::kGet, *std::move(id), 0, 0, {}};
  if (!take_number(rest, request.offset_bytes) || !rest.starts_with(' ')) return malformed(text);
  rest.remove_prefix(1);
  if (!take_number(rest, request.size_bytes)) return malformed(text);
  return request;
}

/// PUT and COPY.
Outcome<DataRequest> parse_sized(DataVerb verb, std::string_view text) {
  std::string_view rest = text;
  auto id = take_name(rest, "SIZE");
  if (!id) return std::unexpected(id.error());
  DataRequest request{verb, *std::move(id), 0, 0, {}};
  if (!take_number(rest, request.size_bytes)) return malformed(text);
  request.now = rest == kNow;
  if (request.now && request.size_bytes > kMostAtOnceBytes) return malformed(text);
  return request;
}

}  // namespace

std::string request_text(const DataRequest& request) {
  std::string text;
  switch (request.verb) {
    case DataVerb::kGet:
      text = fmt::format("GET {}\nRANGE {} {}", request.id.text(), request.offset_bytes,
                         request.size_bytes);
      break;
    case DataVerb::kPut:
      text = fmt::format("PUT {}\nSIZE {}{}", request.id.text(), request.size_bytes,
                         request.now ? kNow : "");
      break;
    case DataVerb::kCopy:
      text = fmt::format("COPY {}\nSIZE {}{}", request.id.text(), request.size_bytes,
                         request.now ? kNow : "");
      break;
    case DataVerb::kAppend:
      text = "APPEND " + request.id.text();
      break;
    case DataVerb::kDelete:
      text = "DELETE " + request.id.text();
      break;
    case DataVerb::kRelocate:
      text = "RELOCATE " + request.id.bucket;
      break;
    case DataVerb::kToken:
      text = "TOKEN " + request.token;
      break;
  }
  text.push_back('\0');
  return text;
}

Outcome<DataRequest> parse_data_request(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return malformed(text);
  const std::string_view verb = text.substr(0, space);
  const std::string_view rest = text.substr(space + 1);
  if (verb == "GET") return parse_get(rest);
  if (verb == "PUT") return parse_sized(DataVerb::kPut, rest);
  if (verb == "COPY") return parse_sized(DataVerb::kCopy, rest);
  if (verb == "TOKEN") return DataRequest{DataVerb::kToken, {}, 0, 0, std::string(rest)};
  if (verb == "RELOCATE") {
    if (auto fine = check_bucket_name(rest); !rest.empty() && !fine) {
      return std::unexpected(fine.error());
    }
    return DataRequest{DataVerb::kRelocate, {std::string(rest), ""}, 0, 0, {}};
  }
  if (verb == "DELETE" || verb == "APPEND") {
    auto id = parse_object_name(rest);
    if (!id) return std::unexpected(id.error());
    const auto which = verb == "DELETE" ? DataVerb::kDelete : DataVerb::kAppend;
    return DataRequest{which, *std::move(id), 0, 0, {}};
  }
  return malformed(text);
}

ResponseHeadBytes to_bytes(const ResponseHead& head) {
  ResponseHeadBytes bytes{};
  std::memcpy(bytes.data(), &head.status, sizeof head.status);
  std::memcpy(bytes.data() + 8, &head.length_bytes, sizeof head.length_bytes);
  return bytes;
}

ResponseHead response_head(const ResponseHeadBytes& bytes) {
  ResponseHead head;
  std::memcpy(&head.status, bytes.data(), sizeof head.status);
  std::memcpy(&head.length_bytes, bytes.data() + 8, sizeof head.length_bytes);
  return head;
}

}  // namespace ionloom::geds
