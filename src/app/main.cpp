#include <cstdio>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "app/command_line.h"
#include "app/standard_streams.h"

// Results are values everywhere; these two are what libraries throw when the machine gives out.
// They are caught here so that the stack unwinds and nothing half-written stays.
int main(int argc, char** argv) {
  try {
    ionloom::app::fill_standard_streams();
    return ionloom::app::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::bad_alloc&) {
    std::fputs("error: memory ran out; fewer --threads or shorter molecule lists take less\n",
               stderr);
    return 3;
  } catch (const std::system_error& error) {  // fmt::print to a pipe or terminal that is gone
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
