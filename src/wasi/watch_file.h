#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "store/object_store.h"
#include "wasi/open_file.h"

namespace ionloom::wasi {

/// What happens to the objects below a folder of a bucket, as a stream of lines (docs/formats/
/// geds-imports.md). A line that is longer than the room for it is read in pieces.
class WatchFile final : public OpenFile {
 public:
  /// @param start     what the keys of the folder begin with
  /// @param patience  how long a read waits; kAgain when nothing has come
  WatchFile(std::shared_ptr<store::ObjectStore> store, std::unique_ptr<store::Watch> watch,
            std::string start, std::chrono::milliseconds patience)
      : store_(std::move(store)),
        watch_(std::move(watch)),
        start_(std::move(start)),
        patience_(patience) {}

  Answer<FileStat> stat() override { return FileStat{}; }
  Answer<std::size_t> read(std::uint64_t offset_bytes, std::span<std::byte> into) override;
  Answer<std::uint64_t> size_bytes() override { return refuse(Errno::kSpipe); }

 private:
  std::shared_ptr<store::ObjectStore> store_;  ///< outlives the watch
  std::unique_ptr<store::Watch> watch_;
  std::string start_;
  std::chrono::milliseconds patience_;
  std::string rest_;  ///< of a line, not read yet
};

}  // namespace ionloom::wasi
