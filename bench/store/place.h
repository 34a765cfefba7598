#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ionloom::bench {

/// Where two processes can leave objects for each other: a store of ours or what people use
/// instead. The benchmark ends when something fails: a message on stderr, exit 1.
class Place {
 public:
  virtual ~Place() = default;

  /// Returns when every other process can read the object.
  virtual void put(const std::string& key, std::span<const std::byte> bytes) = 0;

  /// Opens an object and has its bytes, in place or copied into `buffer`, which is large enough.
  /// @return the bytes, valid until the next call
  virtual std::span<const std::byte> get(const std::string& key, std::span<std::byte> buffer) = 0;

  virtual void remove(const std::string& key) = 0;
};

/// The place that a text names:
/// - memory:, shared:/dev/shm/DIR, file:/DIR  stores of ours, by their URL
/// - geds://METADATA:PORT/NODE:PORT           a node of ours; every get asks the metadata server
/// - geds-known://METADATA:PORT/NODE:PORT     the same with what the metadata server says kept
/// - files:/DIR                               plain files that take their names when complete
/// - redis://HOST:PORT, redis:/SOCKET         Redis's protocol on one raw socket
/// - s3://HOST:PORT/BUCKET                    Arrow's S3 client; keys from AWS's variables
/// - raw://HOST:PORT                          a bare socket: get only, of as many bytes as `buffer`
///                                            has, from serve_raw()
[[nodiscard]] std::unique_ptr<Place> open_place(std::string_view text);

std::unique_ptr<Place> open_store_place(std::string_view url);
std::unique_ptr<Place> open_geds_place(std::string_view addresses, bool keep_metadata);
std::unique_ptr<Place> open_file_place(std::string_view folder);
std::unique_ptr<Place> open_redis_place(std::string_view address);
std::unique_ptr<Place> open_s3_place(std::string_view address);
std::unique_ptr<Place> open_raw_place(std::string_view address);

/// Answers the requests of raw: places on a free port of this address, which it prints, for ever.
[[noreturn]] void serve_raw(const std::string& host);

/// Ends the program.
[[noreturn]] void give_up(const std::string& message);

}  // namespace ionloom::bench
