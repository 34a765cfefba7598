#include "program.h"

#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionloom::app::testing {
namespace {

void limit(int resource, const std::optional<std::uint64_t>& bytes) {
  if (!bytes) return;
  const rlimit wanted{*bytes, *bytes};
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &wanted);
}

/// In the child: enters a control group by writing 0, "the writer", into its list of processes.
void enter(const std::filesystem::path& tasks) {
  const int file = ::open(tasks.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0 || ::write(file, "0", 1) != 1) ::_exit(126);
  ::close(file);
}

/// In the child: becomes the program. Only what is safe after fork().
[[noreturn]] void become(std::vector<char*>& arguments, const ProgramSettings& settings, int out,
                         int err) {
  if (!settings.control_group.empty()) enter(settings.control_group);
  if (settings.own_group) ::setpgid(0, 0);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_DFL);
  limit(RLIMIT_FSIZE, settings.file_size_limit_bytes);
  limit(RLIMIT_AS, settings.memory_limit_bytes);
  // The user's pattern cache and measurements stay out of tests.
  for (const char* name :
       {"HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "IONLOOM_MEASUREMENTS", "IONLOOM_DEVICE"}) {
    ::unsetenv(name);
  }
  for (const std::string& variable : settings.environment) {
    ::putenv(const_cast<char*>(variable.c_str()));
  }
  ::execv(IONLOOM_PROGRAM, arguments.data());
  ::_exit(127);
}

/// @return false at the stream's end, which a terminal tells by EIO
bool append_from(int& descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
  if (got > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  ::close(descriptor);
  descriptor = -1;
  return false;
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const ProgramSettings& settings) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  EXPECT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
  if (settings.terminal) {
    const winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(::openpty(err.data(), err.data() + 1, nullptr, nullptr, &size), 0);
  } else {
    EXPECT_EQ(::pipe2(err.data(), O_CLOEXEC), 0);
  }
  std::vector<char*> words = {const_cast<char*>("ionloom")};
  for (const std::string& argument : arguments) {
    words.push_back(const_cast<char*>(argument.c_str()));
  }
  words.push_back(nullptr);
  pid_ = ::fork();
  EXPECT_GE(pid_, 0);
  if (pid_ == 0) become(words, settings, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

bool Program::read_some() {
  std::array<pollfd, 2> streams = {pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (out_ < 0 && err_ < 0) return false;
  ::poll(streams.data(), streams.size(), -1);
  if (streams[0].revents != 0) append_from(out_, finished_.out);
  if (streams[1].revents != 0) append_from(err_, finished_.err);
  return true;
}

void Program::wait_for(const std::string& text) {
  while (finished_.err.find(text) == std::string::npos) {
    ASSERT_TRUE(read_some()) << "ended without \"" << text << "\": " << finished_.err;
  }
}

void Program::send(int signal) const {
  EXPECT_EQ(::kill(pid_, signal), 0);
}

void Program::send_to_group(int signal) const {
  EXPECT_EQ(::kill(-pid_, signal), 0);
}

Finished Program::finish() {
  while (read_some()) {
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
  pid_ = -1;
  finished_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return finished_;
}

Finished run(const std::vector<std::string>& arguments, const ProgramSettings& settings) {
  return Program(arguments, settings).finish();
}

void expect_error(const Finished& finished, int exit_code, const std::vector<std::string>& parts) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
  const std::size_t at = finished.err.find("error: ");
  ASSERT_NE(at, std::string::npos) << finished.err;
  EXPECT_EQ(finished.err.find("error: ", at + 1), std::string::npos) << finished.err;
  const std::string sentence = finished.err.substr(at);
  for (const std::string& part : parts) {
    EXPECT_NE(sentence.find(part), std::string::npos)
        << "stderr: " << finished.err << "\nlacks: " << part;
  }
}

}  // namespace ionloom::app::testing
