// Programs that mean harm: random numbers for every parameter of every function, and every kind of
// name. Nothing outside of the program's memory is touched (pages without access lie around it),
// nothing outside of the folders that it was given.

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/memory_tier.h"
#include "wasi/bucket_folder.h"
#include "wasi/host_folder.h"
#include "wasi/path.h"
#include "wasi/support/guest.h"

namespace ionloom::wasi::testing {
namespace {

constexpr std::size_t kMemoryBytes = 65536;
constexpr std::size_t kPartBytes = 2048;  ///< that are other bytes every now and then

/// A guest's memory whose neighbours nobody may touch.
class FencedMemory {
 public:
  FencedMemory()
      : all_(static_cast<std::uint8_t*>(
            ::mmap(nullptr, 3 * kMemoryBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    ::mprotect(all_ + kMemoryBytes, kMemoryBytes, PROT_READ | PROT_WRITE);
  }
  ~FencedMemory() { ::munmap(all_, 3 * kMemoryBytes); }
  FencedMemory(const FencedMemory&) = delete;
  FencedMemory& operator=(const FencedMemory&) = delete;

  [[nodiscard]] std::span<std::uint8_t> bytes() const {
    return {all_ + kMemoryBytes, kMemoryBytes};
  }

 private:
  std::uint8_t* all_;
};

/// Numbers as a program that looks for faults would choose them.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : random_(seed) {}

  std::uint64_t wide() {
    switch (random_() % 6) {
      case 0:
        return random_();
      case 1:
        return ~std::uint64_t{0} - random_() % 16;
      case 2:
        return (std::uint64_t{1} << (random_() % 64)) - random_() % 2;
      default:
        return random_() % 300;
    }
  }
  std::uint32_t address() {
    const std::uint64_t kind = random_() % 4;
    if (kind == 0) return static_cast<std::uint32_t>(kMemoryBytes - random_() % 70);
    if (kind == 1) return static_cast<std::uint32_t>(random_());
    return static_cast<std::uint32_t>(random_() % kMemoryBytes);
  }
  std::uint32_t small() {
    return static_cast<std::uint32_t>(random_() % 8 == 0 ? random_() : random_() % 20);
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

template <class Calls, class... Arguments>
std::function<void(GuestMemory, Numbers&)> any(Calls& calls,
                                               Answer<void> (Calls::*call)(GuestMemory,
                                                                           Arguments...)) {
  return [&calls, call](GuestMemory memory, Numbers& numbers) {
    const auto argument = [&]<class T>(T) -> T {
      if constexpr (sizeof(T) == 8) {
        return static_cast<T>(numbers.wide());
      } else {
        return numbers.random()() % 2 == 0 ? numbers.small() : numbers.address();
      }
    };
    static_cast<void>((calls.*call)(memory, argument(Arguments{})...));
  };
}

std::vector<std::function<void(GuestMemory, Numbers&)>> all_functions(Guest& guest) {
  FileCalls& files = guest.files();
  PathCalls& paths = guest.paths();
  GedsCalls& geds = guest.geds();
  return {any(files, &FileCalls::fd_advise),
          any(files, &FileCalls::fd_allocate),
          any(files, &FileCalls::fd_close),
          any(files, &FileCalls::fd_datasync),
          any(files, &FileCalls::fd_fdstat_get),
          any(files, &FileCalls::fd_fdstat_set_flags),
          any(files, &FileCalls::fd_fdstat_set_rights),
          any(files, &FileCalls::fd_filestat_get),
          any(files, &FileCalls::fd_filestat_set_size),
          any(files, &FileCalls::fd_filestat_set_times),
          any(files, &FileCalls::fd_pread),
          any(files, &FileCalls::fd_prestat_get),
          any(files, &FileCalls::fd_prestat_dir_name),
          any(files, &FileCalls::fd_pwrite),
          any(files, &FileCalls::fd_read),
          any(files, &FileCalls::fd_readdir),
          any(files, &FileCalls::fd_renumber),
          any(files, &FileCalls::fd_seek),
          any(files, &FileCalls::fd_sync),
          any(files, &FileCalls::fd_tell),
          any(files, &FileCalls::fd_write),
          any(paths, &PathCalls::path_create_directory),
          any(paths, &PathCalls::path_filestat_get),
          any(paths, &PathCalls::path_filestat_set_times),
          any(paths, &PathCalls::path_link),
          any(paths, &PathCalls::path_open),
          any(paths, &PathCalls::path_readlink),
          any(paths, &PathCalls::path_remove_directory),
          any(paths, &PathCalls::path_rename),
          any(paths, &PathCalls::path_symlink),
          any(paths, &PathCalls::path_unlink_file),
          any(geds, &GedsCalls::read_ranges),
          any(geds, &GedsCalls::metadata),
          any(geds, &GedsCalls::set_metadata)};
}

Quotas small_quotas() {
  return {.written_bytes = 1 << 20, .created_objects = 300, .handles = 40};
}

std::unique_ptr<Folder> bucket_in(const std::shared_ptr<store::ObjectStore>& memory,
                                  bool writable = true, const Quotas& quotas = small_quotas()) {
  auto mount =
      std::make_shared<BucketMount>(BucketMount::Place{memory, "bucket", "given/", writable},
                                    std::make_shared<QuotaCount>(quotas));
  return std::make_unique<BucketFolder>(std::move(mount));
}

/// A folder of this machine beside which a file lies that no program may reach.
class HostScene {
 public:
  HostScene()
      : root_(std::filesystem::temp_directory_path() / fmt::format("wasi-hostile-{}", ::getpid())) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ / "given");
    std::ofstream(root_ / "secret") << "secret";
    std::filesystem::create_symlink("../secret", root_ / "given" / "a");
    std::filesystem::create_symlink(root_, root_ / "given" / "b");
  }
  ~HostScene() { std::filesystem::remove_all(root_); }
  HostScene(const HostScene&) = delete;
  HostScene& operator=(const HostScene&) = delete;

  [[nodiscard]] std::unique_ptr<Folder> given(bool writable = true) const {
    auto folder = HostFolder::at((root_ / "given").string(), writable,
                                 std::make_shared<QuotaCount>(small_quotas()));
    return folder ? std::move(*folder) : nullptr;
  }
  /// Names beside the folder, and what the file there has.
  [[nodiscard]] std::string outside() const {
    std::string text;
    for (const auto& entry : std::filesystem::directory_iterator(root_)) {
      text += entry.path().filename().string() + " ";
    }
    std::string content;
    std::ifstream(root_ / "secret") >> content;
    return std::to_string(text.size()) + content;
  }

 private:
  std::filesystem::path root_;
};

void call_at_random(std::unique_ptr<Folder> folder, std::uint64_t seed, int calls) {
  Numbers numbers(seed);
  FencedMemory memory;
  Guest guest(std::move(folder), 40);
  const auto functions = all_functions(guest);
  // Closing the folder would end the fun.
  std::uint32_t given = Guest::kFolder;
  for (int i = 0; i < calls; ++i) {
    if (i % 16 == 0) {
      const std::size_t part = i == 0 ? 0 : numbers.random()() % (kMemoryBytes - kPartBytes);
      for (std::uint8_t& byte : memory.bytes().subspan(part, i == 0 ? kMemoryBytes : kPartBytes)) {
        byte = static_cast<std::uint8_t>("ab/.\0\xc3\xa9x"[numbers.random()() % 9]);
      }
      // Lists of vectors that are partly right.
      for (std::size_t at = 0; at < 512; at += 8) {
        const std::array<std::uint32_t, 2> vector = {numbers.address(), numbers.small()};
        std::memcpy(memory.bytes().data() + at, vector.data(), 8);
      }
    }
    functions[numbers.random()() % functions.size()](GuestMemory(memory.bytes()), numbers);
    if (!guest.table().folder_at(given)) break;
  }
}

TEST(HostileCalls, of_any_function_with_any_numbers_stay_in_memory_and_in_the_bucket) {
  const auto memory = std::make_shared<store::MemoryTier>(std::uint64_t{64} << 20);
  ASSERT_TRUE(memory->put({"bucket", "beside"}, {}));
  ASSERT_TRUE(memory->put({"other", "object"}, {}));
  for (std::uint64_t seed = 0; seed < 200; ++seed) call_at_random(bucket_in(memory), seed, 2000);
  EXPECT_TRUE(memory->stat({"bucket", "beside"}));
  const auto other = memory->list({"other", "", std::nullopt});
  EXPECT_EQ(other->objects.size(), 1U);
  const auto bucket = memory->list({"bucket", "", std::nullopt});
  ASSERT_TRUE(bucket);
  for (const auto& object : bucket->objects) {
    EXPECT_TRUE(object.key == "beside" || object.key.starts_with("given/")) << object.key;
  }
}

TEST(HostileCalls, of_any_function_with_any_numbers_stay_in_memory_and_in_the_folder) {
  const HostScene scene;
  const std::string before = scene.outside();
  for (std::uint64_t seed = 0; seed < 100; ++seed) call_at_random(scene.given(), seed, 2000);
  EXPECT_EQ(scene.outside(), before);
}

/// Names that try to lead out.
std::vector<std::string> escapes() {
  return {"../secret",
          "..",
          "./../secret",
          "x/../../secret",
          "/secret",
          "//secret",
          "a/../../secret",
          "..//secret",
          "given/../../secret",
          std::string("..\0/secret", 10)};
}

TEST(HostileNames, do_not_leave_the_folder) {
  const HostScene scene;
  const std::string before = scene.outside();
  Guest guest(scene.given());
  for (const std::string& name : escapes()) {
    EXPECT_FALSE(guest.open(name)) << name;
    EXPECT_FALSE(guest.open(name, Guest::kCreate | Guest::kCut, Guest::kBoth)) << name;
    EXPECT_FALSE(guest.unlink(name)) << name;
    EXPECT_FALSE(guest.make_folder(name + "/x")) << name;
    EXPECT_FALSE(guest.stat(name)) << name;
  }
  // Links that were there, one to the file beside, one to all.
  EXPECT_EQ(guest.open("a").error(), Errno::kPerm);
  EXPECT_EQ(guest.open("b/secret").error(), Errno::kPerm);
  EXPECT_EQ(guest.stat("a").error(), Errno::kPerm);
  EXPECT_EQ(scene.outside(), before);
}

TEST(HostileNames, do_not_leave_the_prefix_of_a_bucket) {
  const auto memory = std::make_shared<store::MemoryTier>(std::uint64_t{1} << 20);
  ASSERT_TRUE(memory->put({"bucket", "secret"}, {}));
  Guest guest(bucket_in(memory));
  for (const std::string& name : escapes()) {
    EXPECT_FALSE(guest.open(name)) << name;
    EXPECT_FALSE(guest.open(name, Guest::kCreate | Guest::kCut, Guest::kBoth)) << name;
    EXPECT_FALSE(guest.unlink(name)) << name;
    EXPECT_FALSE(guest.rename(name, "mine")) << name;
  }
  EXPECT_EQ(guest.make_file("line\nbreak").error(), Errno::kInval);
  EXPECT_EQ(guest.make_file("_$folder$").error(), Errno::kInval);
  EXPECT_EQ(guest.make_file("\xc0\xaf").error(), Errno::kIlseq);
  // What is an escape elsewhere is a name here.
  EXPECT_TRUE(guest.make_file("%2e%2e%2fsecret", "mine"));
  EXPECT_TRUE(memory->stat({"bucket", "given/%2e%2e%2fsecret"}));
  EXPECT_EQ(memory->stat({"bucket", "secret"})->size_bytes, 0U);
}

TEST(HostilePrograms, change_nothing_that_is_read_only) {
  const auto memory = std::make_shared<store::MemoryTier>(std::uint64_t{1} << 20);
  ASSERT_TRUE(memory->put({"bucket", "given/file"}, {}));
  const HostScene scene;
  Guest bucket(bucket_in(memory, false));
  Guest host(scene.given(false));
  for (Guest* guest : {&bucket, &host}) {
    EXPECT_EQ(guest->make_file("new").error(), Errno::kRofs);
    EXPECT_EQ(guest->open("file", Guest::kPlain, Guest::kBoth).error(), Errno::kRofs);
    EXPECT_EQ(guest->make_folder("folder").error(), Errno::kRofs);
    EXPECT_EQ(guest->remove_folder("folder").error(), Errno::kRofs);
    EXPECT_EQ(guest->unlink("file").error(), Errno::kRofs);
    EXPECT_EQ(guest->rename("file", "other").error(), Errno::kRofs);
    EXPECT_EQ(guest->link("file", "other").error(), Errno::kRofs);
    EXPECT_EQ(guest->symlink("file", "other").error(), Errno::kRofs);
  }
  EXPECT_TRUE(bucket.open("file"));
}

TEST(HostilePrograms, meet_their_quotas) {
  const auto memory = std::make_shared<store::MemoryTier>(std::uint64_t{1} << 20);
  Guest guest(bucket_in(memory, true, {.written_bytes = 100, .created_objects = 3}), 6);
  EXPECT_TRUE(guest.make_file("one", std::string(60, 'a')));
  EXPECT_EQ(guest.make_file("two", std::string(60, 'a')).error(), Errno::kDquot);
  EXPECT_TRUE(guest.make_folder("three"));
  EXPECT_EQ(guest.make_folder("four").error(), Errno::kDquot);
  EXPECT_EQ(guest.make_file("five").error(), Errno::kDquot);
  EXPECT_TRUE(guest.open("one"));
  EXPECT_EQ(guest.open("one").error(), Errno::kMfile);  // "two" is open still
}

TEST(PlainPath, is_what_the_text_says) {
  EXPECT_EQ(plain_path("a/./b//c")->text, "a/b/c");
  EXPECT_EQ(plain_path("a/b/..")->text, "a");
  EXPECT_TRUE(plain_path("a/b/..")->needs_folder);
  EXPECT_TRUE(plain_path("a/")->needs_folder);
  EXPECT_FALSE(plain_path("a/..b")->needs_folder);
  EXPECT_EQ(plain_path(".")->text, "");
  EXPECT_EQ(plain_path("").error(), Errno::kNoent);
  EXPECT_EQ(plain_path("\xed\xa0\x80").error(), Errno::kIlseq);
  EXPECT_EQ(plain_path(std::string(5000, 'a')).error(), Errno::kNametoolong);
}

}  // namespace
}  // namespace ionloom::wasi::testing
