#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exec/task_objects.h"
#include "tasks/task.h"

namespace ionloom::exec {

/// Objects as tasks read them that are done one after the other, in order: what the next of them
/// read of an object is asked for along with what one reads. A place far away then answers a few
/// large requests instead of several of every task. Thread-safe, if the objects are.
class JoinedReads final : public TaskObjects {
 public:
  /// @param tasks    all that will read here
  /// @param objects  must outlive this
  /// @param readers  tasks that read at the same time, each somewhere else. The more there are, and
  ///   the more objects one reads, the less of each is asked for at once: all of it must still be
  ///   kept (range_cache.h) when the next task comes for its part
  JoinedReads(std::span<const tasks::Task> tasks, TaskObjects& objects, std::uint64_t readers);

  Result<std::uint64_t> size_bytes(const std::string& object) override {
    return objects_.size_bytes(object);
  }
  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    return objects_.read(object, offset_bytes, into);
  }
  /// Of a range that no task has this asks for no more than the range.
  Result<void> read_within(const std::string& object, store::ByteRange range,
                           std::uint64_t offset_bytes, std::span<std::byte> into) override;
  Result<std::unique_ptr<NewObject>> create(const std::string& object) override {
    return objects_.create(object);
  }
  Result<void> publish(NewObjects objects) override { return objects_.publish(std::move(objects)); }

 private:
  /// Of one object, by where they begin: the ends of the stretches that tasks read. They do not
  /// touch.
  using Stretches = std::map<std::uint64_t, std::uint64_t>;

  TaskObjects& objects_;
  std::uint64_t ahead_bytes_ = 0;  ///< that are asked for at once: whole blocks of a run
  std::map<std::string, Stretches> stretches_;
};

}  // namespace ionloom::exec
