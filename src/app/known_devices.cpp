#include "app/known_devices.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "app/joined.h"
#include "app/known_models.h"
#include "app/nearest_name.h"
#include "app/whole_file.h"
#include "files/output_file.h"
#include "plan/learned_models.h"
#include "sites/measured_kappas.h"

namespace ionloom::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "a device record of ionloom";

Result<sites::DeviceRecord> read_device(const fs::path& path) {
  const auto text = read_whole_file(path, kWhat);
  if (!text) return std::unexpected(text.error());
  return sites::parse_device_record(*text, path.string());
}

bool may_be_in_a_name(char letter) {
  const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  return is_letter || (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' ||
         letter == '_';
}

}  // namespace

std::optional<fs::path> devices_folder() {
  const auto measurements = measurements_path();
  if (!measurements) return std::nullopt;
  return measurements->parent_path() / "devices";
}

Result<fs::path> device_path(std::string_view name) {
  const auto folder = devices_folder();
  if (!folder) {
    return usage_error(
        "devices have no place: none of IONLOOM_MEASUREMENTS, XDG_DATA_HOME and HOME is set");
  }
  std::string file(name);
  std::ranges::replace_if(
      file, [](char letter) { return !may_be_in_a_name(letter); }, '_');
  if (file.find_first_not_of("._") == std::string::npos) {
    return usage_error(fmt::format("\"{}\" is no name for a device: it has no letter", name));
  }
  if (file.front() == '.') file.front() = '_';  // else it would be hidden
  return *folder / (file + ".json");
}

Result<std::vector<sites::DeviceRecord>> known_devices() {
  std::vector<sites::DeviceRecord> devices;
  const auto folder = devices_folder();
  std::error_code error;
  if (!folder || !fs::is_directory(*folder, error)) return devices;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(*folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".json") && name.front() != '.') files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    auto device = read_device(file);
    if (!device) return std::unexpected(device.error());
    devices.push_back(std::move(*device));
  }
  return devices;
}

Result<sites::DeviceRecord> find_device(const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".json")) return read_device(name);
  auto devices = known_devices();
  if (!devices) return std::unexpected(devices.error());
  std::vector<std::string> names;
  for (sites::DeviceRecord& device : *devices) {
    if (device.name == name) return std::move(device);
    names.push_back(device.name);
  }
  if (names.empty()) {
    return usage_error(fmt::format(
        "device \"{}\" is not known, nor any other: ionloom devices add makes a record", name));
  }
  const auto nearest = nearest_name(name, names);
  return usage_error(fmt::format("device \"{}\" is not one of {}, nor a file{}", name,
                                 joined(names, ", "),
                                 nearest ? fmt::format("; did you mean {}?", *nearest) : ""));
}

Result<void> keep_device(const sites::DeviceRecord& device) {
  const auto path = device_path(device.name);
  if (!path) return std::unexpected(path.error());
  std::error_code error;
  fs::create_directories(path->parent_path(), error);
  return files::write_file(*path, sites::device_record_text(device));
}

void fill_kappas(std::vector<sites::DeviceRecord>& devices) {
  std::vector<sites::Kappas> known(devices.size());
  std::ranges::transform(devices, known.begin(), &sites::DeviceRecord::kappas);
  std::vector<sites::Runtime> runtimes(devices.size());
  std::ranges::transform(devices, runtimes.begin(), &sites::DeviceRecord::runtime);
  const KnownModels models = known_models();
  const std::vector<plan::Measurement> measurements = known_measurements();
  for (const sites::Runtime runtime :
       {sites::Runtime::kNative, sites::Runtime::kPrecompiled, sites::Runtime::kInterpreted}) {
    known.push_back(
        sites::measured_kappas(models.models, measurements, plan::kReferenceMachine, runtime));
    runtimes.push_back(runtime);
  }
  const std::vector<sites::Kappas> filled = sites::filled_kappas(known, runtimes);
  for (std::size_t i = 0; i < devices.size(); ++i) devices[i].kappas = filled[i];
}

sites::DeviceRecord this_device() {
  sites::DeviceRecord device{.name = this_machine(),
                             .cores = std::max(1U, std::thread::hardware_concurrency())};
  utsname names{};
  if (::uname(&names) == 0) device.instruction_set = static_cast<const char*>(names.machine);
  const auto pages = ::sysconf(_SC_PHYS_PAGES);
  const auto page_bytes = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && page_bytes > 0) {
    device.memory_bytes =
        static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
  }
  return device;
}

}  // namespace ionloom::app
