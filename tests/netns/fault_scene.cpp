#include "netns/fault_scene.h"

#include <thread>

namespace ionloom::netns {

FaultTest::Scene::Scene() {
  add_host();
  start_metadata_server();
  const std::string at = server_->address().text();
  metadata_ = geds::MetadataClient::make(at, {}).value();
  client_ = std::make_unique<geds::Client>(*metadata_, geds::Access{});
}

void FaultTest::Scene::start_metadata_server() {
  const Host& host = *hosts_.front();
  host.inside([&] {
    server_.emplace(std::vector<std::string>{"serve-metadata", "--listen", host.address() + ":4381",
                                             "--http", "off", "--state", folder_ / "state"});
  });
}

Host& FaultTest::Scene::add_host() {
  const int number = static_cast<int>(hosts_.size()) + 1;
  return *hosts_.emplace_back(std::make_unique<Host>(number));
}

ServerProcess FaultTest::Scene::start_node(const Host& host,
                                           const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{
      "node",   "--metadata", server_->address().text(), "--listen", host.address() + ":4382",
      "--http", "off"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::optional<ServerProcess> node;
  host.inside([&] { node.emplace(all); });
  return *std::move(node);
}

bool comes_true(std::chrono::milliseconds patience, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace ionloom::netns
