#include <filesystem>
#include <fstream>

#include "geds/geds_cluster.h"
#include "netns/fault_scene.h"
#include "netns/traffic.h"

namespace ionloom::netns {
namespace {

namespace fs = std::filesystem;

class DiskFault : public FaultTest {
 protected:
  /// A disk of its own for a server; it goes with our mounts.
  fs::path disk(const std::string& name, const std::string& size) {
    const fs::path folder = scene().folder() / name;
    fs::create_directory(folder);
    run_command("mount -t tmpfs -o size=" + size + " disk " + folder.string());
    mounted_.push_back(folder);
    return folder;
  }

  void TearDown() override {
    for (const fs::path& folder : mounted_) run_command("umount --lazy " + folder.string());
  }

 private:
  std::vector<fs::path> mounted_;
};

/// Flips one bit in the middle of every file that holds an object.
int damage_objects(const fs::path& folder) {
  int damaged = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() < 100000) continue;
    fs::permissions(entry.path(), fs::perms::owner_all);
    std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(50000);
    const int byte = file.get();
    file.seekp(50000);
    file.put(static_cast<char>(byte ^ 1));
    ++damaged;
  }
  return damaged;
}

TEST_F(DiskFault, a_node_whose_disk_is_full_refuses_and_keeps_what_it_acknowledged) {
  const fs::path folder = disk("disk", "6m");
  ServerProcess node =
      scene().start_node(scene().add_host(), {"--memory", "1M", "--disk", folder.string() + ":1G"});
  std::vector<geds::ObjectId> acknowledged;
  std::vector<std::string> refusals;
  for (int i = 0; i < 40; ++i) {
    const geds::ObjectId id{"bucket", std::to_string(i)};
    const auto put = geds::put(node.address(), id, std::string(300000, static_cast<char>(i)));
    if (put) {
      acknowledged.push_back(id);
    } else {
      refusals.emplace_back(geds::name_of(put.error().code));
    }
  }
  EXPECT_GE(acknowledged.size(), 15U);
  ASSERT_FALSE(refusals.empty());
  for (const std::string& refusal : refusals) EXPECT_EQ(refusal, "RESOURCE_EXHAUSTED");
  for (const geds::ObjectId& id : acknowledged) {
    EXPECT_TRUE(geds::read(scene().client(), id) ==
                std::string(300000, static_cast<char>(std::stoi(id.key))))
        << id.text();
  }
  for (const geds::ObjectId& id : acknowledged) EXPECT_TRUE(scene().client().remove(id));
  EXPECT_TRUE(geds::put(node.address(), {"bucket", "again"}, std::string(300000, 'a')));
}

TEST_F(DiskFault, a_metadata_server_whose_disk_is_full_refuses_and_loses_nothing) {
  scene().metadata_server().kill();
  disk("state", "256k");
  scene().start_metadata_server();
  ASSERT_TRUE(comes_true(kStatedTime + kMachineNoise,
                         [&] { return scene().metadata().ensure_bucket("bucket").has_value(); }));
  const auto object = [](int i) {
    return geds::Object{{"bucket", std::to_string(i)},
                        {"s3://bucket/" + std::to_string(i), 1, 1, std::string(1000, 'm')}};
  };
  int acknowledged = 0;
  while (acknowledged < 1000 && scene().metadata().create(object(acknowledged))) ++acknowledged;
  EXPECT_GE(acknowledged, 50);
  ASSERT_LT(acknowledged, 1000);
  EXPECT_FALSE(scene().metadata().create(object(acknowledged + 1)));
  scene().metadata_server().kill();
  scene().start_metadata_server();
  ASSERT_TRUE(comes_true(kStatedTime + kMachineNoise,
                         [&] { return scene().metadata().lookup_bucket("bucket").has_value(); }));
  for (int i = 0; i < acknowledged; ++i) {
    const auto found = scene().metadata().lookup({"bucket", std::to_string(i)});
    EXPECT_TRUE(found && *found == object(i)) << i;
  }
}

TEST_F(DiskFault, a_byte_that_changed_on_disk_is_never_given_out) {
  const fs::path folder = scene().folder() / "disk";
  const std::vector<std::string> arguments{"--memory", "100K", "--disk", folder.string() + ":1G"};
  Host& host = scene().add_host();
  std::string bytes(3000000, ' ');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  ServerProcess node = scene().start_node(host, arguments);
  ASSERT_TRUE(geds::put(node.address(), {"bucket", "a"}, bytes));
  node.kill();
  ASSERT_EQ(damage_objects(folder / "bucket"), 1);
  node = scene().start_node(host, arguments);
  std::string got;
  const auto read = scene().client().read({"bucket", "a"}, {}, [&](auto piece) {
    got.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return true;
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, geds::StatusCode::kDataLoss) << read.error().message;
  EXPECT_TRUE(bytes.starts_with(got));
  EXPECT_EQ(geds::read(scene().client(), {"bucket", "a"}, {2000000, 1000}),
            bytes.substr(2000000, 1000))
      << "the other blocks are sound";
}

}  // namespace
}  // namespace ionloom::netns
