#include "geds/peer_writer.h"

#include "geds/data_talk.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kGatherBytes = std::size_t{256} << 10;

}  // namespace

Outcome<void> PeerWriter::send(std::span<const std::byte> piece) const {
  const std::uint64_t length = piece.size();
  return socket_.write(std::as_bytes(std::span(&length, 1)), piece);
}

Outcome<void> PeerWriter::append(std::span<const std::byte> bytes) {
  if (small_.size() + bytes.size() < kGatherBytes) {
    small_.insert(small_.end(), bytes.begin(), bytes.end());
    return {};
  }
  if (!small_.empty()) {
    if (auto sent = send(small_); !sent) return sent;
    small_.clear();
  }
  return send(bytes);
}

Outcome<void> PeerWriter::seal() {
  if (!small_.empty()) {
    if (auto sent = send(small_); !sent) return sent;
  }
  if (auto sent = send({}); !sent) return sent;
  return hear_of_seal(socket_);
}

}  // namespace ionloom::geds
