#include "wasm/module_cache.h"

#include <utility>
#include <vector>

#include <fmt/core.h>

#include "cache/cache_folder.h"
#include "wasm/module_entry.h"
#include "wasm/trap_sentence.h"

namespace ionloom::wasm {
namespace {

/// @param what  it should be, for errors
template <class Code>
Result<Code> compile(Engine& engine, std::span<const std::byte> bytes, const std::string& name,
                     const char* what) {
  // The interface wants bytes that it could change, and does not change them.
  auto* first = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
  auto compiled = Code::compile(engine.handle(), {first, bytes.size()});
  if (compiled) return compiled.ok();
  return data_error(name, fmt::format("not a {} that can be run here: {}", what,
                                      first_line(compiled.err().message())));
}

template <class Code>
Result<void> keep(const Code& compiled, const ModuleCacheSettings& cache,
                  const std::filesystem::path& entry, const ModuleKey& key) {
  auto code = compiled.serialize();
  if (!code) return data_error({}, code.err().message());
  const std::vector<std::uint8_t>& bytes = code.ok_ref();
  const auto place = cache::make_place(cache.folder, cache::kModules, cache.limit_bytes,
                                       bytes.size() + kFooterBytes);
  if (!place) return std::unexpected(place.error());
  if (!*place) return {};
  return write_entry(entry, key, bytes);
}

template <class Code>
Result<Loaded<Code>> load(Engine& engine, std::span<const std::byte> bytes, const std::string& name,
                          const char* what, const std::optional<ModuleCacheSettings>& cache) {
  ModuleSource source = ModuleSource::kCompiled;
  ModuleKey key;
  std::filesystem::path entry;
  if (cache) {
    key = module_key(bytes, engine.compiles_for());
    entry = cache->folder / (key_text(key) + std::string(cache::kModules.suffix));
    const EntryState state = check_entry(entry, key);
    source = state == EntryState::kDamaged ? ModuleSource::kDamaged : ModuleSource::kMissed;
    if (state == EntryState::kWhole) {
      auto mapped = Code::deserialize_file(engine.handle(), entry.string());
      if (mapped) {
        cache::mark_used(entry);
        return Loaded<Code>{mapped.ok(), ModuleSource::kCached, {}};
      }
      source = ModuleSource::kDamaged;  // not this runtime's, whatever its key says
    }
  }
  auto compiled = compile<Code>(engine, bytes, name, what);
  if (!compiled) return std::unexpected(compiled.error());
  Loaded<Code> loaded{std::move(*compiled), source, {}};
  if (cache) {
    if (auto kept = keep(loaded.code, *cache, entry, key); !kept) {
      loaded.cache_trouble = kept.error().message();
    }
  }
  return loaded;
}

}  // namespace

Result<LoadedModule> load_module(Engine& engine, std::span<const std::byte> bytes,
                                 const std::string& name,
                                 const std::optional<ModuleCacheSettings>& cache) {
  return load<wasmtime::Module>(engine, bytes, name, "WebAssembly module", cache);
}

Result<LoadedComponent> load_component(Engine& engine, std::span<const std::byte> bytes,
                                       const std::string& name,
                                       const std::optional<ModuleCacheSettings>& cache) {
  return load<wasmtime::component::Component>(engine, bytes, name, "component", cache);
}

}  // namespace ionloom::wasm
