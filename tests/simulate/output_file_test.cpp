#include "simulate/output_file.h"

#include <array>

#include <gtest/gtest.h>

#include "simulate/scratch_folder.h"

namespace ionloom::simulate {
namespace {

TEST(OutputFile, has_its_name_only_after_publishing) {
  const ScratchFolder folder;
  Result<OutputFile> file = OutputFile::create(folder / "a.txt");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("hello world"));
  ASSERT_TRUE(file->overwrite(6, "there"));
  ASSERT_TRUE(file->close());
  EXPECT_EQ(folder.files(), std::vector<std::string>{"a.txt.partial"});
  const std::array<OutputFile*, 1> files = {&*file};
  ASSERT_TRUE(publish(files));
  EXPECT_EQ(folder.files(), std::vector<std::string>{"a.txt"});
  EXPECT_EQ(bytes_of(folder / "a.txt"), "hello there");
}

TEST(OutputFile, an_abandoned_file_leaves_nothing) {
  const ScratchFolder folder;
  {
    Result<OutputFile> file = OutputFile::create(folder / "a.txt");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("hello"));
  }
  EXPECT_TRUE(folder.files().empty());
}

TEST(OutputFile, when_one_of_several_cannot_be_published_none_stays) {
  const ScratchFolder folder;
  Result<OutputFile> first = OutputFile::create(folder / "a.txt");
  Result<OutputFile> second = OutputFile::create(folder / "b.txt");
  ASSERT_TRUE(first && second && first->close() && second->close());
  std::filesystem::create_directories(folder / "b.txt" / "in the way");
  const std::array<OutputFile*, 2> files = {&*first, &*second};
  EXPECT_FALSE(publish(files));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
}

TEST(OutputFile, a_missing_folder_is_named) {
  const ScratchFolder folder;
  const Result<OutputFile> file = OutputFile::create(folder / "none" / "a.txt");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message().find("a.txt"), std::string::npos);
}

TEST(OutputFile, large_writes_pass_the_buffer_in_order) {
  const ScratchFolder folder;
  Result<OutputFile> file = OutputFile::create(folder / "a.txt");
  ASSERT_TRUE(file);
  const std::string large(3U << 20, 'x');
  ASSERT_TRUE(file->write("head") && file->write(large) && file->write("tail") && file->close());
  const std::array<OutputFile*, 1> files = {&*file};
  ASSERT_TRUE(publish(files));
  EXPECT_EQ(bytes_of(folder / "a.txt"), "head" + large + "tail");
}

}  // namespace
}  // namespace ionloom::simulate
