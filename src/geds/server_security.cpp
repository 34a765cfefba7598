#include "geds/server_security.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include "files/output_file.h"

namespace ionloom::geds {
namespace {

Result<std::string> pem(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(files::file_error(path, "be read", errno));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.find("-----BEGIN ") == std::string_view::npos) {
    return data_error(path.string(), "there is no \"-----BEGIN\" in it, so it is not a PEM file");
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(
    const std::optional<ServerIdentity>& identity) {
  if (!identity) return grpc::InsecureServerCredentials();
  const auto certificate = pem(identity->certificate);
  if (!certificate) return std::unexpected(certificate.error());
  const auto key = pem(identity->key);
  if (!key) return std::unexpected(key.error());
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({*key, *certificate});
  return grpc::SslServerCredentials(options);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> channel_credentials(
    const std::optional<std::filesystem::path>& authorities) {
  if (!authorities) return grpc::InsecureChannelCredentials();
  const auto roots = pem(*authorities);
  if (!roots) return std::unexpected(roots.error());
  return grpc::SslCredentials({*roots, {}, {}});
}

}  // namespace ionloom::geds
