#include "app/geds_command.h"

#include <string>

#include "app/geds_objects.h"
#include "app/geds_servers.h"

namespace ionloom::app {

Result<void> run_geds(std::string_view command, const GedsArguments& arguments) {
  if (command == "serve-metadata") return serve_metadata(arguments);
  if (command == "node") return serve_node(arguments);
  if (command == "put") return put_object(arguments);
  if (command == "get") return get_object(arguments);
  if (command == "ls") return list_objects(arguments);
  if (command == "stat") return show_object(arguments);
  if (command == "rm") return remove_object(arguments);
  if (command == "watch") return watch_objects(arguments);
  if (command == "register-s3") return register_s3(arguments);
  if (command == "relocate") return relocate_objects(arguments);
  return usage_error("geds has no command " + std::string(command));
}

}  // namespace ionloom::app
