#include "wasi/key_value_imports.h"

#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ionloom::wasi {
namespace {

using wasmtime::component::List;
using wasmtime::component::Record;
using wasmtime::component::ResourceHost;
using wasmtime::component::ResourceType;
using wasmtime::component::Tuple;
using wasmtime::component::Val;
using wasmtime::component::Variant;
using wasmtime::component::WitOption;
using wasmtime::component::WitResult;
using Done = wasmtime::Result<std::monostate>;

/// By which our resource is told from others.
constexpr std::uint32_t kBucketType = 1;

Val ok(std::optional<Val> value = std::nullopt) {
  return Val(WitResult::ok(std::move(value)));
}

Val failed(const KeyValue::Failure& failure) {
  using Kind = KeyValue::Failure::Kind;
  if (failure.kind == Kind::kNoSuchStore) {
    return Val(WitResult::err(Val(Variant("no-such-store", std::nullopt))));
  }
  if (failure.kind == Kind::kAccessDenied) {
    return Val(WitResult::err(Val(Variant("access-denied", std::nullopt))));
  }
  return Val(WitResult::err(Val(Variant("other", Val::string(failure.words)))));
}

Val option(std::optional<Val> value) {
  return Val(WitOption(std::move(value)));
}

Val list_of_bytes(std::span<const std::byte> bytes) {
  std::vector<Val> values;
  values.reserve(bytes.size());
  for (const std::byte byte : bytes) values.emplace_back(static_cast<std::uint8_t>(byte));
  return Val(List(std::move(values)));
}

std::vector<std::byte> bytes_of(const Val& list) {
  std::vector<std::byte> bytes;
  bytes.reserve(list.get_list().size());
  for (const Val& value : list.get_list()) bytes.push_back(std::byte{value.get_u8()});
  return bytes;
}

/// The bucket that a function's first argument borrows.
wasmtime::Result<KeyValue::Bucket> bucket_of(wasmtime::Store::Context context, const Val& value) {
  auto host = value.get_resource().to_host(context);
  if (!host) return host.err();
  return host.ok_ref().rep();
}

}  // namespace

KeyValueImports::Answered KeyValueImports::open(Context context, Values arguments) {
  const auto bucket = buckets_.open(arguments[0].get_string());
  if (!bucket) return failed(bucket.error());
  if (open_ >= handles_) {
    return failed({KeyValue::Failure::Kind::kOther, "too many buckets are open"});
  }
  auto resource = ResourceHost(true, *bucket, kBucketType).to_any(context);
  if (!resource) return resource.err();
  ++open_;
  return ok(Val(resource.ok()));
}

KeyValueImports::Answered KeyValueImports::get(KeyValue::Bucket bucket, Values arguments) const {
  const auto value = buckets_.get(bucket, arguments[1].get_string());
  if (!value) return failed(value.error());
  if (!*value) return ok(option(std::nullopt));
  return ok(option(list_of_bytes((*value)->bytes())));
}

KeyValueImports::Answered KeyValueImports::set(KeyValue::Bucket bucket, Values arguments) const {
  const auto set = buckets_.set(bucket, arguments[1].get_string(), bytes_of(arguments[2]));
  return set ? ok() : failed(set.error());
}

KeyValueImports::Answered KeyValueImports::remove(KeyValue::Bucket bucket, Values arguments) const {
  const auto removed = buckets_.remove(bucket, arguments[1].get_string());
  return removed ? ok() : failed(removed.error());
}

KeyValueImports::Answered KeyValueImports::exists(KeyValue::Bucket bucket, Values arguments) const {
  const auto there = buckets_.exists(bucket, arguments[1].get_string());
  return there ? ok(Val(*there)) : failed(there.error());
}

KeyValueImports::Answered KeyValueImports::list_keys(KeyValue::Bucket bucket, Values arguments,
                                                     Cursor cursor) const {
  const Val* given = arguments[1].get_option().value();
  std::optional<std::string> after;
  std::uint64_t skipped = 0;
  if (given != nullptr && cursor == Cursor::kKey) after = std::string(given->get_string());
  if (given != nullptr && cursor == Cursor::kNumber) skipped = given->get_u64();
  const auto page = buckets_.list(bucket, after, skipped);
  if (!page) return failed(page.error());
  std::optional<Val> next;
  if (page->more) {
    next = cursor == Cursor::kKey ? Val::string(page->keys.back())
                                  : Val(std::uint64_t{skipped + page->keys.size()});
  }
  std::vector<Val> keys;
  keys.reserve(page->keys.size());
  for (const std::string& key : page->keys) keys.push_back(Val::string(key));
  std::vector<std::pair<std::string_view, Val>> fields;
  fields.emplace_back("keys", Val(List(std::move(keys))));
  fields.emplace_back("cursor", option(std::move(next)));
  return ok(Val(Record(std::move(fields))));
}

KeyValueImports::Answered KeyValueImports::get_many(KeyValue::Bucket bucket,
                                                    Values arguments) const {
  std::vector<Val> found;
  std::uint64_t size_bytes = 0;
  for (const Val& key : arguments[1].get_list()) {
    const auto value = buckets_.get(bucket, key.get_string());
    if (!value) return failed(value.error());
    if (!*value) {
      found.push_back(option(std::nullopt));
      continue;
    }
    size_bytes += (*value)->bytes().size();
    if (size_bytes > KeyValue::kMaxValueBytes) {
      return failed({KeyValue::Failure::Kind::kOther, "the values together are too large"});
    }
    std::vector<Val> pair;
    pair.push_back(Val::string(key.get_string()));
    pair.push_back(list_of_bytes((*value)->bytes()));
    found.push_back(option(Val(Tuple(std::move(pair)))));
  }
  return ok(Val(List(std::move(found))));
}

KeyValueImports::Answered KeyValueImports::set_many(KeyValue::Bucket bucket,
                                                    Values arguments) const {
  for (const Val& pair : arguments[1].get_list()) {
    const Val* parts = pair.get_tuple().begin();
    const auto set = buckets_.set(bucket, parts[0].get_string(), bytes_of(parts[1]));
    if (!set) return failed(set.error());
  }
  return ok();
}

KeyValueImports::Answered KeyValueImports::delete_many(KeyValue::Bucket bucket,
                                                       Values arguments) const {
  for (const Val& key : arguments[1].get_list()) {
    const auto removed = buckets_.remove(bucket, key.get_string());
    if (!removed) return failed(removed.error());
  }
  return ok();
}

Done KeyValueImports::define_draft(wasmtime::component::Linker& linker, const std::string& version,
                                   Cursor cursor) {
  using wasmtime::component::FuncType;
  Done done = std::monostate();
  const auto add = [&](wasmtime::component::LinkerInstance& to, const char* name, auto answer) {
    if (!done) return;
    done = to.add_func(
        name, [answer](Context context, const FuncType&, Values arguments, Values results) -> Done {
          try {
            Answered answered = answer(context, arguments);
            if (!answered) return answered.err();
            results[0] = answered.ok();
            return std::monostate();
          } catch (const std::bad_alloc&) {  // must not pass through the guest's frames
            return wasmtime::Error("out of memory");
          }
        });
  };
  /// Functions of a bucket: the first argument is one.
  const auto of_bucket = [this](auto call) {
    return [this, call](Context context, Values arguments) -> Answered {
      auto bucket = bucket_of(context, arguments[0]);
      if (!bucket) return bucket.err();
      return (this->*call)(bucket.ok(), arguments);
    };
  };
  auto root = linker.root();
  {
    auto made = root.add_instance("wasi:keyvalue/store@" + version);
    if (!made) return made.err();
    auto store = made.ok();
    done = store.add_resource("bucket", ResourceType(kBucketType),
                              [this](Context, std::uint32_t) -> Done {
                                --open_;
                                return std::monostate();
                              });
    add(store, "open",
        [this](Context context, Values arguments) { return open(context, arguments); });
    add(store, "[method]bucket.get", of_bucket(&KeyValueImports::get));
    add(store, "[method]bucket.set", of_bucket(&KeyValueImports::set));
    add(store, "[method]bucket.delete", of_bucket(&KeyValueImports::remove));
    add(store, "[method]bucket.exists", of_bucket(&KeyValueImports::exists));
    add(store, "[method]bucket.list-keys",
        [this, cursor](Context context, Values arguments) -> Answered {
          auto bucket = bucket_of(context, arguments[0]);
          if (!bucket) return bucket.err();
          return list_keys(bucket.ok(), arguments, cursor);
        });
  }
  if (!done) return done;
  auto made = root.add_instance("wasi:keyvalue/batch@" + version);
  if (!made) return made.err();
  auto batch = made.ok();
  add(batch, "get-many", of_bucket(&KeyValueImports::get_many));
  add(batch, "set-many", of_bucket(&KeyValueImports::set_many));
  add(batch, "delete-many", of_bucket(&KeyValueImports::delete_many));
  return done;
}

Result<void> KeyValueImports::define(wasmtime::component::Linker& linker) {
  for (const auto& [version, cursor] :
       {std::pair{"0.2.0-draft", Cursor::kNumber}, std::pair{"0.2.0-draft2", Cursor::kKey}}) {
    if (auto done = define_draft(linker, version, cursor); !done) {
      return data_error({}, done.err().message());
    }
  }
  return {};
}

}  // namespace ionloom::wasi
