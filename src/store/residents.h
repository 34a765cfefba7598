#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>

#include "store/object_name.h"

namespace ionloom::store {

/// An object that a tier holds.
struct Resident {
  ObjectName name;
  std::uint64_t size_bytes = 0;
  bool copy_below = false;  ///< a tier below has it too: it can be let go without moving it
};

/// The objects of one tier in the order in which they were used. Thread-safe.
class Residents {
 public:
  /// It came, and is the last one used.
  void add(Resident resident);
  /// It was used now.
  void use(const ObjectName& name);
  void forget(const ObjectName& name);
  /// Takes out the one used longest ago.
  [[nodiscard]] std::optional<Resident> take_oldest();

 private:
  using ByUse = std::list<Resident>;

  std::mutex mutex_;
  ByUse by_use_;  ///< the last one used is the last
  std::map<ObjectName, ByUse::iterator> by_name_;
};

}  // namespace ionloom::store
