#include "files/output_file.h"

#include <array>

#include <gtest/gtest.h>

#include "support/full_disk.h"
#include "support/scratch_folder.h"

namespace ionloom::files {
namespace {

using test_support::content_of;
using test_support::FileSizeLimit;
using test_support::put;
using test_support::ScratchFolder;

TEST(OutputFile, appears_only_when_committed) {
  ScratchFolder folder;
  auto file = OutputFile::create(folder / "a.csv");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("text"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.csv"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(folder / "a.csv"), "text");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.csv"});
}

TEST(OutputFile, leaves_nothing_and_keeps_the_old_file_when_not_committed) {
  ScratchFolder folder;
  put(folder / "a.csv", "old");
  {
    auto file = OutputFile::create(folder / "a.csv");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("new"));
  }
  EXPECT_EQ(content_of(folder / "a.csv"), "old");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.csv"});
}

TEST(OutputFile, replaces_an_old_file_whole) {
  ScratchFolder folder;
  put(folder / "a.csv", "a much longer old text");
  ASSERT_TRUE(write_file(folder / "a.csv", "new"));
  EXPECT_EQ(content_of(folder / "a.csv"), "new");
}

TEST(OutputFile, content_longer_than_its_buffer_is_complete) {
  ScratchFolder folder;
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    text += std::to_string(i);
  }
  auto file = OutputFile::create(folder / "a");
  ASSERT_TRUE(file);
  for (std::size_t i = 0; i < text.size(); i += 777) {
    ASSERT_TRUE(file->write(std::string_view(text).substr(i, 777)));
  }
  EXPECT_EQ(file->size_bytes(), text.size());
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(folder / "a"), text);
}

TEST(OutputFile, long_and_short_pieces_keep_their_order) {
  ScratchFolder folder;
  auto file = OutputFile::create(folder / "a");
  ASSERT_TRUE(file);
  const std::string longer(3 << 20, 'b');  // than the buffer
  for (const std::string& piece : {std::string("a"), longer, std::string("c"), longer}) {
    ASSERT_TRUE(file->write(piece));
  }
  EXPECT_EQ(file->size_bytes(), 2 * longer.size() + 2);
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(folder / "a"), "a" + longer + "c" + longer);
}

TEST(OutputFile, disk_full_is_a_resource_error_that_names_the_file_and_leaves_nothing) {
  ScratchFolder folder;
  const FileSizeLimit limit(100'000);
  const auto written = write_file(folder / "big.csv", std::string(1'000'000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kResource);
  EXPECT_EQ(written.error().where, (folder / "big.csv").string());
  EXPECT_TRUE(written.error().what.starts_with("cannot be written: ")) << written.error().what;
  EXPECT_TRUE(folder.names().empty());
}

TEST(OutputFile, disk_full_at_the_last_buffer_is_seen_by_commit) {
  ScratchFolder folder;
  const FileSizeLimit limit(10);
  auto file = OutputFile::create(folder / "small.csv");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("more than ten bytes"));  // still in the buffer
  const auto committed = file->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kResource);
  EXPECT_FALSE(std::filesystem::exists(folder / "small.csv"));
}

TEST(OutputFile, enospc_is_a_resource_error_with_a_remedy) {
  const Error error = file_error("out/a.csv", "be written", ENOSPC);
  EXPECT_EQ(error.code, ErrorCode::kResource);
  EXPECT_EQ(error.message(),
            "out/a.csv: cannot be written: No space left on device. Free some space or choose "
            "another disk.");
}

TEST(OutputFile, missing_folder_is_a_data_error) {
  ScratchFolder folder;
  const auto file = OutputFile::create(folder / "none/a.csv");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kData);
  EXPECT_EQ(file.error().where, (folder / "none/a.csv").string());
}

TEST(OutputFile, bytes_written_before_can_be_replaced) {
  ScratchFolder folder;
  auto file = OutputFile::create(folder / "a.txt");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("hello world"));
  ASSERT_TRUE(file->overwrite(6, "there"));
  ASSERT_TRUE(file->write("!"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(folder / "a.txt"), "hello there!");
}

TEST(OutputFile, files_that_belong_together_are_published_together) {
  ScratchFolder folder;
  auto first = OutputFile::create(folder / "a.txt");
  auto second = OutputFile::create(folder / "b.txt");
  ASSERT_TRUE(first && second && first->write("1") && second->write("2"));
  ASSERT_TRUE(first->close() && second->close());
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
  const std::array<OutputFile*, 2> both = {&*first, &*second};
  ASSERT_TRUE(publish(both));
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"a.txt", "b.txt"}));
}

TEST(OutputFile, when_one_of_several_cannot_be_published_none_stays) {
  ScratchFolder folder;
  auto first = OutputFile::create(folder / "a.txt");
  auto second = OutputFile::create(folder / "b.txt");
  ASSERT_TRUE(first && second && first->close() && second->close());
  std::filesystem::create_directories(folder / "b.txt" / "in the way");
  const std::array<OutputFile*, 2> both = {&*first, &*second};
  EXPECT_FALSE(publish(both));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
}

TEST(HiddenFile, is_there_at_once_and_replaces_nothing) {
  ScratchFolder folder;
  ASSERT_TRUE(write_hidden_file(folder / "a.png", "text"));
  EXPECT_EQ(content_of(folder / "a.png"), "text");
  EXPECT_FALSE(write_hidden_file(folder / "a.png", "other"));
  EXPECT_EQ(content_of(folder / "a.png"), "text");
}

TEST(HiddenFile, leaves_nothing_when_the_disk_is_full) {
  ScratchFolder folder;
  const FileSizeLimit limit(1000);
  const auto written = write_hidden_file(folder / "a.png", std::string(2000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kResource);
  EXPECT_TRUE(folder.names().empty());
}

}  // namespace
}  // namespace ionloom::files
