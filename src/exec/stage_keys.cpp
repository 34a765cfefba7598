#include "exec/stage_keys.h"

#include <cstdint>
#include <map>
#include <random>
#include <string_view>

#include <fmt/core.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "chem/isotopic_pattern.h"

namespace ionloom::exec {
namespace {

/// Raised when a stage gives other bytes for the same task, or a key is made in another way.
constexpr int kStageRevision = 2;

std::string hash_text(std::span<const std::byte> bytes) {
  HashStream hash;
  hash.add(bytes);
  return hash.text();
}

}  // namespace

std::string run_prefix(const std::string& run) {
  return "runs/" + run + "/";
}

std::string new_run_name() {
  std::random_device random;
  std::string name;
  for (int i = 0; i < 4; ++i) name += fmt::format("{:08x}", random());
  return name;
}

struct HashStream::State {
  XXH3_state_t xxh3;
};

HashStream::HashStream() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh3);
}

HashStream::~HashStream() = default;

void HashStream::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->xxh3, bytes.data(), bytes.size());
}

std::string HashStream::text() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh3);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string kept_key(std::span<const std::byte> bytes, const std::string& name) {
  return "kept/" + hash_text(bytes) + "/" + name;
}

Result<std::string> kept_prefix(const tasks::Task& task, const InputWords& words_of) {
  tasks::Task bare = task;
  bare.name = "any";
  bare.memory_bytes = 0;
  for (tasks::TaskInput& input : bare.inputs) {
    auto words = words_of(input);
    if (!words) return std::unexpected(words.error());
    input.object = std::move(*words);
  }
  for (tasks::TaskOutput& output : bare.outputs) output.object = output.name;
  const std::string text = fmt::format("ionloom stages {} patterns {}\n{}", kStageRevision,
                                       chem::kPatternRevision, tasks::encode_task(bare));
  return "kept/" + hash_text(std::as_bytes(std::span(text))) + "/";
}

std::vector<std::string> kept_names(const tasks::Task& task) {
  std::vector<std::string> names;
  std::map<std::string_view, std::size_t> seen;
  for (const tasks::TaskOutput& output : task.outputs) {
    const std::size_t before = seen[output.name]++;
    names.push_back(before == 0 ? output.name : fmt::format("{}.{}", output.name, before));
  }
  return names;
}

}  // namespace ionloom::exec
