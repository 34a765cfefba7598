#include "stages/ion_numbering.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ionloom::stages {
namespace {

constexpr std::size_t kFirstSlots = 1024;

/// FNV-1a with the high bits folded in.
std::uint32_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

/// The first 16 bytes of a text as numbers of the same order, so that most comparisons while
/// sorting look at no text.
using Beginning = std::array<std::uint64_t, 2>;

Beginning beginning_of(std::string_view text) {
  Beginning words{};
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint64_t byte = i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
    words[i / 8] = words[i / 8] << 8 | byte;
  }
  return words;
}

}  // namespace

IonNumbering::IonNumbering() : slots_(kFirstSlots) {}

std::string_view IonNumbering::text(std::size_t number) const {
  const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(characters_).substr(begin, ends_[number] - begin);
}

std::uint32_t IonNumbering::number(std::string_view text) {
  if ((ends_.size() + 1) * 3 > slots_.size() * 2) grow();
  const std::uint32_t hash = hash_of(text);
  std::size_t at = hash & (slots_.size() - 1);
  for (; slots_[at].number != kNone; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].hash == hash && this->text(slots_[at].number) == text) return slots_[at].number;
  }
  slots_[at] = {hash, static_cast<std::uint32_t>(ends_.size())};
  characters_ += text;
  ends_.push_back(characters_.size());
  return slots_[at].number;
}

void IonNumbering::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  for (const Slot& slot : slots_) {
    if (slot.number == kNone) continue;
    std::size_t at = slot.hash & (larger.size() - 1);
    while (larger[at].number != kNone) at = (at + 1) & (larger.size() - 1);
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

std::vector<std::string> IonNumbering::sorted(std::vector<std::uint32_t>& place_of) {
  slots_ = {};
  std::vector<std::pair<Beginning, std::uint32_t>> order;
  order.reserve(ends_.size());
  for (std::uint32_t i = 0; i < ends_.size(); ++i) order.emplace_back(beginning_of(text(i)), i);
  std::ranges::sort(order, [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : text(a.second) < text(b.second);
  });
  place_of.resize(order.size());
  std::vector<std::string> texts;
  texts.reserve(order.size());
  for (const auto& [beginning, number] : order) {
    place_of[number] = static_cast<std::uint32_t>(texts.size());
    texts.emplace_back(text(number));
  }
  characters_ = {};
  ends_ = {};
  slots_.assign(kFirstSlots, {});
  return texts;
}

}  // namespace ionloom::stages
