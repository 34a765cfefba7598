#include "exec/kept_objects.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "exec/packed_run.h"
#include "exec/run_objects.h"

namespace ionloom::exec {
namespace {

class KeptObjects final : public TaskObjects {
 public:
  KeptObjects(StageStore& store, std::optional<std::filesystem::path> ibd, bool packed)
      : store_(store), packed_(packed) {
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
    const auto run = packed_run(object);
    if (!run) return std::unexpected(run.error());
    if (*run != nullptr) return (*run)->size_bytes();
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
    const auto run = packed_run(object);
    if (!run) return std::unexpected(run.error());
    if (*run != nullptr) return (*run)->read(range, offset_bytes, into);
    return store_.read_within(object, range, offset_bytes, into);
  }

  Result<std::unique_ptr<NewObject>> create(const std::string& object) override {
    auto made = store_.create(object);
    if (!made) return std::unexpected(made.error());
    const std::lock_guard lock(mutex_);
    if (packed_ && is_run(object)) {
      to_pack_[made->get()] = object;
    } else {
      to_pack_.erase(made->get());
    }
    return std::unique_ptr<NewObject>(std::move(*made));
  }

  Result<void> publish(NewObjects objects) override {
    for (const auto& object : objects) {
      auto sealed = static_cast<StageStore::NewObject&>(*object).seal();
      if (!sealed) return sealed;
    }
    for (const auto& object : objects) {
      const std::string run = run_made_by(*object);
      if (run.empty()) continue;
      if (auto packed = put_packed_run(store_, run); !packed) return packed;
    }
    return {};
  }

 private:
  static bool is_run(const std::string& object) { return object.ends_with("/run"); }

  /// Key of the run, if it is to be packed; else nothing.
  std::string run_made_by(const NewObject& object) {
    const std::lock_guard lock(mutex_);
    const auto found = to_pack_.find(&object);
    return found == to_pack_.end() ? std::string() : found->second;
  }

  /// Null where the object is no run, or is read as it is.
  Result<PackedRun*> packed_run(const std::string& object) {
    if (!packed_ || !is_run(object)) return nullptr;
    const std::lock_guard lock(mutex_);
    const auto known = packed_runs_.find(object);
    if (known != packed_runs_.end()) return known->second.get();
    auto opened = PackedRun::open(store_, object);
    if (!opened) return std::unexpected(opened.error());
    return (packed_runs_[object] = std::move(*opened)).get();
  }

  StageStore& store_;
  bool packed_;
  std::unique_ptr<TaskObjects> folder_;  ///< of the .ibd; null without one
  std::string file_;
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> sizes_;
  std::map<const NewObject*, std::string> to_pack_;  ///< runs that are being made
  std::map<std::string, std::unique_ptr<PackedRun>> packed_runs_;
};

}  // namespace

std::unique_ptr<TaskObjects> kept_objects(StageStore& store,
                                          std::optional<std::filesystem::path> ibd, bool packed) {
  return std::make_unique<KeptObjects>(store, std::move(ibd), packed);
}

}  // namespace ionloom::exec
