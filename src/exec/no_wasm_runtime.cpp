#include "exec/wasm_runtime.h"

namespace ionloom::exec {

Result<std::unique_ptr<TaskRuntime>> open_wasm_runtime(const WasmSettings& /*settings*/) {
  return usage_error("this ionloom was built without WebAssembly; `make wasm` builds one with it");
}

}  // namespace ionloom::exec
