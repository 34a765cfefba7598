#include "geds/data_server.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace ionloom::geds {
namespace {

/// How long a peer may stand still in the middle of an object.
constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kReadBytes = 4096;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

DataCounters::DataCounters(Metrics& metrics)
    : bytes_read(metrics.counter("gedslocalfilehandle__bytes_read", "Bytes sent to readers")),
      bytes_written(metrics.counter("gedslocalfilehandle__bytes_written", "Bytes received")),
      opened(metrics.counter("geds__files_opened", "Reads answered with data")),
      created(metrics.counter("geds__files_created", "Objects sealed here")),
      refused(metrics.counter("ionloom_geds_refused_requests_total",
                              "Data requests answered with a failure")) {}

DataServer::DataServer(TcpSocket listener, HeldObjects& objects, const AccessList& access,
                       DataCounters& counters, Register on_sealed)
    : listener_(std::move(listener)),
      objects_(objects),
      access_(access),
      counters_(counters),
      on_sealed_(std::move(on_sealed)),
      acceptor_([this] { accept_all(); }) {}

DataServer::~DataServer() {
  listener_.shut_down();
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const Connection& connection : connections_) connection.socket.shut_down();
  }
  connections_.clear();  // joins
}

void DataServer::accept_all() {
  while (auto socket = listener_.accept()) {
    const std::scoped_lock lock(mutex_);
    connections_.remove_if([](const Connection& connection) { return connection.done; });
    Connection& connection = connections_.emplace_back();
    connection.socket = *std::move(socket);
    connection.thread = std::jthread([this, &connection] {
      serve(connection.socket);
      const std::scoped_lock done(mutex_);
      connection.socket.shut_down();
      connection.done = true;
    });
  }
}

void DataServer::serve(const TcpSocket& socket) {
  socket.set_write_patience(kPatience);
  std::string text;
  std::vector<std::byte> buffer(kReadBytes);
  bool trusted = !access_.closed();
  for (;;) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) {
      if (text.size() > kMostRequestBytes) {
        // The connection ends in either case: what follows cannot be told from a new request.
        std::ignore =
            send_status(socket, {StatusCode::kInvalidArgument, "the request does not end"});
        return;
      }
      const auto got = socket.read_some(buffer);
      if (!got || *got == 0) return;
      text.append(reinterpret_cast<const char*>(buffer.data()), *got);
      continue;
    }
    const std::string request = text.substr(0, end);
    text.erase(0, end + 1);
    if (!answer(socket, request, text, trusted)) return;
  }
}

Outcome<void> DataServer::answer(const TcpSocket& socket, std::string_view text,
                                 std::string& behind, bool& trusted) {
  const auto request = parse_data_request(text);
  if (!request) return send_status(socket, request.error());
  if (request->verb == DataVerb::kToken) {
    trusted = access_.rights_of_token(request->token).call;
    if (trusted) return socket.write(to_bytes({}));
  }
  if (!trusted) {
    return send_status(socket,
                       {StatusCode::kUnauthenticated, "this node asks for a token it knows"});
  }
  if (request->verb == DataVerb::kGet) return answer_get(socket, *request);
  if (request->verb == DataVerb::kPut) return answer_put(socket, *request, behind);
  if (const auto removed = objects_.remove(request->id); !removed) {
    return send_status(socket, removed.error());
  }
  return socket.write(to_bytes({}));
}

Outcome<void> DataServer::answer_get(const TcpSocket& socket, const DataRequest& request) {
  const auto object = objects_.get(request.id);
  if (!object) return send_status(socket, object.error());
  const std::span<const std::byte> all(**object);
  const auto begin = std::min<std::uint64_t>(request.offset_bytes, all.size());
  const auto range = all.subspan(begin, std::min(request.size_bytes, all.size() - begin));
  counters_.opened.add();
  counters_.bytes_read.add(range.size());
  return socket.write(to_bytes({0, range.size()}), range);
}

Outcome<void> DataServer::answer_put(const TcpSocket& socket, const DataRequest& request,
                                     std::string& behind) {
  auto reserved = objects_.reserve(request.size_bytes);
  if (!reserved) return send_status(socket, reserved.error());
  std::optional<HeldObjects::Room> room(*std::move(reserved));
  if (auto sent = socket.write(to_bytes({})); !sent) return sent;  // go ahead
  const std::size_t here = std::min(behind.size(), room->bytes().size());
  std::memcpy(room->bytes().data(), behind.data(), here);
  behind.erase(0, here);
  socket.set_read_patience(kPatience);
  if (auto got = socket.read(room->bytes().subspan(here)); !got) return got;
  socket.set_read_patience({});
  if (auto known = on_sealed_(request.id, request.size_bytes); !known) {
    room.reset();  // free before the writer hears of it
    return send_status(socket, known.error());
  }
  objects_.seal(request.id, *std::move(room));
  counters_.created.add();
  counters_.bytes_written.add(request.size_bytes);
  return socket.write(to_bytes({}));
}

Outcome<void> DataServer::send_status(const TcpSocket& socket, const Status& status) {
  counters_.refused.add();
  return socket.write(to_bytes({static_cast<std::int32_t>(status.code), status.message.size()}),
                      bytes_of(status.message));
}

}  // namespace ionloom::geds
