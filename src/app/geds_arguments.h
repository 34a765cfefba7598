#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace ionloom::app {

/// `ionloom geds COMMAND ...` as the user typed it. One command uses a part of it.
struct GedsArguments {
  std::string listen = "127.0.0.1:4381";       ///< of serve-metadata
  std::string node_listen = "127.0.0.1:4382";  ///< of node
  std::string metadata = "127.0.0.1:4381";
  std::string node = "127.0.0.1:4382";
  std::string host;
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::optional<std::filesystem::path> shared_memory;
  std::string disk;  ///< "DIR:SIZE"
  std::uint32_t lease_ms = 1500;
  int copies = 1;
  int copy_again_s = 10;
  std::string object;          ///< "bucket/key", or "bucket[/prefix]"
  std::filesystem::path file;  ///< to put
  std::optional<std::filesystem::path> output;
  std::string range;  ///< "OFFSET:LENGTH"
  double mbit_s = 0;  ///< that is read at most; 0: no bound
  bool recursive = false;
  std::uint64_t most_events = 0;  ///< 0: without end
  std::string endpoint_url;
  std::string access_key;
  std::string secret_key;
  std::string token;
  std::optional<std::filesystem::path> authorities;
  std::optional<std::filesystem::path> state;
  std::string http = "127.0.0.1:4380";
  std::optional<std::filesystem::path> token_file;
  std::optional<std::filesystem::path> tls_certificate;
  std::optional<std::filesystem::path> tls_key;
  std::string log = "text";        ///< "text", "json" or "off"
  std::string log_level = "info";  ///< the least that is told
  bool any_names = false;
  bool relocate_on_exit = false;
  bool json = false;
};

/// Adds --token (or IONLOOM_GEDS_TOKEN) and --tls-ca to a command that calls GEDS's servers.
void add_geds_access(CLI::App& command, std::string& token,
                     std::optional<std::filesystem::path>& authorities);

/// Adds the command `geds` with its commands, their options and help; parsing fills `arguments`,
/// which must live as long as `app`.
void add_geds(CLI::App& app, GedsArguments& arguments);

}  // namespace ionloom::app
