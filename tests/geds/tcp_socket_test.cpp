#include "geds/tcp_socket.h"

#include <chrono>
#include <future>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace ionloom::geds {
namespace {

using std::chrono::milliseconds;

/// As long as it lives this process can open nothing more.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(STDERR_FILENO);
    ::close(lowest_free);
    const rlimit none{static_cast<rlim_t>(lowest_free), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(TcpSocket, a_connection_that_there_is_no_descriptor_for_is_accepted_when_there_is_one) {
  const auto listener = TcpSocket::listen({"127.0.0.1", 0});
  ASSERT_TRUE(listener);
  const auto client = TcpSocket::connect({"127.0.0.1", listener->port()}, milliseconds(2000));
  ASSERT_TRUE(client);
  std::future<Outcome<TcpSocket>> accepted;
  {
    const NoDescriptors none;
    accepted = std::async(std::launch::async, [&] { return listener->accept(); });
    EXPECT_EQ(accepted.wait_for(milliseconds(200)), std::future_status::timeout)
        << "it waits and does not give up";
  }
  EXPECT_TRUE(accepted.get());
}

TEST(TcpSocket, a_listener_that_is_shut_down_accepts_no_more) {
  const auto listener = TcpSocket::listen({"127.0.0.1", 0});
  ASSERT_TRUE(listener);
  auto accepted = std::async(std::launch::async, [&] { return listener->accept(); });
  listener->shut_down();
  const auto none = accepted.get();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, StatusCode::kUnavailable);
}

}  // namespace
}  // namespace ionloom::geds
