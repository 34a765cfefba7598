#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "geds/object.h"
#include "geds/status.h"

/// The data transport's messages. A request is text ended by a zero byte; a response is a head of
/// 16 bytes and then as many bytes as it says: data, or the sentence of a failure. One request at a
/// time on a connection. GET is GEDS's; the others are ionloom's and answered INVALID_ARGUMENT by
/// IBM's nodes.
namespace ionloom::geds {

enum class DataVerb : std::uint8_t {
  kGet,     ///< "GET bucket/key\nRANGE offset length"
  kPut,     ///< "PUT bucket/key\nSIZE size": answered once to go ahead and once when it is sealed
  kAppend,  ///< "APPEND bucket/key": as PUT, for a size not known yet; the bytes come in pieces,
            ///< each behind its length (uint64, little-endian), and a length of 0 seals
  // A PUT or COPY with " NOW" behind its size has the object's bytes right behind it. The answers
  // are the same; of a refused one the bytes are passed over.
  kCopy,      ///< "COPY bucket/key\nSIZE size": as PUT, for a copy of what another node registers
  kDelete,    ///< "DELETE bucket/key": the node forgets the bytes
  kRelocate,  ///< "RELOCATE bucket", or "RELOCATE " for all: moves objects to S3; answered by how
              ///< many and their bytes (two uint64, little-endian)
  kToken,     ///< "TOKEN token": who asks, before anything else on the connection
};

struct DataRequest {
  DataVerb verb = DataVerb::kGet;
  ObjectId id;
  std::uint64_t offset_bytes = 0;  ///< of a GET
  std::uint64_t size_bytes = 0;  ///< of a GET: bytes wanted at most; of PUT and COPY: of the object
  std::string token;             ///< of a TOKEN
  bool now = false;              ///< of PUT and COPY: the bytes follow at once
};

/// A request that is longer than this without its zero byte is refused and the connection closed.
inline constexpr std::size_t kMostRequestBytes = std::size_t{64} << 10;

/// An object that comes with its announcement is at most so large: what is refused is sent in vain.
inline constexpr std::uint64_t kMostAtOnceBytes = std::uint64_t{4} << 20;

/// The request as it is sent, with its zero byte.
[[nodiscard]] std::string request_text(const DataRequest& request);

/// @param text without the zero byte
/// @return INVALID_ARGUMENT for anything but the forms above
[[nodiscard]] Outcome<DataRequest> parse_data_request(std::string_view text);

/// The head of a response: int32 status code, four bytes of nothing, uint64 length; little-endian.
struct ResponseHead {
  std::int32_t status = 0;
  std::uint64_t length_bytes = 0;
};

using ResponseHeadBytes = std::array<std::byte, 16>;

[[nodiscard]] ResponseHeadBytes to_bytes(const ResponseHead& head);
[[nodiscard]] ResponseHead response_head(const ResponseHeadBytes& bytes);

}  // namespace ionloom::geds
