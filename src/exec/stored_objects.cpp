#include "exec/stored_objects.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "exec/stage_keys.h"
#include "tasks/run_task.h"

namespace ionloom::exec {

/// An object in the making, with what it will be called.
class StoredObjects::Made final : public NewObject {
 public:
  Made(std::string of, std::string at, std::unique_ptr<StageStore::NewObject> made)
      : name(std::move(of)), key(std::move(at)), object(std::move(made)) {}

  Result<void> append(std::span<const std::byte> bytes) override { return object->append(bytes); }

  std::string name;
  std::string key;
  std::unique_ptr<StageStore::NewObject> object;
};

void StoredObjects::note(const std::string& object, Place place) {
  const std::lock_guard lock(mutex_);
  places_[object] = std::move(place);
}

Result<StoredObjects::Place> StoredObjects::place_of(const std::string& object) const {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(object);
  if (found != places_.end()) return found->second;
  return data_error(object, "there is no object of this name");
}

Result<void> StoredObjects::add(const std::string& object, std::vector<std::byte> bytes) {
  const std::string key = store_.keeps() ? kept_key(bytes, object) : store_.run_prefix() + object;
  bool there = false;
  if (store_.keeps()) {
    const auto found = store_.find(key);
    if (!found) return std::unexpected(found.error());
    there = found->has_value();
  }
  if (!there) {
    if (auto done = store_.put(key, bytes); !done) return done;
  }
  note(object, {key, bytes.size()});
  return {};
}

Result<RunObjects::Bytes> StoredObjects::bytes(const std::string& object) {
  const auto place = place_of(object);
  if (!place) return std::unexpected(place.error());
  std::vector<std::byte> bytes(place->size_bytes);
  if (auto read = store_.read(place->key, 0, bytes); !read) return std::unexpected(read.error());
  return std::make_shared<const std::vector<std::byte>>(std::move(bytes));
}

Result<std::shared_ptr<const RunReader>> StoredObjects::run(const std::string& object) {
  const auto place = place_of(object);
  if (!place) return std::unexpected(place.error());
  auto reader = RunReader::open(
      place->key, place->size_bytes,
      [this, key = place->key](std::uint64_t offset_bytes, std::span<std::byte> into) {
        // Header and index are little beside the blocks of a store that they lie in.
        return store_.is_remote()
                   ? store_.read_within(key, {offset_bytes, into.size()}, offset_bytes, into)
                   : store_.read(key, offset_bytes, into);
      });
  if (!reader) return std::unexpected(reader.error());
  return std::make_shared<const RunReader>(std::move(*reader));
}

/// Of an object its key, which tells what is in it; of a range of the .ibd a hash of its bytes.
Result<std::string> StoredObjects::words_of(const tasks::TaskInput& input) {
  if (input.object != kIbd) {
    const auto place = place_of(input.object);
    if (!place) return std::unexpected(place.error());
    return place->key;
  }
  const auto hash = ibd_.hash(input.offset_bytes, input.length_bytes);
  if (!hash) return std::unexpected(hash.error());
  return "ibd-" + *hash;
}

Result<bool> StoredObjects::find_made(const tasks::Task& task) {
  if (!store_.keeps()) return false;
  const auto prefix =
      kept_prefix(task, [&](const tasks::TaskInput& input) { return words_of(input); });
  if (!prefix) return std::unexpected(prefix.error());
  std::vector<Place> places;
  const std::vector<std::string> names = kept_names(task);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string key = *prefix + names[i];
    const auto found = store_.find(key);
    if (!found) return std::unexpected(found.error());
    if (*found) places.push_back({key, **found});
    const std::lock_guard lock(mutex_);
    kept_keys_[task.outputs[i].object] = key;
  }
  if (places.size() < task.outputs.size()) return false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    note(task.outputs[i].object, std::move(places[i]));
  }
  ++tasks_found_;
  return true;
}

bool StoredObjects::hand_out(const tasks::Task& task) {
  if (handed_out_ == nullptr || !HandedOut::takes(task.stage)) return false;
  tasks::Task by_keys = task;
  const std::lock_guard lock(mutex_);
  for (tasks::TaskInput& input : by_keys.inputs) {
    if (input.object != kIbd) input.object = places_.at(input.object).key;
  }
  for (tasks::TaskOutput& output : by_keys.outputs) output.object = kept_keys_.at(output.object);
  // Keys are longer than names, and the record is part of what a task takes.
  const auto bound = tasks::memory_bound_bytes(by_keys);
  by_keys.memory_bytes = std::max(by_keys.memory_bytes, bound.value_or(0));
  handed_out_->add(std::move(by_keys));
  return true;
}

Result<std::uint64_t> StoredObjects::size_bytes(const std::string& object) {
  if (object == kIbd) return ibd_.size_bytes();
  const auto place = place_of(object);
  if (!place) return std::unexpected(place.error());
  return place->size_bytes;
}

Result<void> StoredObjects::read(const std::string& object, std::uint64_t offset_bytes,
                                 std::span<std::byte> into) {
  if (object == kIbd) return ibd_.read(offset_bytes, into);
  const auto place = place_of(object);
  if (!place) return std::unexpected(place.error());
  return store_.read(place->key, offset_bytes, into);
}

Result<void> StoredObjects::read_within(const std::string& object, store::ByteRange range,
                                        std::uint64_t offset_bytes, std::span<std::byte> into) {
  // What lies on this machine is mapped: its blocks are read in place.
  if (object == kIbd || !store_.is_remote()) return read(object, offset_bytes, into);
  const auto place = place_of(object);
  if (!place) return std::unexpected(place.error());
  return store_.read_within(place->key, range, offset_bytes, into);
}

Result<std::unique_ptr<TaskObjects::NewObject>> StoredObjects::create(const std::string& object) {
  std::string key = store_.run_prefix() + object;
  if (store_.keeps()) {
    const std::lock_guard lock(mutex_);
    key = kept_keys_.at(object);
  }
  auto made = store_.create(key);
  if (!made) return std::unexpected(made.error());
  return std::make_unique<Made>(object, std::move(key), std::move(*made));
}

Result<void> StoredObjects::publish(NewObjects objects) {
  for (const auto& object : objects) {
    auto& made = static_cast<Made&>(*object);
    // Those sealed before a failure are whole, and nobody of this run will look for them.
    if (auto sealed = made.object->seal(); !sealed) return sealed;
    note(made.name, {made.key, made.object->size_bytes()});
  }
  return {};
}

}  // namespace ionloom::exec
