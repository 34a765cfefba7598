#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ionloom::app::testing {

/// How a run of the built command ended, and what it printed.
struct Finished {
  int exit_code = -1;  ///< minus the signal's number when one ended it
  std::string out;
  std::string err;
};

struct ProgramSettings {
  std::vector<std::string> environment = {};  ///< "NAME=value", beside the test's own without HOME
  std::optional<std::uint64_t> file_size_limit_bytes = {};
  std::optional<std::uint64_t> memory_limit_bytes = {};  ///< of the address space
  std::filesystem::path control_group = {};  ///< list of processes of the one to run in, or empty
  bool terminal = false;                     ///< stderr is a terminal of 80 columns
  bool own_group = false;  ///< of processes, as a shell's command that Ctrl-C goes to
};

/// build/bin/ionloom as a process of its own, started with default signal handling.
class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const ProgramSettings& settings = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// Blocks until stderr holds the text; the test fails when the program ends without it.
  void wait_for(const std::string& text);
  void send(int signal) const;
  /// To all processes of its group. REQUIRES: own_group
  void send_to_group(int signal) const;
  /// Reads all output and waits for the end.
  Finished finish();

 private:
  /// Reads what is there, blocking until something is. @return false at the end of both streams
  bool read_some();

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Finished finished_;
};

Finished run(const std::vector<std::string>& arguments, const ProgramSettings& settings = {});

/// Fails the test unless the program ended with this code, and with one sentence on stderr that
/// begins "error: " and holds all the parts; `warning:` lines and progress may stand before it.
void expect_error(const Finished& finished, int exit_code, const std::vector<std::string>& parts);

}  // namespace ionloom::app::testing
