#include "geds/data_talk.h"

#include <chrono>
#include <string>

namespace ionloom::geds {
namespace {

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

}  // namespace

Outcome<ResponseHead> ask(const TcpSocket& socket, const DataRequest& request) {
  if (auto sent = socket.write(request_text(request)); !sent) return std::unexpected(sent.error());
  return hear(socket);
}

Outcome<ResponseHead> hear(const TcpSocket& socket) {
  auto head = read_head(socket);
  if (!head) return head;
  if (auto fine = check(socket, *head); !fine) return std::unexpected(fine.error());
  return head;
}

Outcome<void> hear_of_seal(const TcpSocket& socket) {
  socket.set_read_patience(kSealPatience);
  const auto sealed = read_head(socket);
  if (!sealed) return std::unexpected(sealed.error());
  return check(socket, *sealed);
}

}  // namespace ionloom::geds
