#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace ionloom::app {

/// `ionloom wasm run APP.wasm ... -- ARGS` as the user typed it.
struct ProgramArguments {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::string geds;  ///< "host:port" of the metadata server; "" for none
  std::string node;  ///< "host:port" of the node that keeps new objects; "": served here
  std::string token;
  std::optional<std::filesystem::path> authorities;
  std::vector<std::string> mounts;
  std::vector<std::string> folders;
  std::vector<std::string> environment;  ///< "NAME=VALUE"
  std::uint64_t node_memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t memory_bytes = std::uint64_t{1} << 32;
  std::optional<std::uint64_t> fuel;
  std::optional<double> time_s;
  std::optional<std::uint64_t> written_bytes;
  std::optional<std::uint64_t> created_objects;
  std::uint32_t handles = 1024;
};

/// Adds the command `wasm` with its command `run`.
void add_wasm(CLI::App& app, ProgramArguments& arguments);

}  // namespace ionloom::app
