#include "exec/kept_objects.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "exec/run_objects.h"

namespace ionloom::exec {
namespace {

class KeptObjects final : public TaskObjects {
 public:
  KeptObjects(StageStore& store, std::optional<std::filesystem::path> ibd) : store_(store) {
    if (!ibd) return;
    folder_ = folder_objects(ibd->parent_path());
    file_ = ibd->filename().string();
  }

  Result<std::uint64_t> size_bytes(const std::string& object) override {
    if (object == RunObjects::kIbd) {
      if (folder_ != nullptr) return folder_->size_bytes(file_);
      return usage_error("the task reads the dataset's .ibd: name the file with --ibd");
    }
    {
      const std::lock_guard lock(mutex_);
      const auto known = sizes_.find(object);
      if (known != sizes_.end()) return known->second;
    }
    const auto found = store_.find(object);
    if (!found) return std::unexpected(found.error());
    if (!*found) return store_.lost(object);
    const std::lock_guard lock(mutex_);
    return sizes_[object] = **found;
  }

  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    if (object == RunObjects::kIbd) return folder_->read(file_, offset_bytes, into);
    return store_.read(object, offset_bytes, into);
  }

  Result<void> read_within(const std::string& object, store::ByteRange range,
                           std::uint64_t offset_bytes, std::span<std::byte> into) override {
    if (object == RunObjects::kIbd) return read(object, offset_bytes, into);
    return store_.read_within(object, range, offset_bytes, into);
  }

  Result<std::unique_ptr<NewObject>> create(const std::string& object) override {
    auto made = store_.create(object);
    if (!made) return std::unexpected(made.error());
    return std::unique_ptr<NewObject>(std::move(*made));
  }

  Result<void> publish(NewObjects objects) override {
    for (const auto& object : objects) {
      auto sealed = static_cast<StageStore::NewObject&>(*object).seal();
      if (!sealed) return sealed;
    }
    return {};
  }

 private:
  StageStore& store_;
  std::unique_ptr<TaskObjects> folder_;  ///< of the .ibd; null without one
  std::string file_;
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> sizes_;
};

}  // namespace

std::unique_ptr<TaskObjects> kept_objects(StageStore& store,
                                          std::optional<std::filesystem::path> ibd) {
  return std::make_unique<KeptObjects>(store, std::move(ibd));
}

}  // namespace ionloom::exec
