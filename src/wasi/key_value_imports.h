#pragma once

#include <cstdint>

#include <wasmtime/component.hh>

#include "base/error.h"
#include "wasi/key_value.h"

namespace ionloom::wasi {

/// wasi:keyvalue's store and batch for one component, in the two drafts that tools write
/// (docs/formats/wasi-keyvalue.md). Stays where it is made: the functions point to it.
class KeyValueImports {
 public:
  /// @param handles  buckets open at a time
  KeyValueImports(KeyValue buckets, std::uint32_t handles)
      : buckets_(std::move(buckets)), handles_(handles) {}
  KeyValueImports(const KeyValueImports&) = delete;
  KeyValueImports& operator=(const KeyValueImports&) = delete;

  [[nodiscard]] Result<void> define(wasmtime::component::Linker& linker);

 private:
  using Val = wasmtime::component::Val;
  using Context = wasmtime::Store::Context;
  using Values = wasmtime::Span<Val>;
  /// What a function answers; an Error when the interface was not kept, which traps.
  using Answered = wasmtime::Result<Val>;

  enum class Cursor : std::uint8_t { kNumber, kKey };  ///< of draft and of draft2

  [[nodiscard]] Answered open(Context context, Values arguments);
  [[nodiscard]] Answered get(KeyValue::Bucket bucket, Values arguments) const;
  [[nodiscard]] Answered set(KeyValue::Bucket bucket, Values arguments) const;
  [[nodiscard]] Answered remove(KeyValue::Bucket bucket, Values arguments) const;
  [[nodiscard]] Answered exists(KeyValue::Bucket bucket, Values arguments) const;
  [[nodiscard]] Answered list_keys(KeyValue::Bucket bucket, Values arguments, Cursor cursor) const;
  [[nodiscard]] Answered get_many(KeyValue::Bucket bucket, Values arguments) const;
  [[nodiscard]] Answered set_many(KeyValue::Bucket bucket, Values arguments) const;
  [[nodiscard]] Answered delete_many(KeyValue::Bucket bucket, Values arguments) const;

  [[nodiscard]] wasmtime::Result<std::monostate> define_draft(wasmtime::component::Linker& linker,
                                                              const std::string& version,
                                                              Cursor cursor);

  KeyValue buckets_;
  std::uint32_t handles_;
  std::uint32_t open_ = 0;
};

}  // namespace ionloom::wasi
