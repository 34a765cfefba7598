#include "geds/shared_objects.h"

#include <fstream>

#include <fmt/core.h>
#include <sys/stat.h>

#include "store/shared_memory_tier.h"

namespace ionloom::geds {
namespace {

/// The running kernel's own name; "" when it has none.
std::string machine() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return boot;
}

}  // namespace

std::string shared_folder_text(const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(folder, error);
  struct stat status {};
  const std::string here = machine();
  if (error || here.empty() || ::stat(whole.c_str(), &status) != 0) return {};
  return fmt::format("{} {} {} {}", here, status.st_dev, status.st_ino, whole.string());
}

std::shared_ptr<store::ObjectStore> open_shared_folder(const std::string& text) {
  std::size_t path = 0;
  for (int word = 0; word < 3; ++word) {
    path = text.find(' ', path);
    if (path == std::string::npos) return nullptr;
    ++path;
  }
  const std::filesystem::path folder = text.substr(path);
  if (shared_folder_text(folder) != text) return nullptr;
  // Nothing is put there from here, so that nothing is to be allowed.
  auto opened = store::SharedMemoryTier::open(folder, 0);
  if (!opened) return nullptr;
  return *std::move(opened);
}

}  // namespace ionloom::geds
