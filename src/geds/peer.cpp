#include "geds/peer.h"

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "geds/node_endpoints.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 10;
constexpr std::size_t kMostSentenceBytes = 65536;
/// A receiver may take its time before it confirms: it registers the object first.
constexpr std::chrono::seconds kSealPatience{15};

Outcome<ResponseHead> read_head(const TcpSocket& socket) {
  ResponseHeadBytes bytes;
  if (auto got = socket.read(bytes); !got) return std::unexpected(got.error());
  return response_head(bytes);
}

/// What the node refused with; reads its sentence, so that the connection can be used on.
Outcome<void> check(const TcpSocket& socket, const ResponseHead& head) {
  if (head.status == 0) return {};
  if (head.length_bytes > kMostSentenceBytes) {
    return refuse(StatusCode::kDataLoss, "the node's answer is not one of GEDS's data transport");
  }
  std::string sentence(head.length_bytes, ' ');
  if (auto got = socket.read(std::as_writable_bytes(std::span(sentence))); !got) return got;
  return refuse(status_code(head.status), std::move(sentence));
}

/// Sends a request and reads the head of its answer.
Outcome<ResponseHead> ask(const TcpSocket& socket, const DataRequest& request) {
  if (auto sent = socket.write(request_text(request)); !sent) return std::unexpected(sent.error());
  auto head = read_head(socket);
  if (!head) return head;
  if (auto fine = check(socket, *head); !fine) return std::unexpected(fine.error());
  return head;
}

/// Whether the connection itself failed, not the request.
bool lost(const Status& status) {
  return status.code == StatusCode::kUnavailable;
}

}  // namespace

template <class Talk>
auto Peer::on_connection(const Talk& talk) -> decltype(talk(std::declval<const TcpSocket&>())) {
  bool reused = false;
  TcpSocket socket;
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      socket = std::move(idle_.back());
      idle_.pop_back();
      reused = true;
    }
  }
  for (;;) {
    if (!socket.open()) {
      auto fresh = new_connection();
      if (!fresh) return std::unexpected(fresh.error());
      socket = *std::move(fresh);
    }
    auto result = talk(socket);
    if (result || !lost(result.error())) {
      const std::scoped_lock lock(mutex_);
      idle_.push_back(std::move(socket));
      return result;
    }
    if (!reused) return result;
    reused = false;
    socket = TcpSocket();
    const std::scoped_lock lock(mutex_);
    idle_.clear();  // from the same past
    endpoint_ = {};
  }
}

Outcome<TcpSocket> Peer::new_connection() {
  const auto at = endpoint();
  if (!at) return std::unexpected(at.error());
  auto socket = TcpSocket::connect(*at, access_.patience);
  if (!socket || access_.token.empty()) return socket;
  const auto trusted = ask(*socket, {DataVerb::kToken, {}, 0, 0, access_.token});
  if (!trusted) return std::unexpected(trusted.error());
  return socket;
}

Outcome<HostPort> Peer::endpoint() {
  {
    const std::scoped_lock lock(mutex_);
    if (endpoint_.port != 0) return endpoint_;
  }
  auto asked = ask_data_endpoint(node_, access_);
  if (!asked) return asked;
  const std::scoped_lock lock(mutex_);
  endpoint_ = *asked;
  return asked;
}

Outcome<std::size_t> Peer::read(const ObjectId& id, std::uint64_t offset_bytes,
                                std::span<std::byte> into) {
  return on_connection([&](const TcpSocket& socket) -> Outcome<std::size_t> {
    const auto head = ask(socket, {DataVerb::kGet, id, offset_bytes, into.size(), {}});
    if (!head) return std::unexpected(head.error());
    if (head->length_bytes > into.size()) {
      // The connection cannot be used on: what follows is not an answer to us.
      socket.shut_down();
      return refuse(StatusCode::kDataLoss,
                    fmt::format("node {} sent {} bytes of {} where {} were asked for", node_.text(),
                                head->length_bytes, id.text(), into.size()));
    }
    if (auto got = socket.read(into.first(head->length_bytes)); !got) {
      return std::unexpected(got.error());
    }
    return static_cast<std::size_t>(head->length_bytes);
  });
}

Outcome<void> Peer::put(const ObjectId& id, std::uint64_t size_bytes, const Source& source) {
  auto connected = new_connection();
  if (!connected) return std::unexpected(connected.error());
  const TcpSocket socket = *std::move(connected);
  const auto ready = ask(socket, {DataVerb::kPut, id, 0, size_bytes, {}});
  if (!ready && ready.error().code == StatusCode::kInvalidArgument) {
    return refuse(
        StatusCode::kFailedPrecondition,
        "node " + node_.text() + " takes no objects from others: " + ready.error().message);
  }
  if (!ready) return std::unexpected(ready.error());
  std::vector<std::byte> buffer(std::min<std::uint64_t>(size_bytes, kCopyBytes));
  for (std::uint64_t left = size_bytes; left > 0;) {
    const auto got = source(std::span(buffer).first(std::min<std::uint64_t>(left, buffer.size())));
    if (!got) return std::unexpected(got.error());
    if (auto sent = socket.write(std::span(buffer).first(*got)); !sent) return sent;
    left -= *got;
  }
  socket.set_read_patience(kSealPatience);
  const auto sealed = read_head(socket);
  if (!sealed) return std::unexpected(sealed.error());
  return check(socket, *sealed);
}

Outcome<void> Peer::forget(const ObjectId& id) {
  return on_connection([&](const TcpSocket& socket) -> Outcome<void> {
    const auto done = ask(socket, {DataVerb::kDelete, id, 0, 0, {}});
    if (!done) return std::unexpected(done.error());
    return {};
  });
}

}  // namespace ionloom::geds
