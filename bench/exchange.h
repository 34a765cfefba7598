#pragma once

#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ionloom::bench {

/// Where a benchmark leaves what it worked on and what came out, so that a peer can do the same
/// work and the results can be compared. Numbers are raw and little-endian; a name says their type:
/// "patterns_mz.f64". Writes nothing when made without a folder.
class Exchange {
 public:
  explicit Exchange(std::filesystem::path folder) : folder_(std::move(folder)) {}

  template <class T>
  void numbers(const std::string& name, std::span<const T> values) const {
    if (folder_.empty()) return;
    std::ofstream(folder_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size_bytes()));
  }

  void lines(const std::string& name, std::span<const std::string> values) const {
    if (folder_.empty()) return;
    std::ofstream file(folder_ / name);
    for (const std::string& value : values) file << value << '\n';
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace ionloom::bench
