#include "geds/tls_session.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace ionloom::geds {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  void operator()(SSL* session) const { ::SSL_free(session); }
  void operator()(BIO_METHOD* method) const { ::BIO_meth_free(method); }
};

std::string last_reason() {
  const char* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  return reason ? reason : "no reason given";
}

/// OpenSSL's own socket BIO would raise SIGPIPE when the other side has gone.
int send_quietly(BIO* bio, const char* bytes, int count) {
  ::BIO_clear_retry_flags(bio);
  const int descriptor = *static_cast<const int*>(::BIO_get_data(bio));
  ssize_t sent = 0;
  do {
    sent = ::send(descriptor, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return static_cast<int>(sent);
}

int receive(BIO* bio, char* bytes, int count) {
  ::BIO_clear_retry_flags(bio);
  const int descriptor = *static_cast<const int*>(::BIO_get_data(bio));
  ssize_t got = 0;
  do {
    got = ::recv(descriptor, bytes, static_cast<std::size_t>(count), 0);
  } while (got < 0 && errno == EINTR);
  return static_cast<int>(got);
}

// The signature is OpenSSL's, whose argument is a long.
decltype(::BIO_ctrl(nullptr, 0, 0, nullptr)) control(BIO* /*bio*/, int command,
                                                     decltype(::BIO_ctrl(nullptr, 0, 0,
                                                                         nullptr)) /*argument*/,
                                                     void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

std::unique_ptr<BIO_METHOD, Free> socket_method() {
  std::unique_ptr<BIO_METHOD, Free> method(::BIO_meth_new(BIO_TYPE_SOURCE_SINK, "quiet socket"));
  ::BIO_meth_set_write(method.get(), send_quietly);
  ::BIO_meth_set_read(method.get(), receive);
  ::BIO_meth_set_ctrl(method.get(), control);
  return method;
}

Outcome<void> set_host(SSL* session, std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  in6_addr address{};
  const bool numeric = ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
                       ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
  const bool set =
      numeric ? ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(session), host.c_str()) == 1
              : ::SSL_set1_host(session, host.c_str()) == 1 &&
                    ::SSL_set_tlsext_host_name(session, host.c_str()) == 1;
  if (set) return {};
  return refuse(StatusCode::kInvalidArgument, host + " is no name that a certificate can have");
}

}  // namespace

struct TlsContext::Parts {
  std::unique_ptr<BIO_METHOD, Free> method = socket_method();
  std::unique_ptr<SSL_CTX, Free> context;

  explicit Parts(const SSL_METHOD* role) : context(::SSL_CTX_new(role)) {
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Every answer tells its length, so an end without TLS's farewell cannot cut one short.
    ::SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    ::SSL_CTX_set_num_tickets(context.get(), 0);  // no session is ever resumed
  }
};

TlsContext::TlsContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::of_server(const ServerIdentity& identity) {
  auto parts = std::make_unique<Parts>(::TLS_server_method());
  SSL_CTX* const context = parts->context.get();
  ::ERR_clear_error();
  if (::SSL_CTX_use_certificate_chain_file(context, identity.certificate.c_str()) != 1) {
    return data_error(identity.certificate.string(),
                      "no certificate can be read: " + last_reason());
  }
  if (::SSL_CTX_use_PrivateKey_file(context, identity.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return data_error(
        identity.key.string(),
        "this is not the private key of " + identity.certificate.string() + ": " + last_reason());
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(parts)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::of_client(
    const std::filesystem::path& authorities) {
  auto parts = std::make_unique<Parts>(::TLS_client_method());
  SSL_CTX* const context = parts->context.get();
  ::ERR_clear_error();
  if (::SSL_CTX_load_verify_file(context, authorities.c_str()) != 1) {
    return data_error(authorities.string(), "no certificates can be read: " + last_reason());
  }
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(parts)));
}

struct TlsSession::Parts {
  int descriptor;
  std::unique_ptr<SSL, Free> session;

  Parts(SSL_CTX* context, const BIO_METHOD* method, int of_socket)
      : descriptor(of_socket), session(::SSL_new(context)) {
    BIO* const bio = ::BIO_new(method);
    ::BIO_set_data(bio, &descriptor);
    ::BIO_set_init(bio, 1);
    ::SSL_set_bio(session.get(), bio, bio);
  }

  /// What a call that returned `result` failed of.
  [[nodiscard]] std::unexpected<Status> failed(std::string what, int result) const {
    const int system_error = errno;
    const int kind = ::SSL_get_error(session.get(), result);
    if (kind == SSL_ERROR_SSL) {
      what += ": " + last_reason();
    } else if (kind == SSL_ERROR_SYSCALL && system_error != 0 && system_error != EAGAIN) {
      what += ": " + std::generic_category().message(system_error);
    } else {
      what += ": the other side does not answer";
    }
    return refuse(StatusCode::kUnavailable, std::move(what));
  }
};

TlsSession::TlsSession(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

TlsSession::~TlsSession() = default;

Outcome<std::unique_ptr<TlsSession>> TlsSession::accept(const TlsContext& context, int descriptor) {
  auto parts = std::make_unique<Parts>(context.parts_->context.get(), context.parts_->method.get(),
                                       descriptor);
  ::ERR_clear_error();
  if (const int result = ::SSL_accept(parts->session.get()); result != 1) {
    return parts->failed("TLS handshake", result);
  }
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(parts)));
}

Outcome<std::unique_ptr<TlsSession>> TlsSession::connect(const TlsContext& context, int descriptor,
                                                         const std::string& host) {
  auto parts = std::make_unique<Parts>(context.parts_->context.get(), context.parts_->method.get(),
                                       descriptor);
  SSL* const session = parts->session.get();
  ::ERR_clear_error();
  if (auto named = set_host(session, host); !named) return std::unexpected(named.error());
  if (const int result = ::SSL_connect(session); result != 1) {
    const auto verified = ::SSL_get_verify_result(session);
    if (verified == X509_V_OK) return parts->failed("TLS handshake with " + host, result);
    return refuse(StatusCode::kUnauthenticated, "the certificate of " + host + " is not trusted: " +
                                                    ::X509_verify_cert_error_string(verified));
  }
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(parts)));
}

Outcome<std::size_t> TlsSession::read_some(std::span<std::byte> into) {
  ::ERR_clear_error();
  std::size_t got = 0;
  const int result = ::SSL_read_ex(parts_->session.get(), into.data(), into.size(), &got);
  if (result == 1) return got;
  if (::SSL_get_error(parts_->session.get(), result) == SSL_ERROR_ZERO_RETURN) return 0U;
  return parts_->failed("reading", result);
}

Outcome<void> TlsSession::write(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};  // which OpenSSL takes for a mistake
  ::ERR_clear_error();
  std::size_t sent = 0;
  const int result = ::SSL_write_ex(parts_->session.get(), bytes.data(), bytes.size(), &sent);
  if (result != 1) return parts_->failed("sending", result);
  return {};
}

}  // namespace ionloom::geds
