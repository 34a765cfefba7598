#include "imzml/file_digest.h"

#include <array>
#include <fstream>
#include <memory>
#include <utility>

#include <openssl/evp.h>

namespace ionloom::imzml {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const EVP_MD* method(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kMd5:
      return EVP_md5();
    case DigestAlgorithm::kSha1:
      return EVP_sha1();
    case DigestAlgorithm::kSha256:
      return EVP_sha256();
  }
  return nullptr;
}

/// A digest that has begun. Fails when this OpenSSL does not know it.
Result<Context> begin(DigestAlgorithm algorithm) {
  Context context(EVP_MD_CTX_new());
  if (context && EVP_DigestInit_ex(context.get(), method(algorithm), nullptr) == 1) return context;
  return data_error({}, "the digest cannot be computed with this OpenSSL");
}

std::string finish(EVP_MD_CTX* context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, digest.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

}  // namespace

Result<std::vector<std::string>> file_digests(const std::filesystem::path& path,
                                              std::span<const DigestAlgorithm> algorithms,
                                              const std::function<bool()>& cancelled) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(path.string(), "cannot be opened");
  std::vector<Context> contexts;
  for (const DigestAlgorithm algorithm : algorithms) {
    auto context = begin(algorithm);
    if (!context) return data_error(path.string(), context.error().what);
    contexts.push_back(std::move(*context));
  }
  std::vector<char> chunk(kChunkBytes);
  while (file) {
    if (cancelled && cancelled()) {
      return fail(ErrorCode::kInterrupted, {}, "stopped on request");
    }
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    for (const Context& context : contexts) {
      EVP_DigestUpdate(context.get(), chunk.data(), count);
    }
  }
  if (file.bad()) return data_error(path.string(), "cannot be read to its end");
  std::vector<std::string> digests;
  digests.reserve(contexts.size());
  for (const Context& context : contexts) digests.push_back(finish(context.get()));
  return digests;
}

Result<std::string> digest(std::span<const std::byte> bytes, DigestAlgorithm algorithm) {
  const auto context = begin(algorithm);
  if (!context) return std::unexpected(context.error());
  EVP_DigestUpdate(context->get(), bytes.data(), bytes.size());
  return finish(context->get());
}

}  // namespace ionloom::imzml
