#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "geds/client.h"
#include "geds/metadata_client.h"
#include "netns/network.h"
#include "netns/server_process.h"
#include "support/scratch_folder.h"

namespace ionloom::netns {

/// What the documentation promises: an error about a dead machine comes within this time.
inline constexpr std::chrono::milliseconds kStatedTime{2000};
/// What a busy test machine may add to it.
inline constexpr std::chrono::milliseconds kMachineNoise{1000};

/// Tests about several machines; skipped where network namespaces are not permitted.
class FaultTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why_not = enter_own_network();
    if (!why_not.empty()) GTEST_SKIP() << why_not;
    scene_.emplace();
  }

  /// A metadata server with a machine and a state folder of its own, and machines for nodes. The
  /// client lives in the hub.
  class Scene {
   public:
    Scene();

    void start_metadata_server();
    [[nodiscard]] ServerProcess& metadata_server() { return *server_; }
    [[nodiscard]] geds::MetadataClient& metadata() { return *metadata_; }
    [[nodiscard]] geds::Client& client() { return *client_; }
    [[nodiscard]] const test_support::ScratchFolder& folder() const { return folder_; }

    /// One more machine.
    Host& add_host();
    /// `ionloom geds node` on it, with these arguments beside --metadata and --listen.
    [[nodiscard]] ServerProcess start_node(const Host& host,
                                           const std::vector<std::string>& arguments = {}) const;

   private:
    test_support::ScratchFolder folder_;
    std::vector<std::unique_ptr<Host>> hosts_;
    std::optional<ServerProcess> server_;
    std::unique_ptr<geds::MetadataClient> metadata_;
    std::unique_ptr<geds::Client> client_;
  };

  [[nodiscard]] Scene& scene() { return *scene_; }

 private:
  std::optional<Scene> scene_;
};

/// Asks again and again until it is so; false when it is not within `patience`.
[[nodiscard]] bool comes_true(std::chrono::milliseconds patience,
                              const std::function<bool()>& condition);

}  // namespace ionloom::netns
