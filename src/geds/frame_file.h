#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

/// Files of checksummed frames. A frame is the magic "GLF1", uint32 length, uint64 xxh3 of the
/// payload seeded with its length, then the payload; little-endian. A payload holds records, each
/// a uint32 length and its bytes. One frame is what one write and one fsync made durable.
namespace ionloom::geds {

/// Appends a record to a payload.
void append_record(std::string_view record, std::string& payload);

/// The frame around a payload.
[[nodiscard]] std::string framed(std::string_view payload);

/// What a file of frames holds.
struct Frames {
  std::vector<std::string_view> records;  ///< into the bytes that were read
  std::size_t valid_bytes = 0;            ///< up to the end of the last whole frame
};

/// Reads the frames of `bytes`. A torn last frame (a crash while it was written: nothing in it was
/// acknowledged) ends the list, and valid_bytes tells where. A bad frame with a good one behind it
/// cannot come from a crash: kData, naming `path` and the byte.
[[nodiscard]] Result<Frames> read_frames(std::string_view bytes, const std::filesystem::path& path);

/// The bytes of a file; empty when there is none.
[[nodiscard]] Result<std::string> read_if_present(const std::filesystem::path& path);

/// Makes a new, renamed or removed name in this folder durable.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace ionloom::geds
