/* Objects of GEDS for C++ programs in WebAssembly: geds.h with owners and containers. No exceptions:
 * a function answers 0 or an errno, as those of geds.h, whose words hold here too.
 */
#ifndef GEDS_HPP
#define GEDS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "geds.h"

namespace geds {

/// An object that is open to read, closed with this.
class Object {
 public:
  Object() = default;
  Object(Object&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Object& operator=(Object&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Object() {
    if (handle_ >= 0) geds_close(handle_);
  }

  int open(const std::string& path) { return geds_open(path.c_str(), &handle_); }
  int read_at(std::uint64_t offset_bytes, void* into, std::size_t size, std::size_t& got) const {
    return geds_read_at(handle_, offset_bytes, into, size, &got);
  }
  int read_ranges(const std::vector<geds_range>& ranges, std::uint64_t& got) const {
    return geds_read_ranges(handle_, ranges.data(), static_cast<std::uint32_t>(ranges.size()),
                            &got);
  }
  int prefetch(std::uint64_t offset_bytes, std::uint64_t size_bytes) const {
    return geds_prefetch(handle_, offset_bytes, size_bytes);
  }
  int metadata(std::string& bytes) const {
    std::uint32_t there = 0;
    bytes.resize(std::size_t{64} << 10);
    const int failed =
        geds_metadata(handle_, bytes.data(), static_cast<std::uint32_t>(bytes.size()), &there);
    bytes.resize(failed ? 0 : there);
    return failed;
  }
  int set_metadata(const std::string& bytes) const {
    return geds_set_metadata(handle_, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  }

 private:
  geds_object handle_ = -1;
};

inline int put(const std::string& path, const std::string& bytes) {
  return geds_put(path.c_str(), bytes.data(), bytes.size());
}

/// All of an object.
inline int get(const std::string& path, std::string& bytes) {
  geds_info info;
  if (const int failed = geds_stat(path.c_str(), &info)) return failed;
  bytes.resize(static_cast<std::size_t>(info.size_bytes));
  std::size_t got = 0;
  const int failed = geds_get(path.c_str(), 0, bytes.data(), bytes.size(), &got);
  bytes.resize(got);
  return failed;
}

inline int add_name(void* names, const char* name) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

inline int list(const std::string& path, std::vector<std::string>& names) {
  return geds_list(path.c_str(), add_name, &names);
}

inline int buckets(std::vector<std::string>& paths) { return geds_buckets(add_name, &paths); }

inline int remove(const std::string& path) { return geds_delete(path.c_str()); }

}  // namespace geds

#endif  // GEDS_HPP
