#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "store/failure.h"
#include "store/object_name.h"

namespace ionloom::store {

/// What a store whose objects lie elsewhere can do beyond ObjectStore. Thread-safe.
class RemoteObjects {
 public:
  virtual ~RemoteObjects() = default;

  /// Reads from the object's byte `offset_bytes` on, straight into `into`: fewer bytes than asked
  /// for only at its end. An object that stat() has found is read from where it was then, and
  /// looked up again when it is not there any more. kNotFound when there is none.
  [[nodiscard]] virtual Outcome<std::size_t> read(const ObjectName& name,
                                                  std::uint64_t offset_bytes,
                                                  std::span<std::byte> into) = 0;

  /// The bytes that its writer has left beside the object; none is "".
  [[nodiscard]] virtual Outcome<std::string> metadata(const ObjectName& name) = 0;
  /// In place of those that are there. Whoever moves the object at that very moment may win.
  [[nodiscard]] virtual Outcome<void> set_metadata(const ObjectName& name,
                                                   const std::string& bytes) = 0;
};

}  // namespace ionloom::store
