#include "exec/run_owner.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionloom::exec {
namespace {

/// The text of a process that has ended, as it wrote it.
std::string text_of_a_process_that_ended() {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = own_process_text();
    const bool written = ::write(ends[1], text.data(), text.size()) > 0;
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  char text[4096];
  const ssize_t size = ::read(ends[0], text, sizeof(text));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return {text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

TEST(RunOwner, that_lives_has_not_ended) {
  EXPECT_FALSE(has_ended(own_process_text()));
}

TEST(RunOwner, whose_process_is_gone_has_ended) {
  const std::string text = text_of_a_process_that_ended();
  EXPECT_TRUE(has_ended(text)) << text;
}

TEST(RunOwner, whose_number_another_process_has_by_now_has_ended) {
  std::string text = own_process_text();
  text.insert(text.size() - 1, "1");  // was started later
  EXPECT_TRUE(has_ended(text)) << text;
}

TEST(RunOwner, of_another_machine_or_of_nothing_known_is_left_alone) {
  std::string text = text_of_a_process_that_ended();
  text[text.find("machine ") + 8] ^= 1;
  EXPECT_FALSE(has_ended(text)) << text;
  for (const char* other : {"", "ionloom-run 1\n", "ionloom-run 2\nmachine x\nprocess 1 1\n"}) {
    EXPECT_FALSE(has_ended(other)) << other;
  }
}

}  // namespace
}  // namespace ionloom::exec
