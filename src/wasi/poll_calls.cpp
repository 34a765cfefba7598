#include "wasi/poll_calls.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "wasm/limits.h"

namespace ionloom::wasi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kSubscriptionBytes = 48;
constexpr std::uint32_t kEventBytes = 32;
constexpr std::uint32_t kMaxSubscriptions = 4096;
constexpr std::uint16_t kAbsolute = 1;
/// Longer waits are as good as for ever, and their sums stay within what a clock can count.
constexpr std::uint64_t kMostNs = std::uint64_t{1} << 60;

enum Kind : std::uint8_t { kClock = 0, kRead = 1, kWrite = 2 };
enum ClockId : std::uint8_t { kRealtime = 0, kMonotonic = 1 };

struct Subscription {
  std::uint64_t user_data = 0;
  std::uint8_t kind = kClock;
  std::uint32_t fd = 0;           ///< of kRead and kWrite
  Clock::time_point until;        ///< of kClock
  Errno error = Errno::kSuccess;  ///< why it cannot be waited for
};

/// What is left of a time that is meant absolutely, as that clock counts.
std::uint64_t left_ns(std::uint32_t clock, std::uint64_t until_ns) {
  const auto now =
      clock == kRealtime
          ? std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch())
          : std::chrono::nanoseconds(Clock::now().time_since_epoch());
  const auto now_ns = static_cast<std::uint64_t>(now.count());
  return until_ns > now_ns ? until_ns - now_ns : 0;
}

/// { u64 user data; u8 kind; then at 16 { u32 fd } or { u32 clock; at 24 u64 ns; u64; u16 flags } }
Subscription subscription_at(std::span<const std::byte> bytes) {
  Subscription one{.user_data = value_at<std::uint64_t>(bytes, 0),
                   .kind = value_at<std::uint8_t>(bytes, 8),
                   .fd = value_at<std::uint32_t>(bytes, 16),
                   .until = {}};
  if (one.kind > kWrite) one.error = Errno::kInval;
  if (one.kind != kClock) return one;
  const auto clock = value_at<std::uint32_t>(bytes, 16);
  const auto time_ns = value_at<std::uint64_t>(bytes, 24);
  if (clock > kMonotonic) one.error = Errno::kNotsup;
  const bool absolute = (value_at<std::uint16_t>(bytes, 40) & kAbsolute) != 0;
  const std::uint64_t wait_ns = absolute ? left_ns(clock, time_ns) : time_ns;
  one.until = Clock::now() + std::chrono::nanoseconds(std::min(wait_ns, kMostNs));
  return one;
}

struct Event {
  std::uint64_t user_data = 0;
  Errno error = Errno::kSuccess;
  std::uint8_t kind = kClock;
  std::uint64_t size_bytes = 0;  ///< that can be read or written at once, as far as it is known
};

/// Standard input, when it is that which a subscription waits for.
HostStream* stream_of(DescriptorTable& table, const Subscription& one) {
  if (one.kind != kRead) return nullptr;
  const auto found = table.at(one.fd);
  return found ? dynamic_cast<HostStream*>((*found)->file.get()) : nullptr;
}

std::optional<Event> event_of(DescriptorTable& table, const Subscription& one) {
  Event event{.user_data = one.user_data, .error = one.error, .kind = one.kind};
  if (one.error != Errno::kSuccess) return event;
  if (one.kind == kClock) {
    return Clock::now() >= one.until ? std::optional(event) : std::nullopt;
  }
  const auto found = table.at(one.fd);
  if (!found) {
    event.error = found.error();
    return event;
  }
  if (HostStream* stream = stream_of(table, one); stream != nullptr && !stream->ready()) {
    return std::nullopt;
  }
  event.size_bytes = 1;
  const auto size = (*found)->file->size_bytes();
  const std::uint64_t position = (*found)->position_bytes;
  if (one.kind == kRead && size) event.size_bytes = *size > position ? *size - position : 0;
  return event;
}

void put_event(std::span<std::byte> place, const Event& event) {
  std::ranges::fill(place, std::byte{0});
  put(place, event.user_data);
  put(place, static_cast<std::uint16_t>(event.error), 8);
  put(place, event.kind, 10);
  put(place, event.size_bytes, 16);
}

}  // namespace

Answer<void> PollCalls::poll_oneoff(GuestMemory memory, std::uint32_t subscriptions,
                                    std::uint32_t events, std::uint32_t count, std::uint32_t out) {
  if (count == 0 || count > kMaxSubscriptions) return refuse(Errno::kInval);
  const auto list = memory.range(subscriptions, count * kSubscriptionBytes);
  if (!list) return refuse(list.error());
  const auto room = memory.range(events, count * kEventBytes);
  if (!room) return refuse(room.error());
  const auto place = memory.place<std::uint32_t>(out);
  if (!place) return refuse(place.error());
  std::vector<Subscription> all;
  all.reserve(count);
  auto soonest = Clock::time_point::max();
  for (std::uint32_t i = 0; i < count; ++i) {
    all.push_back(subscription_at(list->subspan(std::size_t{i} * kSubscriptionBytes)));
    if (all.back().kind == kClock) soonest = std::min(soonest, all.back().until);
  }
  for (std::uint32_t told = 0; told == 0;) {
    HostStream* stream = nullptr;
    for (const Subscription& one : all) {
      if (const auto event = event_of(table_, one)) {
        put_event(room->subspan(std::size_t{told++} * kEventBytes, kEventBytes), *event);
      }
      if (HostStream* waits = stream_of(table_, one)) stream = waits;
    }
    put(*place, told);
    if (told != 0) break;
    if (stopped_ && stopped_()) return refuse(Errno::kIntr);
    const auto next = std::min(soonest, Clock::now() + wasm::kEpoch);
    if (stream == nullptr || !stream->ready(next - Clock::now()))
      std::this_thread::sleep_until(next);
  }
  return {};
}

}  // namespace ionloom::wasi
