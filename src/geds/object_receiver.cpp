#include "geds/object_receiver.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kReceiveBytes = std::size_t{1} << 20;
constexpr std::size_t kPassedBytes = std::size_t{64} << 10;

}  // namespace

Outcome<void> pass_over(const TcpSocket& socket, std::string& behind, std::uint64_t size_bytes) {
  const std::size_t here = std::min<std::uint64_t>(behind.size(), size_bytes);
  behind.erase(0, here);
  std::vector<std::byte> buffer(std::min<std::uint64_t>(size_bytes - here, kPassedBytes));
  for (std::uint64_t left = size_bytes - here; left > 0;) {
    const auto into = std::span(buffer).first(std::min<std::uint64_t>(left, buffer.size()));
    if (auto got = socket.read(into); !got) return got;
    left -= into.size();
  }
  return {};
}

Outcome<void> ObjectReceiver::read(std::span<std::byte> into) {
  const std::size_t here = std::min(behind_.size(), into.size());
  std::memcpy(into.data(), behind_.data(), here);
  behind_.erase(0, here);
  return socket_.read(into.subspan(here));
}

Outcome<void> ObjectReceiver::take(std::uint64_t size_bytes) {
  if (!refused_) {
    if (auto room = writer_.reserve(size_bytes); !room) refused_ = to_status(room.error());
  }
  for (std::uint64_t left = size_bytes; left > 0;) {
    const std::size_t most = std::min<std::uint64_t>(left, kReceiveBytes);
    std::span<std::byte> into;
    if (!refused_) into = writer_.place_for(most);
    if (into.empty()) {
      if (buffer_.size() < most) buffer_.resize(most);
      into = std::span(buffer_).first(most);
    }
    if (auto got = read(into); !got) return got;
    left -= into.size();
    if (refused_) continue;
    if (auto kept = writer_.append(into); !kept) refused_ = to_status(kept.error());
  }
  size_bytes_ += size_bytes;
  return {};
}

Outcome<void> ObjectReceiver::take_pieces() {
  for (;;) {
    std::array<std::byte, sizeof(std::uint64_t)> length{};
    if (auto got = read(length); !got) return got;
    std::uint64_t size_bytes = 0;
    std::memcpy(&size_bytes, length.data(), sizeof size_bytes);
    if (size_bytes == 0) return {};
    if (auto taken = take(size_bytes); !taken) return taken;
  }
}

Outcome<void> ObjectReceiver::seal() {
  if (!refused_) {
    if (const auto sealed = writer_.seal(); !sealed) refused_ = to_status(sealed.error());
  }
  if (refused_) return std::unexpected(*refused_);
  return {};
}

}  // namespace ionloom::geds
