#include "exec/run_owner.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <unistd.h>

namespace ionloom::exec {
namespace {

constexpr std::string_view kFirstLine = "ionloom-run 1\n";

/// A machine since it was started, and which of its spaces of process numbers.
std::string machine_text() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  std::error_code error;
  const std::string numbers = std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
  return "machine " + boot + " " + numbers + "\n";
}

/// When a process was started, in clock ticks since the machine was; "" when there is none.
std::string start_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  // The name, in parentheses, may hold anything; the start is the 20th word behind it.
  std::istringstream words(text.substr(text.rfind(')') + 1));
  std::string word;
  for (int i = 0; i < 20; ++i) words >> word;
  return words ? word : "";
}

}  // namespace

std::string own_process_text() {
  const std::string process = std::to_string(::getpid());
  return std::string(kFirstLine) + machine_text() + "process " + process + " " + start_of("self") +
         "\n";
}

bool has_ended(std::string_view process_text) {
  const std::string here = std::string(kFirstLine) + machine_text() + "process ";
  if (!process_text.starts_with(here)) return false;
  std::istringstream words(std::string(process_text.substr(here.size())));
  std::string process;
  std::string start;
  if (!(words >> process >> start)) return false;
  return start_of(process) != start;
}

}  // namespace ionloom::exec
