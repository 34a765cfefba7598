#include "store/object_store.h"

#include <cstring>

namespace ionloom::store {

Outcome<void> ObjectWriter::reserve(std::uint64_t /*more_bytes*/) {
  return {};
}

std::span<std::byte> ObjectWriter::place_for(std::size_t /*most_bytes*/) {
  return {};
}

Outcome<void> ObjectWriter::copy_to(ObjectWriter&) {
  return refuse(FailureCode::kIo, {},
                "what was written to this store cannot be read before it is sealed");
}

Outcome<ObjectInfo> ObjectStore::put(const ObjectName& name, std::span<const std::byte> bytes) {
  auto writer = create(name);
  if (!writer) return std::unexpected(std::move(writer.error()));
  if (auto written = (*writer)->append(bytes); !written) {
    return std::unexpected(std::move(written.error()));
  }
  return (*writer)->seal();
}

Outcome<std::size_t> ObjectStore::get(const ObjectName& name, std::uint64_t offset_bytes,
                                      std::span<std::byte> into) {
  const auto part = view(name, {offset_bytes, into.size()});
  if (!part) return std::unexpected(part.error());
  const auto bytes = part->bytes();
  if (!bytes.empty()) std::memcpy(into.data(), bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace ionloom::store
