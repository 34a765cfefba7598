#include <fmt/core.h>

int main() {
  fmt::print("ionloom\n");
  return 0;
}
