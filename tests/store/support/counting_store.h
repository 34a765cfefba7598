#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "store/object_store.h"

namespace ionloom::store::test_support {

/// Another store, of which the reads are counted, and whose calls may be told to fail.
class CountingStore final : public ObjectStore {
 public:
  /// @param store  must outlive this
  explicit CountingStore(ObjectStore& store) : store_(store) {}

  Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) override {
    if (fails) return failure(name.text());
    return store_.create(name);
  }
  Outcome<ObjectInfo> stat(const ObjectName& name) override {
    if (fails) return failure(name.text());
    return store_.stat(name);
  }
  Outcome<View> view(const ObjectName& name, ByteRange range = {}) override {
    ++views;
    if (views_fail) return refuse(*views_fail, name.text(), "was told to fail");
    if (fails) return failure(name.text());
    return store_.view(name, range);
  }
  Outcome<Listing> list(const ListQuery& query) override {
    if (fails) return failure(query.bucket);
    return store_.list(query);
  }
  Outcome<void> remove(const ObjectName& name) override {
    ++removals;
    if (fails) return failure(name.text());
    return store_.remove(name);
  }
  Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                        const std::string& prefix) override {
    return store_.watch(bucket, prefix);
  }
  Usage usage() const override { return store_.usage(); }

  std::optional<FailureCode> fails;       ///< with which every call fails
  std::optional<FailureCode> views_fail;  ///< with which every view fails
  std::atomic<std::size_t> views = 0;
  std::atomic<std::size_t> removals = 0;

 private:
  std::unexpected<Failure> failure(const std::string& where) const {
    return refuse(*fails, where, "was told to fail");
  }

  ObjectStore& store_;
};

}  // namespace ionloom::store::test_support
