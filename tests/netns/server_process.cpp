#include "netns/server_process.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ionloom::netns {
namespace {

/// Up to the end of the line, or of the process.
std::string read_line(int descriptor) {
  std::string line;
  char next = 0;
  while (::read(descriptor, &next, 1) == 1 && next != '\n') line += next;
  return line;
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {IONLOOM_PROGRAM, "geds"});
  arguments.emplace_back("--json");
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  id_ = ::fork();
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  output_ = pipe[0];
  const std::string line = read_line(output_);
  const auto told = nlohmann::json::parse(line, nullptr, false);
  if (!told.is_object()) {
    kill();
    throw std::runtime_error(arguments[2] + " did not start: " + line);
  }
  const auto address = geds::parse_host_port(told.at("address").get<std::string>());
  if (!address) throw std::runtime_error(line);
  address_ = *address;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      output_(std::exchange(other.output_, -1)),
      address_(other.address_) {}

ServerProcess& ServerProcess::operator=(ServerProcess&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(output_, other.output_);
  std::swap(address_, other.address_);
  return *this;
}

ServerProcess::~ServerProcess() {
  kill();
  if (output_ >= 0) ::close(output_);
}

void ServerProcess::kill() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
  id_ = -1;
}

int ServerProcess::stop() {
  ::kill(id_, SIGTERM);
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace ionloom::netns
