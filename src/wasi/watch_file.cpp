#include "wasi/watch_file.h"

#include <algorithm>
#include <cstring>

namespace ionloom::wasi {

Answer<std::size_t> WatchFile::read(std::uint64_t /*offset_bytes*/, std::span<std::byte> into) {
  if (into.empty()) return 0;
  if (rest_.empty()) {
    const auto event = watch_->next(patience_);
    if (!event) return refuse(Errno::kAgain);
    if (event->kind == store::Event::Kind::kMissed) {
      rest_ = "missed\n";
    } else {
      const bool sealed = event->kind == store::Event::Kind::kSealed;
      rest_ = (sealed ? "sealed " : "deleted ") + event->name.key.substr(start_.size()) + "\n";
    }
  }
  const std::size_t count = std::min(rest_.size(), into.size());
  std::memcpy(into.data(), rest_.data(), count);
  rest_.erase(0, count);
  return count;
}

}  // namespace ionloom::wasi
