#include "bench/store/resident_memory.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <vector>

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/store/place.h"

namespace ionloom::bench {
namespace {

const std::string kKey = "resident";

struct Resident {
  std::int64_t own_bytes = 0;
  std::int64_t shared_bytes = 0;
};

Resident resident() {
  Resident now;
  std::ifstream file("/proc/self/status");
  std::string name;
  while (file >> name) {
    std::int64_t kilobytes = 0;
    if (name == "RssAnon:" && file >> kilobytes) now.own_bytes = kilobytes * 1024;
    if (name == "RssShmem:" && file >> kilobytes) now.shared_bytes = kilobytes * 1024;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return now;
}

void put_in_another_process(const std::string& place, std::size_t size_bytes) {
  const ::pid_t child = ::fork();
  if (child < 0) give_up("no process can be started");
  if (child == 0) {
    open_place(place)->put(kKey, std::vector<std::byte>(size_bytes, std::byte{7}));
    std::_Exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) < 0 || status != 0) give_up("the object could not be put");
}

}  // namespace

void print_resident_memory(const std::string& how, const std::string& place,
                           std::size_t size_bytes) {
  put_in_another_process(place, size_bytes);
  const auto opened = open_place(place);
  const Resident before = resident();
  // A view needs no room; a copy gets it here, untouched, so that it counts when it is filled.
  std::vector<std::byte> buffer;
  if (how == "copy") buffer.resize(size_bytes + 1);
  const auto bytes = opened->get(kKey, buffer);
  std::uint64_t sum = 0;
  for (const std::byte byte : bytes) sum += static_cast<std::uint64_t>(byte);
  const Resident after = resident();
  if (sum != size_bytes * 7) give_up(place + ": gave other bytes than were put");
  opened->remove(kKey);
  fmt::print(R"({{"own_bytes": {}, "shared_bytes": {}}})"
             "\n",
             after.own_bytes - before.own_bytes, after.shared_bytes - before.shared_bytes);
}

}  // namespace ionloom::bench
