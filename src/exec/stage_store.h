#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/error.h"
#include "exec/block_cache.h"
#include "exec/range_cache.h"
#include "exec/store_traffic.h"
#include "exec/task_objects.h"
#include "store/object_store.h"

namespace ionloom::exec {

/// A store that a run passes its objects through (docs/formats/stage-store.md).
struct StageStoreSettings {
  std::string url = {};  ///< for errors
  bool remote = false;   ///< another machine or service keeps the objects
  /// An object that cannot be read is lost with the node it was on; else only what is damaged is.
  bool lost_with_nodes = false;
  bool keep = false;   ///< objects stay for later runs, and those of earlier runs are used
  bool tried = false;  ///< another process of this run has tried it out; REQUIRES: keep
  std::uint32_t threads = 1;
};

/// The part of a store that is a run's. Without `keep` its keys begin with one that no other run
/// has, and all that the run put there goes with this; with it they say what is in the objects, and
/// stay. Errors name the store; those of a remote one are kRemote. Thread-safe.
class StageStore {
 public:
  static constexpr const char* kBucket = "ionloom-stages";

  /// Tries the store with a small object, so that one that cannot be reached or written to is known
  /// before work starts. Then removes what runs of this machine left there that were killed.
  [[nodiscard]] static Result<std::unique_ptr<StageStore>> open(
      std::unique_ptr<store::ObjectStore> store, StageStoreSettings settings);

  ~StageStore();
  StageStore(const StageStore&) = delete;
  StageStore& operator=(const StageStore&) = delete;

  [[nodiscard]] bool keeps() const { return settings_.keep; }
  [[nodiscard]] bool is_remote() const { return settings_.remote; }
  /// Where this run's objects are when they are not kept: "runs/RUN/".
  [[nodiscard]] const std::string& run_prefix() const { return run_prefix_; }

  /// An object in the making; it appears in seal(). With `keep`, one that is there already is not
  /// made again: what is appended is thrown away.
  class NewObject final : public TaskObjects::NewObject {
   public:
    /// @param made  null: nothing is to be made
    NewObject(StageStore& own, std::unique_ptr<store::ObjectWriter> made)
        : own_(own), writer_(std::move(made)) {}

    Result<void> append(std::span<const std::byte> bytes) override;
    [[nodiscard]] Result<void> seal();
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

   private:
    StageStore& own_;
    std::unique_ptr<store::ObjectWriter> writer_;
    std::uint64_t size_bytes_ = 0;
  };

  [[nodiscard]] Result<std::unique_ptr<NewObject>> create(const std::string& key);
  [[nodiscard]] Result<void> put(const std::string& key, std::span<const std::byte> bytes);

  /// The size of an object of which something can be read; nothing when there is none. One that is
  /// there, but cannot be read, is removed.
  [[nodiscard]] Result<std::optional<std::uint64_t>> find(const std::string& key);

  /// What to say of an object that is not there, though the run has made it.
  [[nodiscard]] std::unexpected<Error> lost(const std::string& key) const;

  /// Copies bytes of an object that is there.
  [[nodiscard]] Result<void> read(const std::string& key, std::uint64_t offset_bytes,
                                  std::span<std::byte> into);

  /// The same, reading nothing outside `range`, which the bytes are within (range_cache.h). The
  /// meter counts what the store was asked for.
  [[nodiscard]] Result<void> read_within(const std::string& key, store::ByteRange range,
                                         std::uint64_t offset_bytes, std::span<std::byte> into);

  [[nodiscard]] const StoreMeter& meter() const { return meter_; }

  /// Removes the run's objects, unless they are kept; the destructor does no more then.
  [[nodiscard]] Result<void> remove_objects();

  /// Bytes of this process that a store's use needs at most, beside what lies in its memory.
  /// @param largest_object_bytes  that a task makes
  [[nodiscard]] static std::uint64_t memory_bound_bytes(bool remote, std::uint32_t threads,
                                                        std::uint64_t largest_object_bytes);

 private:
  StageStore(std::unique_ptr<store::ObjectStore> store, StageStoreSettings settings);

  [[nodiscard]] Result<void> try_out();
  void remove_leftovers();
  [[nodiscard]] std::unexpected<Error> failed(const store::Failure& failure) const;
  [[nodiscard]] static store::ObjectName name_of(const std::string& key) { return {kBucket, key}; }

  std::unique_ptr<store::ObjectStore> store_;
  StageStoreSettings settings_;
  std::string run_prefix_;
  StoreMeter meter_;
  BlockCache cache_;
  RangeCache ranges_;
  std::mutex mutex_;
  std::set<std::string> own_keys_;  ///< of objects that go with this
};

}  // namespace ionloom::exec
