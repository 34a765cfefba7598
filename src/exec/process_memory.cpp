#include "exec/process_memory.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <malloc.h>
#include <sys/resource.h>

namespace ionloom::exec {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// Value in bytes of a "Name:   123 kB" line of a /proc file.
std::optional<std::uint64_t> proc_value(const char* path, const std::string& name) {
  std::ifstream file(path);
  std::string key;
  while (file >> key) {
    if (key == name + ":") {
      std::uint64_t kilobytes = 0;
      if (file >> kilobytes) return kilobytes * 1024;
      return std::nullopt;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  if (file >> value) return value;  // "max" is no number
  return std::nullopt;
}

/// What a control group leaves, for the two layouts (v2, v1) as seen from inside a container.
std::uint64_t control_group_room() {
  struct Files {
    const char* limit;
    const char* used;
  };
  std::uint64_t room = kUnlimited;
  for (const Files& files : {Files{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
                             Files{"/sys/fs/cgroup/memory/memory.limit_in_bytes",
                                   "/sys/fs/cgroup/memory/memory.usage_in_bytes"}}) {
    const auto limit = number_in(files.limit);
    const auto used = number_in(files.used);
    // Usage counts page cache, which gives way; so the limit itself is what matters.
    if (limit && used && *limit < kUnlimited / 4) room = std::min(room, *limit);
  }
  return room;
}

/// What `ulimit -v` and `ulimit -d` leave of this process's address space.
std::uint64_t resource_limit_room() {
  std::uint64_t room = kUnlimited;
  for (const auto& [resource, used_name] :
       {std::pair{RLIMIT_AS, "VmSize"}, std::pair{RLIMIT_DATA, "VmData"}}) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) continue;
    const std::uint64_t used = proc_value("/proc/self/status", used_name).value_or(0);
    room = std::min<std::uint64_t>(room, limit.rlim_cur > used ? limit.rlim_cur - used : 0);
  }
  return room;
}

}  // namespace

std::uint64_t peak_memory_bytes() {
  return proc_value("/proc/self/status", "VmHWM").value_or(0);
}

void reset_peak_memory() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5";
}

void release_freed_memory() {
  ::malloc_trim(0);
}

std::uint64_t available_memory_bytes() {
  const std::uint64_t system = proc_value("/proc/meminfo", "MemAvailable").value_or(kUnlimited);
  return std::min({system, control_group_room(), resource_limit_room()});
}

}  // namespace ionloom::exec
