#include "app/program_arguments.h"

#include "app/byte_size.h"
#include "app/geds_arguments.h"

namespace ionloom::app {
namespace {

void add_places(CLI::App& command, ProgramArguments& arguments) {
  command
      .add_option("--mount", arguments.mounts,
                  "a bucket that the program sees as the folder /geds/BUCKET, or what lies under\n"
                  "a prefix of it; in GEDS, or in another store (memory:, file:, shared:, s3:,\n"
                  "geds:). Read-only unless :rw is said. May be given again")
      ->type_name("/geds/BUCKET[/PREFIX][=STORE][:ro|:rw]")
      ->take_all();
  command
      .add_option("--dir", arguments.folders,
                  "a folder of this machine that the program sees, as PATH if given.\n"
                  "Read-only unless :rw is said. May be given again")
      ->type_name("FOLDER[::PATH][:ro|:rw]")
      ->take_all();
  command.add_option("--geds", arguments.geds, "GEDS's metadata server")->type_name("HOST:PORT");
  command
      .add_option("--node", arguments.node,
                  "the node that keeps what the program writes (default: one that this command\n"
                  "serves while it runs, and whose objects end with it)")
      ->type_name("HOST:PORT");
  command
      .add_option("--node-memory", arguments.node_memory_bytes,
                  "bound on what a node served here keeps")
      ->transform(byte_size())
      ->default_str("1G")
      ->type_name("SIZE");
  add_geds_access(command, arguments.token, arguments.authorities);
  command
      .add_option("--env", arguments.environment,
                  "a variable of the program's environment, which has no others")
      ->type_name("NAME=VALUE")
      ->take_all();
}

void add_limits(CLI::App& command, ProgramArguments& arguments) {
  command.add_option("--memory", arguments.memory_bytes, "memory that the program may have")
      ->transform(byte_size())
      ->default_str("4Gi")
      ->type_name("SIZE");
  command
      .add_option("--fuel", arguments.fuel, "instructions that it may take, about (slows it down)")
      ->type_name("N");
  command.add_option("--time", arguments.time_s, "seconds that it may take")
      ->check(CLI::Range(0.001, 1e9))
      ->type_name("S");
  command.add_option("--max-bytes", arguments.written_bytes, "bytes that it may write")
      ->transform(byte_size())
      ->type_name("SIZE");
  command
      .add_option("--max-objects", arguments.created_objects,
                  "objects, files and folders that it may create")
      ->type_name("N");
  command.add_option("--max-handles", arguments.handles, "files that it may have open at a time")
      ->check(CLI::Range(4, 1 << 20))
      ->capture_default_str()
      ->type_name("N");
}

}  // namespace

void add_wasm(CLI::App& app, ProgramArguments& arguments) {
  CLI::App* group = app.add_subcommand(
      "wasm", "Run a WebAssembly program, which sees buckets of GEDS as folders");
  group->require_subcommand(1);
  CLI::App* command =
      group->add_subcommand("run",
                            "Run a WASI preview 1 program, or a component that imports\n"
                            "wasi:keyvalue: its exit code is this command's");
  command->add_option("program", arguments.program, "the program")
      ->required()
      ->type_name("APP.wasm");
  command->add_option("arguments", arguments.arguments, "its arguments, behind --")
      ->type_name("-- ARGS");
  add_places(*command, arguments);
  add_limits(*command, arguments);
}

}  // namespace ionloom::app
