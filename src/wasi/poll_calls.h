#pragma once

#include <cstdint>
#include <utility>

#include "wasi/descriptor_table.h"
#include "wasi/guest_view.h"
#include "wasi/host_stream.h"

namespace ionloom::wasi {

/// poll_oneoff of WASI preview 1: waits for clocks and descriptors. Everything but standard input
/// can be read or written at once.
class PollCalls {
 public:
  /// @param table    must outlive this
  /// @param stopped  asked while a program waits, which then ends with kIntr: the clock that stops
  ///                 programs does not reach into calls of the host
  PollCalls(DescriptorTable& table, HostStream::Stopped stopped)
      : table_(table), stopped_(std::move(stopped)) {}

  Answer<void> poll_oneoff(GuestMemory memory, std::uint32_t subscriptions, std::uint32_t events,
                           std::uint32_t count, std::uint32_t out);

 private:
  DescriptorTable& table_;
  HostStream::Stopped stopped_;
};

}  // namespace ionloom::wasi
