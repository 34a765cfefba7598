#include <string>
#include <vector>

#include "app/command_line.h"

int main(int argc, char** argv) {
  return ionloom::app::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
}
