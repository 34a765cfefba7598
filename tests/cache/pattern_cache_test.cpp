#include "cache/pattern_cache.h"

#include <csignal>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/cache_folder.h"
#include "cache/pattern_entry.h"
#include "cache/sample_patterns.h"
#include "support/scratch_folder.h"

namespace ionloom::cache {
namespace {

using test_support::put;
using test_support::ScratchFolder;
using testing::sample_ions;
using testing::sample_settings;
using testing::sample_table;

PatternCache cache_in(const std::filesystem::path& folder, std::uint64_t limit_bytes = 1'000'000,
                      const chem::PatternSettings& settings = sample_settings()) {
  return {{folder, limit_bytes}, sample_ions(), settings};
}

TEST(PatternCache, gives_back_what_it_was_given) {
  const ScratchFolder scratch;
  const std::filesystem::path folder = scratch / "made" / "when";
  stages::PatternTable table;
  EXPECT_EQ(cache_in(folder).load(table), PatternSource::kMissed);
  ASSERT_TRUE(cache_in(folder).store(sample_table()));
  EXPECT_EQ(cache_in(folder).load(table), PatternSource::kCached);
  EXPECT_EQ(table.mz, sample_table().mz);
  EXPECT_EQ(table.intensity, sample_table().intensity);
  auto others = sample_settings();
  others.charge = -1;
  EXPECT_EQ(cache_in(folder, 1000, others).load(table), PatternSource::kMissed);
}

TEST(PatternCache, replaces_a_damaged_entry) {
  const ScratchFolder folder;
  ASSERT_TRUE(cache_in(folder.path()).store(sample_table()));
  put(folder / folder.names().front(), "cut");
  stages::PatternTable table;
  EXPECT_EQ(cache_in(folder.path()).load(table), PatternSource::kDamaged);
  ASSERT_TRUE(cache_in(folder.path()).store(sample_table()));
  EXPECT_EQ(cache_in(folder.path()).load(table), PatternSource::kCached);
}

TEST(PatternCache, stays_within_its_limit) {
  const ScratchFolder folder;
  const std::uint64_t entry = entry_size_bytes(sample_ions().size(), 4);
  for (int i = 1; i <= 5; ++i) {
    auto settings = sample_settings();
    settings.shape.sigma_mz *= i;
    ASSERT_TRUE(cache_in(folder.path(), 2 * entry, settings).store(sample_table()));
    EXPECT_LE(content_of(folder.path(), kPatterns).size_bytes, 2 * entry);
  }
  EXPECT_EQ(content_of(folder.path(), kPatterns).entries, 2U);
  ASSERT_TRUE(cache_in(folder.path(), entry - 1).store(sample_table()));
  EXPECT_EQ(content_of(folder.path(), kPatterns).entries, 2U) << "one over the limit is not kept";
}

TEST(PatternCache, says_which_folder_cannot_be_made) {
  const ScratchFolder folder;
  put(folder / "file", "");
  const auto stored = cache_in(folder / "file" / "below").store(sample_table());
  ASSERT_FALSE(stored);
  EXPECT_NE(stored.error().message().find((folder / "file" / "below").string()), std::string::npos);
}

// Writers are killed at any moment while readers look: whoever reads gets the table or nothing.
TEST(PatternCache, never_shows_what_a_killed_writer_left) {
  const ScratchFolder folder;
  const stages::PatternTable expected = sample_table();
  for (int round = 0; round < 40; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t writer = ::fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
      for (bool first = true;; first = false) {
        const bool stored = cache_in(folder.path()).store(expected).has_value();
        if (first && ::write(ready[1], "", 1) != 1) ::_exit(1);
        if (!stored) ::_exit(1);
      }
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    for (int i = 0; i <= round; ++i) {
      stages::PatternTable table;
      ASSERT_EQ(cache_in(folder.path()).load(table), PatternSource::kCached);
      EXPECT_EQ(table.mz, expected.mz);
    }
    ::kill(writer, SIGKILL);
    int status = 0;
    ::waitpid(writer, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    ::close(ready[0]);
    ::close(ready[1]);
    stages::PatternTable table;
    EXPECT_EQ(cache_in(folder.path()).load(table), PatternSource::kCached);
    EXPECT_EQ(table.intensity, expected.intensity);
  }
}

}  // namespace
}  // namespace ionloom::cache
