#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "store/object_store.h"
#include "wasi/errno.h"
#include "wasi/quotas.h"

namespace ionloom::wasi {

/// An object in the making. Until it has kMemoryBytes it lies in this process's memory and is read
/// and written anywhere, as a file; beyond that it goes to its store piece by piece, and can only
/// be added to at its end (kNotsup for all else). It appears in the store when it is sealed.
class Draft {
 public:
  static constexpr std::size_t kMemoryBytes = std::size_t{64} << 20;

  /// @param replaces  an object that has the name is removed when this one is sealed
  Draft(store::ObjectStore& store, store::ObjectName name, bool replaces)
      : store_(store), name_(std::move(name)), replaces_(replaces) {}

  [[nodiscard]] std::uint64_t size_bytes() const { return sent_bytes_ + bytes_.size(); }

  [[nodiscard]] Answer<std::size_t> read(std::uint64_t offset_bytes, std::span<std::byte> into);
  [[nodiscard]] Answer<std::size_t> write(std::uint64_t offset_bytes,
                                          std::span<const std::byte> bytes, QuotaCount& quotas);
  [[nodiscard]] Answer<void> set_size(std::uint64_t size_bytes, QuotaCount& quotas);

  /// It will have another name. kNotsup when its store has a part of it already.
  [[nodiscard]] Answer<void> rename(store::ObjectName name);
  /// It was unlinked: it can still be read and written, and is never sealed.
  void give_up() { given_up_ = true; }

  [[nodiscard]] Answer<void> seal();

  std::uint32_t handles = 0;  ///< open on it; the last one seals it

 private:
  [[nodiscard]] Answer<void> send();
  [[nodiscard]] Answer<void> make_way();

  store::ObjectStore& store_;
  store::ObjectName name_;
  bool replaces_;
  bool given_up_ = false;
  std::vector<std::byte> bytes_;  ///< all of it, or what was not sent yet
  std::uint64_t sent_bytes_ = 0;
  std::unique_ptr<store::ObjectWriter> writer_;  ///< once the first piece was sent
};

}  // namespace ionloom::wasi
