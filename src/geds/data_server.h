#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "geds/access.h"
#include "geds/arrivals.h"
#include "geds/data_request.h"
#include "geds/event_log.h"
#include "geds/metrics.h"
#include "geds/relocation.h"
#include "geds/tcp_socket.h"
#include "store/object_store.h"

namespace ionloom::geds {

/// The numbers of a node's data transport.
struct DataCounters {
  explicit DataCounters(Metrics& metrics);

  Counter& bytes_read;     ///< sent to readers
  Counter& bytes_written;  ///< received with PUT, COPY and APPEND
  Counter& opened;         ///< GETs answered with data
  Counter& created;        ///< objects sealed and registered
  Counter& copies;         ///< of other nodes' objects, sealed
  Counter& refused;
  Counter& reads;       ///< of objects that are here; IBM's "count" of file handles
  Level& sending;       ///< GETs that are being answered
  Level& receiving;     ///< objects that are being received
  Histogram& open_ns;   ///< until an object and its first bytes are found
  Histogram& read_ns;   ///< of a GET, until its last byte is on its way
  Histogram& write_ns;  ///< until all bytes of an object have come
  Histogram& seal_ns;   ///< sealing and registering
  Histogram& read_sizes;
  Histogram& written_sizes;
};

/// A node's end of the data transport: one thread a connection, as many connections as readers keep
/// (eight each at most).
class DataServer {
 public:
  /// Called when an object is sealed here, before the writer is told so: registers it. If that
  /// fails the object is removed again and the writer gets the status.
  using Register = std::function<Outcome<void>(const ObjectId&, std::uint64_t size_bytes)>;
  /// Called to move the objects of a bucket, "" for all, to S3.
  using Relocate = std::function<Outcome<Relocated>(const std::string& bucket)>;
  /// Whether the metadata server is sure that there is no object of this name: what is here under
  /// it was left by one that was removed while the node could not be told, or never registered.
  using Unknown = std::function<bool(const ObjectId&)>;

  /// Why the node takes no objects any more, if so.
  using Open = std::function<Outcome<void>()>;

  /// What the node does for its data transport.
  struct Calls {
    Open open_for_objects;
    Register on_sealed;
    Relocate relocate;
    Unknown unknown;
    std::chrono::milliseconds settled{6000};  ///< see Arrivals
  };

  /// @param listener already listening. All references must outlive this.
  /// @param tls      spoken on every connection; none: plain TCP, as GEDS has it
  DataServer(TcpSocket listener, store::ObjectStore& objects, const AccessList& access,
             std::shared_ptr<const TlsContext> tls, DataCounters& counters, EventLog events,
             Calls calls);
  DataServer(const DataServer&) = delete;
  DataServer& operator=(const DataServer&) = delete;
  /// Ends all connections and waits for their threads.
  ~DataServer();

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  /// The objects that are coming here.
  [[nodiscard]] Arrivals& arrivals() { return arrivals_; }

 private:
  struct Connection {
    TcpSocket socket;
    bool done = false;  ///< its thread is about to end; guarded by mutex_
    std::jthread thread;
  };

  void accept_all();
  void serve(TcpSocket& socket);
  /// @param behind what came behind the request already; a PUT takes its bytes from there first
  Outcome<void> answer(const TcpSocket& socket, std::string_view text, std::string& behind,
                       bool& trusted);
  Outcome<void> answer_get(const TcpSocket& socket, const DataRequest& request);
  Outcome<void> answer_delete(const TcpSocket& socket, const DataRequest& request);
  Outcome<void> answer_relocate(const TcpSocket& socket, const DataRequest& request);
  /// A writer for an object that comes; what is left of a removed one makes way for it.
  store::Outcome<std::unique_ptr<store::ObjectWriter>> writer_of(const ObjectId& id);
  /// Refuses a PUT, COPY or APPEND; bytes that came with it are passed over.
  Outcome<void> refuse_object(const TcpSocket& socket, const DataRequest& request,
                              std::string& behind, const Status& status);
  /// PUT, COPY and APPEND.
  Outcome<void> answer_put(const TcpSocket& socket, const DataRequest& request,
                           std::string& behind);
  Outcome<void> send_status(const TcpSocket& socket, const Status& status);
  void note(const Status& status);

  TcpSocket listener_;
  store::ObjectStore& objects_;
  const AccessList& access_;
  std::shared_ptr<const TlsContext> tls_;
  DataCounters& counters_;
  EventLog events_;
  Calls calls_;
  Arrivals arrivals_;
  std::mutex mutex_;
  std::list<Connection> connections_;
  std::jthread acceptor_;
};

}  // namespace ionloom::geds
