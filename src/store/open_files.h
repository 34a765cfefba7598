#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "store/object_file.h"
#include "store/object_name.h"

namespace ionloom::store {

/// The object files that were used last, kept open, so that their checksums need not be read again
/// nor their mappings made again. Thread-safe.
class OpenFiles {
 public:
  static constexpr std::size_t kMaxFiles = 256;

  /// Nothing when it is not here, or is here but was deleted.
  [[nodiscard]] std::shared_ptr<const ObjectFile> find(const ObjectName& name);
  void keep(const ObjectName& name, std::shared_ptr<const ObjectFile> file);
  void forget(const ObjectName& name);

 private:
  using ByUse = std::list<std::pair<ObjectName, std::shared_ptr<const ObjectFile>>>;

  std::mutex mutex_;
  ByUse by_use_;  ///< the last one used is the first
  std::map<ObjectName, ByUse::iterator> by_name_;
};

}  // namespace ionloom::store
