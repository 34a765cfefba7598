#include "cache/cache_folder.h"

#include <chrono>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "support/scratch_folder.h"

namespace ionloom::cache {
namespace {

using test_support::put;
using test_support::ScratchFolder;
using Names = std::vector<std::string>;

/// A file of so many bytes, last used so many minutes ago.
void put_aged(const std::filesystem::path& path, std::size_t size_bytes, int minutes) {
  put(path, std::string(size_bytes, 'x'));
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(minutes));
}

TEST(CacheFolder, makes_room_by_removing_what_was_not_used_for_longest) {
  const ScratchFolder folder;
  put_aged(folder / "a.patterns", 100, 30);
  put_aged(folder / "b.patterns", 100, 20);
  put_aged(folder / "c.patterns", 100, 10);
  mark_used(folder / "a.patterns");
  make_room(folder.path(), kPatterns, 250);
  EXPECT_EQ(folder.names(), (Names{"a.patterns", "c.patterns"}));
  make_room(folder.path(), kPatterns, 0);
  EXPECT_EQ(folder.names(), Names{});
}

TEST(CacheFolder, removes_half_written_entries_of_stopped_runs_but_not_those_in_work) {
  const ScratchFolder folder;
  put_aged(folder / ".a.patterns.partial-12", 100, 90);
  put_aged(folder / ".b.patterns.partial-13", 100, 5);
  make_room(folder.path(), kPatterns, 1000);
  EXPECT_EQ(folder.names(), Names{".b.patterns.partial-13"});
}

TEST(CacheFolder, leaves_files_of_others_alone) {
  const ScratchFolder folder;
  put_aged(folder / "notes.txt", 100, 1000);
  put_aged(folder / "a.patterns", 70, 1);
  EXPECT_EQ(content_of(folder.path(), kPatterns).entries, 1U);
  EXPECT_EQ(content_of(folder.path(), kPatterns).size_bytes, 70U);
  const auto removed = clear(folder.path(), kPatterns);
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->entries, 1U);
  EXPECT_EQ(removed->size_bytes, 70U);
  EXPECT_EQ(folder.names(), Names{"notes.txt"});
}

TEST(CacheFolder, that_does_not_exist_holds_nothing) {
  const ScratchFolder folder;
  EXPECT_EQ(content_of(folder / "none", kPatterns).entries, 0U);
  EXPECT_TRUE(clear(folder / "none", kPatterns));
}

TEST(CacheFolder, follows_the_environment) {
  ::setenv("HOME", "/home/someone", 1);
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(default_cache_folder(kPatterns), "/home/someone/.cache/ionloom/patterns");
  ::setenv("XDG_CACHE_HOME", "/fast", 1);
  EXPECT_EQ(default_cache_folder(kPatterns), "/fast/ionloom/patterns");
  ::setenv("XDG_CACHE_HOME", "not/absolute", 1);
  EXPECT_EQ(default_cache_folder(kPatterns), "/home/someone/.cache/ionloom/patterns");
  ::unsetenv("HOME");
  EXPECT_EQ(default_cache_folder(kPatterns), std::nullopt);
}

}  // namespace
}  // namespace ionloom::cache
