#include "exec/local_objects.h"

#include <cstring>
#include <utility>

#include "exec/run_file.h"
#include "files/output_file.h"

namespace ionloom::exec {

/// An object that grows in memory.
class LocalObjects::NewBytes : public NewObject {
 public:
  explicit NewBytes(std::string of) : name(std::move(of)) {}

  Result<void> append(std::span<const std::byte> more) override {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return {};
  }

  std::string name;
  std::vector<std::byte> bytes;
};

/// A run that grows in its file.
class LocalObjects::NewRun : public NewObject {
 public:
  NewRun(std::string of, std::filesystem::path at, files::OutputFile made)
      : name(std::move(of)), path(std::move(at)), file(std::move(made)) {}

  Result<void> append(std::span<const std::byte> more) override { return file.write(more); }

  std::string name;
  std::filesystem::path path;
  files::OutputFile file;
};

Result<void> LocalObjects::add(const std::string& object, std::vector<std::byte> bytes) {
  auto held = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  const std::lock_guard lock(mutex_);
  objects_[object] = std::move(held);
  return {};
}

Result<RunObjects::Bytes> LocalObjects::bytes(const std::string& object) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(object);
  if (found != objects_.end()) return found->second;
  return data_error(object, "there is no object of this name");
}

void LocalObjects::drop(const std::string& object) {
  const std::lock_guard lock(mutex_);
  objects_.erase(object);
}

Result<std::shared_ptr<const RunReader>> LocalObjects::run(const std::string& object) {
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(object);
  if (found != runs_.end()) return found->second;
  return data_error(object, "there is no run of peaks of this name");
}

Result<std::uint64_t> LocalObjects::size_bytes(const std::string& object) {
  if (object == kIbd) return ibd_.size_bytes();
  if (is_run(object)) {
    const auto found = run(object);
    if (!found) return std::unexpected(found.error());
    return (*found)->size_bytes();
  }
  const auto found = bytes(object);
  if (!found) return std::unexpected(found.error());
  return (*found)->size();
}

Result<void> LocalObjects::read(const std::string& object, std::uint64_t offset_bytes,
                                std::span<std::byte> into) {
  if (object == kIbd) return ibd_.read(offset_bytes, into);
  if (is_run(object)) {
    const auto found = run(object);
    if (!found) return std::unexpected(found.error());
    return (*found)->read_bytes(offset_bytes, into);
  }
  const auto found = bytes(object);
  if (!found) return std::unexpected(found.error());
  if (!into.empty()) std::memcpy(into.data(), (*found)->data() + offset_bytes, into.size());
  return {};
}

Result<std::unique_ptr<TaskObjects::NewObject>> LocalObjects::create(const std::string& object) {
  if (!is_run(object)) return std::make_unique<NewBytes>(object);
  const std::filesystem::path path = runs_folder_ / object;
  auto file = files::OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<NewRun>(object, path, std::move(*file));
}

Result<void> LocalObjects::publish(NewObjects objects) {
  for (const auto& object : objects) {
    if (auto* bytes = dynamic_cast<NewBytes*>(object.get())) {
      if (auto added = add(bytes->name, std::move(bytes->bytes)); !added) return added;
      continue;
    }
    auto& made = static_cast<NewRun&>(*object);
    if (auto named = made.file.commit(); !named) return named;
    auto adopted = adopt_run_file(made.path);
    if (!adopted) return std::unexpected(adopted.error());
    const std::lock_guard lock(mutex_);
    runs_[made.name] = std::make_shared<const RunReader>(std::move(*adopted));
  }
  return {};
}

}  // namespace ionloom::exec
