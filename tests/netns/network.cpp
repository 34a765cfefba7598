#include "netns/network.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace ionloom::netns {
namespace {

constexpr int kOwnNetwork = CLONE_NEWNET | CLONE_NEWNS;

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// Who is not root may be it in a user namespace, where the system permits these.
int unshare_as_root_of_our_own() {
  const std::string user = std::to_string(::getuid());
  const std::string group = std::to_string(::getgid());
  if (::unshare(CLONE_NEWUSER | kOwnNetwork) != 0) return errno;
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + user + " 1");
  write_file("/proc/self/gid_map", "0 " + group + " 1");
  return 0;
}

std::string cable(int number) {
  return "host" + std::to_string(number);
}

std::string subnet(int number) {
  return "10.77." + std::to_string(number) + ".";
}

std::string make_own_network() {
  int failed = ::unshare(kOwnNetwork) == 0 ? 0 : errno;
  if (failed == EPERM) failed = unshare_as_root_of_our_own();
  if (failed != 0) {
    return std::string("this system permits no network namespaces: ") + std::strerror(failed);
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return std::string("mounts cannot be made private: ") + std::strerror(errno);
  }
  try {
    run_command("ip link set lo up");
    run_command("ip link add probe type veth peer name probe-end");
    run_command("ip link delete probe");
    write_file("/proc/sys/net/ipv4/ip_forward", "1");
  } catch (const std::runtime_error& error) {
    return std::string("this system permits no virtual cables: ") + error.what();
  }
  return {};
}

}  // namespace

std::string enter_own_network() {
  static const std::string why_not = make_own_network();
  return why_not;
}

void run_command(const std::string& command) {
  if (std::system((command + " >/dev/null").c_str()) != 0) {
    throw std::runtime_error("failed: " + command);
  }
}

void add_hub_address(const std::string& address) {
  run_command("ip address add " + address + "/32 dev lo");
}

void remove_hub_address(const std::string& address) {
  run_command("ip address delete " + address + "/32 dev lo");
}

Host::Host(int number) : number_(number), thread_([this](const auto& stop) { live(stop); }) {
  const std::string end = cable(number) + "-end";
  std::string home;
  inside([&] {
    if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error("no namespace for " + end);
    home =
        "/proc/" + std::to_string(::getpid()) + "/task/" + std::to_string(::gettid()) + "/ns/net";
  });
  run_command("ip link add " + cable(number) + " type veth peer name " + end);
  run_command("ip link set " + end + " netns " + home);
  run_command("ip address add " + subnet(number) + "1/24 dev " + cable(number));
  run_command("ip link set " + cable(number) + " up");
  inside([&] {
    run_command("ip link set lo up");
    run_command("ip link set " + end + " name cable");
    run_command("ip address add " + address() + "/24 dev cable");
    run_command("ip link set cable up");
    run_command("ip route add default via " + subnet(number) + "1");
  });
}

Host::~Host() {
  // The cable goes with the namespace, but later; its name must be free for the next test.
  std::ignore = std::system(("ip link delete " + cable(number_)).c_str());
}

std::string Host::address() const {
  return subnet(number_) + "2";
}

void Host::set_rate(std::uint64_t bits_per_s) const {
  // The bucket holds a millisecond of traffic, and at least a few packets.
  const std::uint64_t burst_bytes = std::max<std::uint64_t>(bits_per_s / 8000, 32768);
  const std::string shape = " root tbf rate " + std::to_string(bits_per_s) + "bit burst " +
                            std::to_string(burst_bytes) + " latency 50ms";
  run_command("tc qdisc replace dev " + cable(number_) + shape);
  inside([&] { run_command("tc qdisc replace dev cable" + shape); });
}

void Host::cut() const {
  // A filter that drops everything, not "link down": the ends must not notice.
  const std::string drop = " root tbf rate 8bit burst 10 latency 1ms";
  run_command("tc qdisc replace dev " + cable(number_) + drop);
  inside([&] { run_command("tc qdisc replace dev cable" + drop); });
}

void Host::mend() const {
  run_command("tc qdisc delete dev " + cable(number_) + " root");
  inside([&] { run_command("tc qdisc delete dev cable root"); });
}

void Host::inside(const std::function<void()>& work) const {
  std::packaged_task<void()> task(work);
  std::future<void> done = task.get_future();
  {
    const std::scoped_lock lock(mutex_);
    work_ = std::move(task);
  }
  asked_.notify_one();
  done.get();
}

void Host::live(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [&] { return work_.has_value(); })) {
    (*work_)();
    work_.reset();
  }
}

}  // namespace ionloom::netns
