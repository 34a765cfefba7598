#include "geds/test_certificate.h"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace ionloom::geds {
namespace {

using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

File create(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "w"), &std::fclose);
  if (!file) throw std::runtime_error("cannot create " + path.string());
  return file;
}

}  // namespace

ServerIdentity make_test_identity(const std::filesystem::path& folder, const char* address) {
  const ServerIdentity identity{folder / "certificate.pem", folder / "key.pem"};
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(::EVP_EC_gen("P-256"),
                                                                  &::EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&::X509_free)> certificate(::X509_new(), &::X509_free);
  ::X509_set_version(certificate.get(), X509_VERSION_3);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -60);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), 3600);
  ::X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = ::X509_get_subject_name(certificate.get());
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("ionloom test"), -1, -1, 0);
  ::X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* const names =
      ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, address);
  ::X509_add_ext(certificate.get(), names, -1);
  ::X509_EXTENSION_free(names);
  if (::X509_sign(certificate.get(), key.get(), ::EVP_sha256()) == 0) {
    throw std::runtime_error("the certificate cannot be signed");
  }
  ::PEM_write_X509(create(identity.certificate).get(), certificate.get());
  ::PEM_write_PrivateKey(create(identity.key).get(), key.get(), nullptr, nullptr, 0, nullptr,
                         nullptr);
  return identity;
}

}  // namespace ionloom::geds
