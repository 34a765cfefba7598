#pragma once

#include "geds/data_request.h"
#include "geds/status.h"
#include "geds/tcp_socket.h"

/// A client's end of one connection of the data transport.
namespace ionloom::geds {

/// Sends a request and reads the head of its answer. A refusal is read to its end, so that the
/// connection can be used on.
[[nodiscard]] Outcome<ResponseHead> ask(const TcpSocket& socket, const DataRequest& request);

/// Reads the head of an answer, to what was sent before, as ask() does.
[[nodiscard]] Outcome<ResponseHead> hear(const TcpSocket& socket);

/// Waits for the answer to an object whose bytes have been sent: it is sealed and registered.
[[nodiscard]] Outcome<void> hear_of_seal(const TcpSocket& socket);

}  // namespace ionloom::geds
