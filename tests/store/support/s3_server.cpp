#include "store/support/s3_server.h"

#include <cstdio>
#include <filesystem>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionloom::store::test_support {
namespace {

/// A port of this machine on which nobody listens.
sockaddr_in free_address() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(listener);
  return address;
}

/// Tries again whenever the server has said something, and now and then; ends with the server.
void wait_until_it_answers(int output, const sockaddr_in& address) {
  for (;;) {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool answers =
        ::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(connection);
    if (answers) return;
    pollfd said{output, POLLIN, 0};
    if (::poll(&said, 1, 50) == 0) continue;
    char text[4096];
    if (::read(output, text, sizeof(text)) <= 0) return;
  }
}

}  // namespace

S3Server::S3Server() {
  std::string program;
  if (std::FILE* script = ::popen(IONLOOM_SOURCE_FOLDER "/scripts/versitygw", "r")) {
    char line[4096] = {};
    if (std::fgets(line, sizeof(line), script) != nullptr) program = line;
    ::pclose(script);
  }
  if (program.empty()) {
    absence_ = "no versitygw here, and no go to build it with";
    return;
  }
  program.pop_back();
  std::filesystem::create_directory(bucket_folder());
  const sockaddr_in address = free_address();
  endpoint_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const std::string folder = folder_.path().string();
  int output[2];
  if (::pipe2(output, O_CLOEXEC) != 0) return;
  id_ = ::fork();
  if (id_ == 0) {
    ::dup2(output[1], 1);
    ::dup2(output[1], 2);
    ::execl(program.c_str(), program.c_str(), "--quiet", "--port", endpoint_.c_str(), "--access",
            kAccessKey, "--secret", kSecretKey, "posix", folder.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(output[1]);
  wait_until_it_answers(output[0], address);
  output_ = output[0];
}

S3Server::~S3Server() {
  kill();
  if (output_ >= 0) ::close(output_);
}

void S3Server::kill() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
  id_ = -1;
}

}  // namespace ionloom::store::test_support
