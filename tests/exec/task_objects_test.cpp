#include "exec/task_objects.h"

#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "store/open_store.h"
#include "support/scratch_folder.h"

namespace ionloom::exec {
namespace {

using test_support::content_of;
using test_support::put;
using test_support::ScratchFolder;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

tasks::Task copying_task() {
  tasks::Task task;
  task.name = "copy-1";
  task.inputs = {{"from", "in", 2, 5}};
  task.outputs = {{
                      "to",
                      "below/out",
                  },
                  {"too", "other"}};
  return task;
}

/// A folder with the input "in", and a task that takes it.
struct Copying {
  explicit Copying(std::string_view in) { put(folder / "in", std::string(in)); }

  ScratchFolder folder;
  std::unique_ptr<TaskObjects> objects = folder_objects(folder.path());
  tasks::Task task = copying_task();
};

TEST(FolderObjects, gives_ranges_and_takes_outputs_that_appear_when_published) {
  Copying copying("0123456789");
  auto io = ObjectTaskIo::open(copying.task, *copying.objects);
  ASSERT_TRUE(io) << io.error().message();
  std::array<char, 3> read{};
  ASSERT_TRUE(io->read(0, 1, std::as_writable_bytes(std::span(read))));
  EXPECT_EQ(std::string(read.data(), 3), "345");
  ASSERT_TRUE(io->write(0, bytes_of("one")));
  ASSERT_TRUE(io->write(1, bytes_of("two")));
  ASSERT_TRUE(io->write(0, bytes_of(" more")));
  EXPECT_FALSE(std::filesystem::exists(copying.folder / "below/out"));
  ASSERT_TRUE(io->publish());
  EXPECT_EQ(content_of(copying.folder / "below/out"), "one more");
  EXPECT_EQ(content_of(copying.folder / "other"), "two");
}

TEST(FolderObjects, leave_nothing_of_a_task_that_failed) {
  Copying copying("0123456789");
  {
    auto io = ObjectTaskIo::open(copying.task, *copying.objects);
    ASSERT_TRUE(io);
    ASSERT_TRUE(io->write(1, bytes_of("half")));
  }
  std::filesystem::remove(copying.folder / "below");
  EXPECT_EQ(copying.folder.names(), std::vector<std::string>{"in"});
}

TEST(FolderObjects, stay_below_their_folder) {
  const ScratchFolder folder;
  const auto objects = folder_objects(folder.path());
  for (const char* name : {"../in", "/etc/passwd", "a/../../in", "", ".", "a/"}) {
    const auto size_bytes = objects->size_bytes(name);
    ASSERT_FALSE(size_bytes) << name;
    EXPECT_EQ(size_bytes.error().code, ErrorCode::kUsage) << name;
    EXPECT_FALSE(objects->create(name)) << name;
  }
}

TEST(ObjectTaskIo, refuses_an_input_that_is_shorter_than_its_task_says) {
  Copying copying("012345");
  const auto io = ObjectTaskIo::open(copying.task, *copying.objects);
  ASSERT_FALSE(io);
  EXPECT_EQ(io.error().where, "stage index, task copy-1, input 0, from (in)");
  EXPECT_NE(io.error().what.find("has only 6"), std::string::npos) << io.error().what;
}

TEST(ObjectTaskIo, refuses_what_leaves_a_range_and_what_is_not_there) {
  Copying copying("0123456789");
  auto io = ObjectTaskIo::open(copying.task, *copying.objects);
  ASSERT_TRUE(io);
  std::array<std::byte, 4> into{};
  EXPECT_FALSE(io->read(0, 2, into));
  EXPECT_FALSE(io->read(0, UINT64_MAX, into));
  EXPECT_FALSE(io->read(1, 0, into));
  EXPECT_FALSE(io->write(2, into));
}

TEST(StoreObjects, take_the_place_of_files) {
  const ScratchFolder folder;
  auto store = store::open_store("file:" + (folder / "store").string());
  ASSERT_TRUE(store) << store.error().message();
  const auto objects = store_objects(std::move(*store));
  tasks::Task making;
  making.name = "make-1";
  making.outputs = {{"to", "study/in"}, {"too", "study/other"}};
  {
    auto io = ObjectTaskIo::open(making, *objects);
    ASSERT_TRUE(io) << io.error().message();
    ASSERT_TRUE(io->write(0, bytes_of("0123456789")));
    ASSERT_TRUE(io->publish());
  }
  tasks::Task reading;
  reading.name = "read-1";
  reading.inputs = {{"from", "study/in", 8, 2}};
  auto io = ObjectTaskIo::open(reading, *objects);
  ASSERT_TRUE(io) << io.error().message();
  std::array<char, 2> read{};
  ASSERT_TRUE(io->read(0, 0, std::as_writable_bytes(std::span(read))));
  EXPECT_EQ(std::string(read.data(), 2), "89");
  reading.inputs = {{"from", "study", 0, 1}};
  EXPECT_EQ(ObjectTaskIo::open(reading, *objects).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace ionloom::exec
