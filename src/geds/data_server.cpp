#include "geds/data_server.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "geds/object_receiver.h"
#include "geds/store_failure.h"

namespace ionloom::geds {
namespace {

/// How long a peer may stand still in the middle of an object.
constexpr std::chrono::seconds kPatience{10};
/// How long a writer may think between two pieces of an object.
constexpr std::chrono::minutes kPiecePatience{10};
constexpr std::size_t kReadBytes = 4096;
/// A range leaves the store in pieces, so that a large one on disk does not take its size in
/// memory.
constexpr std::uint64_t kPieceBytes = std::uint64_t{8} << 20;

store::ObjectName name_of(const ObjectId& id) {
  return {id.bucket, id.key};
}

store::ByteRange first_piece(store::ByteRange range) {
  return {range.offset_bytes, std::min(range.length_bytes, kPieceBytes)};
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

DataCounters::DataCounters(Metrics& metrics)
    : bytes_read(metrics.counter("gedslocalfilehandle__bytes_read", "Bytes sent to readers")),
      bytes_written(metrics.counter("gedslocalfilehandle__bytes_written", "Bytes received")),
      opened(metrics.counter("geds__files_opened", "Reads answered with data")),
      created(metrics.counter("geds__files_created", "Objects sealed here")),
      copies(metrics.counter("ionloom_geds_copies_kept_total", "Copies kept for other nodes")),
      refused(metrics.counter("ionloom_geds_refused_requests_total",
                              "Data requests answered with a failure")),
      reads(metrics.counter("gedslocalfilehandle__count", "Reads of objects that are here")),
      sending(metrics.level("geds__tcptransport_sendqueue_length", "Reads being answered")),
      receiving(metrics.level("geds__tcptransport_recvqueue_length", "Objects being received")),
      open_ns(metrics.histogram("java_gedsfile__open", "Nanoseconds to find an object")),
      read_ns(metrics.histogram("java_gedsfile__read", "Nanoseconds to answer a read")),
      write_ns(metrics.histogram("java_gedsfile__write", "Nanoseconds to receive an object")),
      seal_ns(metrics.histogram("java_gedsfile__seal", "Nanoseconds to seal and register")),
      read_sizes(metrics.histogram("java_gedsfile__bytes_read", "Bytes of a read")),
      written_sizes(metrics.histogram("java_gedsfile__bytes_written", "Bytes of an object")) {}

DataServer::DataServer(TcpSocket listener, store::ObjectStore& objects, const AccessList& access,
                       std::shared_ptr<const TlsContext> tls, DataCounters& counters,
                       EventLog events, Calls calls)
    : listener_(std::move(listener)),
      objects_(objects),
      access_(access),
      tls_(std::move(tls)),
      counters_(counters),
      events_(std::move(events)),
      calls_(std::move(calls)),
      arrivals_(calls_.settled),
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
    try {
      connection.thread = std::jthread([this, &connection] {
        serve(connection.socket);
        const std::scoped_lock done(mutex_);
        connection.socket.shut_down();
        connection.done = true;
      });
    } catch (const std::system_error& no_thread) {
      note({StatusCode::kResourceExhausted,
            fmt::format("a connection is closed, as no thread can be started for it: {}",
                        no_thread.what())});
      connections_.pop_back();
    }
  }
}

void DataServer::serve(TcpSocket& socket) {
  socket.set_write_patience(kPatience);
  if (tls_) {
    socket.set_read_patience(kPatience);
    if (const auto secured = socket.speak_tls_as_server(*tls_); !secured) {
      return note(secured.error());
    }
    socket.set_read_patience({});
  }
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
  if (request->verb == DataVerb::kDelete) return answer_delete(socket, *request);
  if (request->verb == DataVerb::kRelocate) return answer_relocate(socket, *request);
  return answer_put(socket, *request, behind);
}

Outcome<void> DataServer::answer_get(const TcpSocket& socket, const DataRequest& request) {
  const store::ObjectName name = name_of(request.id);
  const Level::Present present(counters_.sending);
  const Timing answering(counters_.read_ns);
  std::optional<Timing> opening(counters_.open_ns);
  const auto info = objects_.stat(name);
  if (!info) return send_status(socket, to_status(info.error()));
  const store::ByteRange range =
      store::ByteRange{request.offset_bytes, request.size_bytes}.within(info->size_bytes);
  // The first piece is read before the head is sent: what can fail mostly fails then.
  auto piece = objects_.view(name, first_piece(range));
  if (!piece) return send_status(socket, to_status(piece.error()));
  opening.reset();
  counters_.opened.add();
  counters_.reads.add();
  counters_.read_sizes.add(range.length_bytes);
  counters_.bytes_read.add(range.length_bytes);
  if (auto sent = socket.write(to_bytes({0, range.length_bytes}), piece->bytes()); !sent) {
    return sent;
  }
  for (std::uint64_t done = piece->bytes().size(); done < range.length_bytes;
       done += piece->bytes().size()) {
    piece =
        objects_.view(name, first_piece({range.offset_bytes + done, range.length_bytes - done}));
    // Too late to say why: the connection ends in the middle, which no reader takes for success.
    if (!piece) {
      note(to_status(piece.error()));
      return std::unexpected(to_status(piece.error()));
    }
    if (auto sent = socket.write(piece->bytes()); !sent) return sent;
  }
  return {};
}

Outcome<void> DataServer::answer_delete(const TcpSocket& socket, const DataRequest& request) {
  if (const auto removed = objects_.remove(name_of(request.id)); !removed) {
    return send_status(socket, to_status(removed.error()));
  }
  events_.debug("removed", {{"object", request.id.text()}});
  return socket.write(to_bytes({}));
}

Outcome<void> DataServer::answer_relocate(const TcpSocket& socket, const DataRequest& request) {
  const auto done = calls_.relocate(request.id.bucket);
  if (!done) return send_status(socket, done.error());
  if (done->why) {
    return send_status(
        socket, {done->why->code, fmt::format("{} objects are in S3 now, {} stay: {}",
                                              done->objects, done->stayed, done->why->message)});
  }
  const std::uint64_t numbers[] = {done->objects, done->bytes};
  const auto bytes = std::as_bytes(std::span(numbers));
  return socket.write(to_bytes({0, bytes.size()}), bytes);
}

store::Outcome<std::unique_ptr<store::ObjectWriter>> DataServer::writer_of(const ObjectId& id) {
  const store::ObjectName name = name_of(id);
  auto writer = objects_.create(name);
  if (writer || writer.error().code != store::FailureCode::kExists || !calls_.unknown(id)) {
    return writer;
  }
  const bool removed = arrivals_.unless_arriving(id, Arrivals::Clock::now(), [&] {
    std::ignore = objects_.remove(name);  // what is here by then the writer meets
  });
  return removed ? objects_.create(name) : std::move(writer);
}

Outcome<void> DataServer::refuse_object(const TcpSocket& socket, const DataRequest& request,
                                        std::string& behind, const Status& status) {
  if (request.now) {
    socket.set_read_patience(kPatience);
    if (auto passed = pass_over(socket, behind, request.size_bytes); !passed) return passed;
    socket.set_read_patience({});
  }
  return send_status(socket, status);
}

Outcome<void> DataServer::answer_put(const TcpSocket& socket, const DataRequest& request,
                                     std::string& behind) {
  if (auto open = calls_.open_for_objects(); !open) {
    return refuse_object(socket, request, behind, open.error());
  }
  auto writer = writer_of(request.id);
  if (!writer) return refuse_object(socket, request, behind, to_status(writer.error()));
  if (auto sent = socket.write(to_bytes({})); !sent) return sent;  // go ahead
  const Level::Present present(counters_.receiving);
  std::optional<Timing> writing(counters_.write_ns);
  ObjectReceiver receiver(socket, behind, **writer);
  const bool known_size = request.verb != DataVerb::kAppend;
  socket.set_read_patience(known_size ? kPatience : kPiecePatience);
  auto received = known_size ? receiver.take(request.size_bytes) : receiver.take_pieces();
  if (!received) return received;
  socket.set_read_patience({});
  writing.reset();
  const Timing sealing(counters_.seal_ns);
  const Arrivals::Arrival arriving(arrivals_, request.id);
  const auto sealed = receiver.seal();
  writer->reset();  // free before the sender hears of it
  if (!sealed) return send_status(socket, sealed.error());
  if (request.verb == DataVerb::kCopy) {
    counters_.copies.add();
  } else {
    if (auto known = calls_.on_sealed(request.id, receiver.size_bytes()); !known) {
      std::ignore = objects_.remove(name_of(request.id));
      return send_status(socket, known.error());
    }
    counters_.created.add();
  }
  events_.debug("sealed", {{"object", request.id.text()}, {"bytes", receiver.size_bytes()}});
  counters_.bytes_written.add(receiver.size_bytes());
  counters_.written_sizes.add(receiver.size_bytes());
  return socket.write(to_bytes({}));
}

void DataServer::note(const Status& status) {
  counters_.refused.add();
  EventLog::Level level = EventLog::Level::kDebug;  // the caller's own mistake
  if (status.code == StatusCode::kDataLoss || status.code == StatusCode::kInternal) {
    level = EventLog::Level::kError;
  } else if (status.code == StatusCode::kUnauthenticated ||
             status.code == StatusCode::kUnavailable ||
             status.code == StatusCode::kResourceExhausted) {
    level = EventLog::Level::kWarning;
  }
  events_.tell(level, "refused", {{"status", name_of(status.code)}, {"reason", status.message}});
}

Outcome<void> DataServer::send_status(const TcpSocket& socket, const Status& status) {
  note(status);
  return socket.write(to_bytes({static_cast<std::int32_t>(status.code), status.message.size()}),
                      bytes_of(status.message));
}

}  // namespace ionloom::geds
