#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/object_store.h"
#include "tasks/task.h"
#include "tasks/task_io.h"

namespace ionloom::exec {

/// Where the objects of tasks lie. An object that is made appears in publish(), whole or not at
/// all.
class TaskObjects {
 public:
  /// An object in the making; destroyed unpublished, it leaves nothing.
  class NewObject {
   public:
    virtual ~NewObject() = default;
    [[nodiscard]] virtual Result<void> append(std::span<const std::byte> bytes) = 0;
  };
  using NewObjects = std::vector<std::unique_ptr<NewObject>>;

  virtual ~TaskObjects() = default;

  [[nodiscard]] virtual Result<std::uint64_t> size_bytes(const std::string& object) = 0;
  /// Copies bytes that are there: REQUIRES offset_bytes + into.size() <= size_bytes(object).
  [[nodiscard]] virtual Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                                          std::span<std::byte> into) = 0;
  /// The same for bytes of a range of which a task reads all, one part after the other: places far
  /// away send more of it at once.
  [[nodiscard]] virtual Result<void> read_within(const std::string& object,
                                                 store::ByteRange /*range*/,
                                                 std::uint64_t offset_bytes,
                                                 std::span<std::byte> into) {
    return read(object, offset_bytes, into);
  }
  [[nodiscard]] virtual Result<std::unique_ptr<NewObject>> create(const std::string& object) = 0;
  /// All appear; when one cannot, none does.
  /// @param objects  that were made here
  [[nodiscard]] virtual Result<void> publish(NewObjects objects) = 0;
};

/// Files of a folder: an object is the path of a file below it. Objects that are made replace older
/// ones.
[[nodiscard]] std::unique_ptr<TaskObjects> folder_objects(std::filesystem::path folder);

/// Objects BUCKET/KEY of a store. They are never replaced.
[[nodiscard]] std::unique_ptr<TaskObjects> store_objects(std::unique_ptr<store::ObjectStore> store);

/// A task's inputs and outputs among objects.
class ObjectTaskIo : public tasks::TaskIo {
 public:
  /// Compares the inputs with the objects. Fails, naming the input, when one is absent or shorter
  /// than the task says.
  /// @param task, objects  must outlive this
  [[nodiscard]] static Result<ObjectTaskIo> open(const tasks::Task& task, TaskObjects& objects);

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override;
  Result<void> write(std::uint32_t output, std::span<const std::byte> bytes) override;
  /// Warnings and information go to stderr; the sentence of an error comes with the failure.
  void log(tasks::LogLevel level, std::string_view sentence) override;

  /// The outputs appear.
  [[nodiscard]] Result<void> publish() { return objects_->publish(std::move(outputs_)); }

 private:
  ObjectTaskIo(const tasks::Task& task, TaskObjects& objects) : task_(&task), objects_(&objects) {}

  const tasks::Task* task_;
  TaskObjects* objects_;
  TaskObjects::NewObjects outputs_;
};

}  // namespace ionloom::exec
