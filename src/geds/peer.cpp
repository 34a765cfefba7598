#include "geds/peer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "geds/data_talk.h"
#include "geds/node_endpoints.h"

namespace ionloom::geds {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 10;

/// Whether the connection itself failed, not the request.
bool lost(const Status& status) {
  return status.code == StatusCode::kUnavailable;
}

}  // namespace

template <class Talk>
auto Peer::on_connection(const Talk& talk) -> decltype(talk(std::declval<const TcpSocket&>())) {
  const auto begin = std::chrono::steady_clock::now();
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
      if (!fresh) {
        const std::scoped_lock lock(mutex_);
        endpoint_ = {};
        return std::unexpected(fresh.error());
      }
      socket = *std::move(fresh);
    }
    auto result = talk(socket);
    if (result || !lost(result.error())) {
      const std::scoped_lock lock(mutex_);
      idle_.push_back(std::move(socket));
      return result;
    }
    // The node may have been started again, with another port for data.
    {
      const std::scoped_lock lock(mutex_);
      endpoint_ = {};
    }
    // One that had been closed fails at once. One that stood silent for as long as anyone waits
    // has had its chance: the next one would be silent as well.
    if (!reused || std::chrono::steady_clock::now() - begin >= access_.patience) return result;
    reused = false;
    socket = TcpSocket();
    const std::scoped_lock lock(mutex_);
    idle_.clear();  // from the same past
  }
}

Outcome<TcpSocket> Peer::new_connection() {
  const auto at = endpoint();
  if (!at) return std::unexpected(at.error());
  auto socket = TcpSocket::connect(*at, access_.patience);
  if (!socket) return socket;
  socket->keep_to(limit_);
  if (access_.authorities) {
    const auto context = tls();
    if (!context) return std::unexpected(context.error());
    const auto secured = socket->speak_tls_to(node_.host, **context);
    if (!secured) return std::unexpected(secured.error());
  }
  if (access_.token.empty()) return socket;
  const auto trusted = ask(*socket, {DataVerb::kToken, {}, 0, 0, access_.token});
  if (!trusted) return std::unexpected(trusted.error());
  return socket;
}

Outcome<std::shared_ptr<const TlsContext>> Peer::tls() {
  const std::scoped_lock lock(mutex_);
  if (!tls_) {
    auto made = TlsContext::of_client(*access_.authorities);
    if (!made) return std::unexpected(to_status(made.error()));
    tls_ = *std::move(made);
  }
  return tls_;
}

Outcome<HostPort> Peer::endpoint() {
  {
    const std::scoped_lock lock(mutex_);
    if (endpoint_.at.port != 0) return endpoint_.at;
  }
  const auto asked = ask_data_endpoint(node_, access_);
  if (!asked) return std::unexpected(asked.error());
  const std::scoped_lock lock(mutex_);
  endpoint_ = *asked;
  return endpoint_.at;
}

bool Peer::takes_at_once(std::uint64_t size_bytes) {
  const std::scoped_lock lock(mutex_);
  return size_bytes <= std::min(endpoint_.at_once_bytes, kMostAtOnceBytes);
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
  if (auto ready = go_ahead(socket, {DataVerb::kPut, id, 0, size_bytes, {}}); !ready) return ready;
  std::vector<std::byte> buffer(std::min<std::uint64_t>(size_bytes, kCopyBytes));
  for (std::uint64_t left = size_bytes; left > 0;) {
    const auto got = source(std::span(buffer).first(std::min<std::uint64_t>(left, buffer.size())));
    if (!got) return std::unexpected(got.error());
    if (auto sent = socket.write(std::span(buffer).first(*got)); !sent) return sent;
    left -= *got;
  }
  return hear_of_seal(socket);
}

template <class Send>
Outcome<void> Peer::hand_over(const DataRequest& request, const Send& send) {
  // Once the node may have all bytes, a lost connection does not tell whether it has the object:
  // that is not tried again.
  std::optional<Status> midway;
  const auto done = on_connection([&](const TcpSocket& socket) -> Outcome<void> {
    DataRequest own = request;
    own.now = takes_at_once(request.size_bytes);
    if (own.now) {
      // A node that was started again has closed it by now, and was sent nothing yet.
      if (socket.ended()) return refuse(StatusCode::kUnavailable, "the node closed the connection");
      if (auto announced = socket.write(request_text(own)); !announced) return announced;
    } else if (auto fine = go_ahead(socket, own); !fine) {
      return fine;
    }
    const auto sent = send(socket);
    if (!sent && own.now && lost(sent.error())) return sent;
    auto kept = sent;
    if (sent && own.now) kept = ready(hear(socket));
    if (kept) kept = hear_of_seal(socket);
    if (sent && (kept || !lost(kept.error()))) {
      socket.set_read_patience(access_.patience);
      return kept;
    }
    socket.shut_down();
    midway = kept.error();
    return {};
  });
  if (midway) return std::unexpected(*midway);
  return done;
}

Outcome<void> Peer::put(const ObjectId& id, std::span<const std::byte> bytes) {
  return hand_over({DataVerb::kPut, id, 0, bytes.size(), {}},
                   [&](const TcpSocket& socket) { return socket.write(bytes); });
}

Outcome<void> Peer::copy(const ObjectId& id, std::uint64_t size_bytes, const Pieces& piece) {
  return hand_over(
      {DataVerb::kCopy, id, 0, size_bytes, {}}, [&](const TcpSocket& socket) -> Outcome<void> {
        for (std::uint64_t at = 0; at < size_bytes;) {
          const auto bytes = piece(at);
          if (!bytes) return std::unexpected(bytes.error());
          if (bytes->empty()) {
            return refuse(StatusCode::kDataLoss,
                          fmt::format("{} ends at byte {} of {}", id.text(), at, size_bytes));
          }
          if (auto sent = socket.write(*bytes); !sent) return sent;
          at += bytes->size();
        }
        return {};
      });
}

Outcome<PeerWriter> Peer::append(const ObjectId& id) {
  auto socket = new_connection();
  if (!socket) return std::unexpected(socket.error());
  const auto ready = go_ahead(*socket, {DataVerb::kAppend, id, 0, 0, {}});
  if (!ready) return std::unexpected(ready.error());
  return PeerWriter(*std::move(socket));
}

Outcome<void> Peer::go_ahead(const TcpSocket& socket, const DataRequest& request) const {
  return ready(ask(socket, request));
}

Outcome<void> Peer::ready(const Outcome<ResponseHead>& answer) const {
  if (answer) return {};
  if (answer.error().code != StatusCode::kInvalidArgument) return std::unexpected(answer.error());
  return refuse(
      StatusCode::kFailedPrecondition,
      "node " + node_.text() + " takes no objects from others: " + answer.error().message);
}

Outcome<Relocated> Peer::relocate(const std::string& bucket) {
  const auto socket = new_connection();
  if (!socket) return std::unexpected(socket.error());
  socket->set_read_patience({});
  const auto head = ask(*socket, {DataVerb::kRelocate, {bucket, ""}, 0, 0, {}});
  if (!head) return std::unexpected(head.error());
  std::array<std::uint64_t, 2> numbers{};
  if (head->length_bytes != sizeof numbers) {
    return refuse(StatusCode::kDataLoss, fmt::format("node {} sent {} bytes where 16 were expected",
                                                     node_.text(), head->length_bytes));
  }
  if (auto got = socket->read(std::as_writable_bytes(std::span(numbers))); !got) {
    return std::unexpected(got.error());
  }
  return Relocated{numbers[0], numbers[1], 0, std::nullopt};
}

Outcome<void> Peer::forget(const ObjectId& id) {
  return on_connection([&](const TcpSocket& socket) -> Outcome<void> {
    const auto done = ask(socket, {DataVerb::kDelete, id, 0, 0, {}});
    if (!done) return std::unexpected(done.error());
    return {};
  });
}

}  // namespace ionloom::geds
