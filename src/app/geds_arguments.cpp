#include "app/geds_arguments.h"

#include "app/byte_size.h"

namespace ionloom::app {
namespace {

void add_server_options(CLI::App& command, GedsArguments& arguments) {
  command
      .add_option("--http", arguments.http,
                  "address for Prometheus (/metrics) and probes (/healthz); \"off\" for none")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  command.add_option("--tls-cert", arguments.tls_certificate, "certificate chain, PEM: speak TLS")
      ->type_name("FILE");
  command.add_option("--tls-key", arguments.tls_key, "its private key, PEM")->type_name("FILE");
  command
      .add_option(
          "--log", arguments.log,
          "tell what happens on stderr, a line an event: as text (name=value), as json, or\n"
          "off")
      ->check(CLI::IsMember({"text", "json", "off"}))
      ->capture_default_str()
      ->type_name("FORM");
  command.add_option("--log-level", arguments.log_level, "the least that is told")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str()
      ->type_name("LEVEL");
  command.add_flag("--json", arguments.json, "print JSON, one object a line");
}

void add_serve_metadata(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = group.add_subcommand(
      "serve-metadata", "Serve the metadata: which objects there are, and where they lie");
  command->add_option("--listen", arguments.listen, "address; port 0 takes a free one")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  command
      ->add_option("--state", arguments.state,
                   "folder with log and snapshots: what was acknowledged survives a crash\n"
                   "(default: in memory only, as IBM's server)")
      ->type_name("DIR");
  command
      ->add_option("--token-file", arguments.token_file,
                   "bearer tokens, one a line; callers without one are refused. The word\n"
                   "\"secrets\" behind a token lets its bearer see the keys of S3 stores")
      ->type_name("FILE");
  command->add_flag("--any-names", arguments.any_names,
                    "also take names with control characters, as IBM's server");
  add_server_options(*command, arguments);
}

void add_node(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = group.add_subcommand(
      "node", "Hold objects in this machine's memory and serve them to others");
  command->add_option("--metadata", arguments.metadata, "the metadata server")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  command
      ->add_option("--listen", arguments.node_listen,
                   "address for gRPC; data goes through the next free port above it")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  command
      ->add_option("--host", arguments.host,
                   "name by which others reach this node (default: the address it listens on)")
      ->type_name("HOST");
  command->add_option("--memory", arguments.memory_bytes, "bound on objects in memory, e.g. 4G")
      ->transform(byte_size())
      ->default_str("1G")
      ->type_name("SIZE");
  command
      ->add_option("--shared-memory", arguments.shared_memory,
                   "a folder in a tmpfs, such as /dev/shm/node, as the memory: programs of this\n"
                   "machine that may open it see objects where they lie, tokens or not")
      ->type_name("DIR");
  command
      ->add_option("--disk", arguments.disk,
                   "folder and bound for objects that do not fit into memory, e.g. /scratch:10G;\n"
                   "what is there already is served again (default: none)")
      ->type_name("DIR:SIZE");
  command
      ->add_option("--lease-ms", arguments.lease_ms,
                   "after this silence, in milliseconds, the node's objects are UNAVAILABLE;\n"
                   "0 for no leases")
      ->capture_default_str()
      ->type_name("MS");
  command
      ->add_option("--token-file", arguments.token_file,
                   "bearer tokens, one a line; others may neither read nor put")
      ->type_name("FILE");
  command
      ->add_option("--copies", arguments.copies,
                   "nodes that hold an object put here before its put is acknowledged, 1 or 2:\n"
                   "the second is another living node; when this one dies, readers find the\n"
                   "object there")
      ->check(CLI::Range(1, 2))
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--copy-again-s", arguments.copy_again_s,
                   "so many seconds after another node has died, copies that it held of objects\n"
                   "here are made again on a third; 0 for never")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str()
      ->type_name("S");
  command->add_flag("--relocate-on-exit", arguments.relocate_on_exit,
                    "on SIGTERM, first move all objects to the S3 stores registered for their\n"
                    "buckets; exit 4 when some could not go");
  add_geds_access(*command, arguments.token, arguments.authorities);
  add_server_options(*command, arguments);
}

/// A command about objects, for which it asks the metadata server.
CLI::App* add_object_command(CLI::App& group, const char* name, const char* about,
                             GedsArguments& arguments) {
  CLI::App* command = group.add_subcommand(name, about);
  command->add_option("--metadata", arguments.metadata, "the metadata server")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  add_geds_access(*command, arguments.token, arguments.authorities);
  command->add_flag("--json", arguments.json, "print JSON");
  return command;
}

void add_object(CLI::App& command, GedsArguments& arguments, const char* type, const char* about) {
  command.add_option("object", arguments.object, about)->required()->type_name(type);
}

void add_put(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = group.add_subcommand("put", "Have a node keep a file as an object");
  command->add_option("file", arguments.file, "its content")->required()->type_name("FILE");
  add_object(*command, arguments, "BUCKET/KEY", "the object's name; the bucket is made if needed");
  command->add_option("--node", arguments.node, "the node that keeps it")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  add_geds_access(*command, arguments.token, arguments.authorities);
  command->add_flag("--json", arguments.json, "print JSON");
}

void add_get(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command =
      add_object_command(group, "get", "Read an object, or a range of it", arguments);
  add_object(*command, arguments, "BUCKET/KEY", "the object");
  command->add_option("--range", arguments.range, "bytes from OFFSET on, LENGTH at most")
      ->type_name("OFFSET:LENGTH");
  command->add_option("-o,--output", arguments.output, "file to write (default: stdout)")
      ->type_name("FILE");
  command
      ->add_option("--mbit-s", arguments.mbit_s,
                   "read no faster, where others need the link too, Mbit/s (default: no bound)")
      ->check(CLI::Range(0.01, 1e6))
      ->type_name("RATE");
}

void add_list(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = add_object_command(
      group, "ls", "List the buckets, or what lies under a prefix of one", arguments);
  command->add_option("object", arguments.object, "where to look (default: the buckets)")
      ->type_name("BUCKET[/PREFIX]");
  command->add_flag("-r,--recursive", arguments.recursive, "also what lies in folders");
}

void add_remove(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = add_object_command(group, "rm", "Remove an object", arguments);
  add_object(*command, arguments, "BUCKET/KEY", "the object, or a prefix with --recursive");
  command->add_flag("-r,--recursive", arguments.recursive, "remove all that begins with the name");
}

void add_watch(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = add_object_command(
      group, "watch", "Tell what is created, updated and deleted, as it happens", arguments);
  add_object(*command, arguments, "BUCKET[/PREFIX]", "where to watch");
  command->add_option("-n,--events", arguments.most_events, "end after so many (default: never)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
}

void add_register_s3(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = add_object_command(
      group, "register-s3", "Tell the metadata server which S3 store stands behind a bucket",
      arguments);
  add_object(*command, arguments, "BUCKET", "the bucket");
  command->add_option("--endpoint", arguments.endpoint_url, "URL of the store")
      ->required()
      ->type_name("URL");
  command->add_option("--access-key", arguments.access_key, "its access key")
      ->envname("AWS_ACCESS_KEY_ID")
      ->type_name("KEY");
  command->add_option("--secret-key", arguments.secret_key, "its secret key")
      ->envname("AWS_SECRET_ACCESS_KEY")
      ->type_name("KEY");
}

void add_relocate(CLI::App& group, GedsArguments& arguments) {
  CLI::App* command = group.add_subcommand(
      "relocate", "Have a node move its objects to the S3 stores registered for their buckets");
  command->add_option("bucket", arguments.object, "only this bucket (default: all)")
      ->type_name("BUCKET");
  command->add_option("--node", arguments.node, "the node that holds them")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  add_geds_access(*command, arguments.token, arguments.authorities);
  command->add_flag("--json", arguments.json, "print JSON");
}

}  // namespace

void add_geds_access(CLI::App& command, std::string& token,
                     std::optional<std::filesystem::path>& authorities) {
  command.add_option("--token", token, "bearer token, for servers that ask for one")
      ->envname("IONLOOM_GEDS_TOKEN")
      ->type_name("TOKEN");
  command
      .add_option("--tls-ca", authorities,
                  "certificates of who signed the servers' own, PEM: speak TLS to them")
      ->type_name("FILE");
}

void add_geds(CLI::App& app, GedsArguments& arguments) {
  CLI::App* group = app.add_subcommand(
      "geds",
      "Keep objects in the memory of machines and share them, speaking IBM GEDS's protocol");
  group->require_subcommand(1);
  add_serve_metadata(*group, arguments);
  add_node(*group, arguments);
  add_put(*group, arguments);
  add_get(*group, arguments);
  add_list(*group, arguments);
  CLI::App* stat = add_object_command(*group, "stat", "Tell where an object lies", arguments);
  add_object(*stat, arguments, "BUCKET/KEY", "the object");
  add_remove(*group, arguments);
  add_watch(*group, arguments);
  add_register_s3(*group, arguments);
  add_relocate(*group, arguments);
}

}  // namespace ionloom::app
