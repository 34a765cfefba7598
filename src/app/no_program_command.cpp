#include "app/program_command.h"

namespace ionloom::app {

Result<std::int32_t> run_program_command(const ProgramArguments& /*arguments*/) {
  return usage_error("this ionloom was built without WebAssembly; `make wasm` builds one with it");
}

}  // namespace ionloom::app
