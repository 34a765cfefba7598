#include "app/info_command.h"

namespace ionloom::app {

Result<void> run_info(const InfoOptions&, std::ostream&) {
  return usage_error("info is being built");
}

}  // namespace ionloom::app
