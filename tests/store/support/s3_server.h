#pragma once

#include <string>

#include <sys/types.h>

#include "support/scratch_folder.h"

namespace ionloom::store::test_support {

/// versitygw on a port of this machine, over a folder of its own with the bucket "store-test". It
/// answers once this is made, and ends with it.
class S3Server {
 public:
  S3Server();
  ~S3Server();
  S3Server(const S3Server&) = delete;
  S3Server& operator=(const S3Server&) = delete;

  /// Why there is none; "" when there is one.
  [[nodiscard]] const std::string& absence() const { return absence_; }
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  /// Where it keeps the objects of the bucket.
  [[nodiscard]] std::filesystem::path bucket_folder() const { return folder_ / "store-test"; }
  /// Ends it, as kill -9 does.
  void kill();

  static constexpr const char* kAccessKey = "tester";
  static constexpr const char* kSecretKey = "test-secret";

 private:
  ionloom::test_support::ScratchFolder folder_;
  std::string absence_;
  std::string endpoint_;
  pid_t id_ = -1;
  int output_ = -1;  ///< what it says
};

}  // namespace ionloom::store::test_support
