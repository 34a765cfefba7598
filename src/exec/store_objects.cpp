#include <utility>

#include "exec/task_objects.h"

namespace ionloom::exec {
namespace {

class NewStoreObject : public TaskObjects::NewObject {
 public:
  NewStoreObject(store::ObjectName of, std::unique_ptr<store::ObjectWriter> made)
      : name(std::move(of)), writer(std::move(made)) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    auto done = writer->append(bytes);
    if (!done) return std::unexpected(store::to_error(done.error()));
    return {};
  }

  store::ObjectName name;
  std::unique_ptr<store::ObjectWriter> writer;
};

Result<store::ObjectName> name_of(const std::string& object) {
  const std::size_t slash = object.find('/');
  if (slash != std::string::npos) {
    return store::ObjectName{object.substr(0, slash), object.substr(slash + 1)};
  }
  return usage_error("\"" + object + "\" is no object of a store: expected BUCKET/KEY");
}

class StoreObjects : public TaskObjects {
 public:
  explicit StoreObjects(std::unique_ptr<store::ObjectStore> store) : store_(std::move(store)) {}

  Result<std::uint64_t> size_bytes(const std::string& object) override {
    const auto name = name_of(object);
    if (!name) return std::unexpected(name.error());
    const auto info = store_->stat(*name);
    if (!info) return std::unexpected(store::to_error(info.error()));
    return info->size_bytes;
  }

  Result<void> read(const std::string& object, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    const auto name = name_of(object);
    if (!name) return std::unexpected(name.error());
    const auto got = store_->get(*name, offset_bytes, into);
    if (!got) return std::unexpected(store::to_error(got.error()));
    if (*got == into.size()) return {};
    return data_error(object, "it ends " + std::to_string(into.size() - *got) +
                                  " bytes before the end of what was read");
  }

  Result<std::unique_ptr<NewObject>> create(const std::string& object) override {
    const auto name = name_of(object);
    if (!name) return std::unexpected(name.error());
    auto writer = store_->create(*name);
    if (!writer) return std::unexpected(store::to_error(writer.error()));
    return std::make_unique<NewStoreObject>(*name, std::move(*writer));
  }

  Result<void> publish(NewObjects objects) override {
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const auto sealed = static_cast<NewStoreObject&>(*objects[i]).writer->seal();
      if (sealed) continue;
      for (std::size_t before = 0; before < i; ++before) {
        // What it says is of no use: the first failure is the one to tell.
        [[maybe_unused]] const auto removed =
            store_->remove(static_cast<NewStoreObject&>(*objects[before]).name);
      }
      return std::unexpected(store::to_error(sealed.error()));
    }
    return {};
  }

 private:
  std::unique_ptr<store::ObjectStore> store_;
};

}  // namespace

std::unique_ptr<TaskObjects> store_objects(std::unique_ptr<store::ObjectStore> store) {
  return std::make_unique<StoreObjects>(std::move(store));
}

}  // namespace ionloom::exec
