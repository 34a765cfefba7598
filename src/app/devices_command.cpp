#include "app/devices_command.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "app/duration.h"
#include "app/known_devices.h"
#include "app/known_models.h"
#include "app/one_of.h"
#include "app/progress_line.h"
#include "app/standard_streams.h"
#include "app/whole_file.h"
#include "base/units.h"
#include "sites/measured_kappas.h"

namespace ionloom::app {
namespace {

std::int64_t now_unix_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

bool has_kappas(const sites::DeviceRecord& device) {
  return std::ranges::any_of(device.kappas, [](const auto& kappa) { return kappa.has_value(); });
}

/// This machine, with what calibrate and earlier runs have measured.
Result<sites::DeviceRecord> measured_here(const DevicesOptions& options) {
  sites::DeviceRecord device = this_device();
  const std::string machine = options.machine.empty() ? this_machine() : options.machine;
  device.runtime = sites::runtime_from_name(options.runtime).value_or(sites::Runtime::kNative);
  const KnownModels known = learn_again();
  if (!known.trouble.empty()) say(stderr, "warning: {}\n", known.trouble);
  device.kappas =
      sites::measured_kappas(known.models, known_measurements(), machine, device.runtime);
  device.pace = sites::measured_pace(known_measurements(), machine).value_or(1);
  if (!has_kappas(device)) {
    return usage_error(
        fmt::format("nothing was measured on \"{}\" with the runtime {}: ionloom calibrate{} does "
                    "that in under 10 s",
                    machine, options.runtime,
                    options.machine.empty() ? "" : " --device \"" + options.machine + "\""));
  }
  device.name = options.name.empty() ? machine : options.name;
  device.measured_unix_s = now_unix_s();
  return device;
}

Result<sites::DeviceRecord> record_from(const std::string& file) {
  const bool is_stdin = file == "-";
  const auto text =
      is_stdin ? Result<std::string>(std::string(std::istreambuf_iterator<char>(std::cin), {}))
               : read_whole_file(file, "a device record of ionloom");
  if (!text) return std::unexpected(text.error());
  return sites::parse_device_record(*text, is_stdin ? "stdin" : file);
}

/// What the command says of the link and of power; what was seen of the link before stays.
void take_options(const DevicesOptions& options, sites::DeviceRecord& device) {
  if (options.up_mbit_s) device.link.up_bytes_s.add(*options.up_mbit_s * kMbit_bytes);
  if (options.down_mbit_s) device.link.down_bytes_s.add(*options.down_mbit_s * kMbit_bytes);
  if (options.latency_ms) device.link.latency_s.add(*options.latency_ms / 1000);
  if (options.idle_w) device.idle_w = *options.idle_w;
  if (options.active_w) device.active_w = *options.active_w;
  if (options.link_j_byte) device.link_j_byte = *options.link_j_byte;
}

Result<void> add(const DevicesOptions& options) {
  auto device = options.from ? record_from(*options.from) : measured_here(options);
  if (!device) return std::unexpected(device.error());
  if (!options.name.empty()) device->name = options.name;
  const auto path = device_path(device->name);
  if (!path) return std::unexpected(path.error());
  std::error_code error;
  if (!options.from && std::filesystem::exists(*path, error)) {
    const auto before = find_device(path->string());
    if (!before) return std::unexpected(before.error());
    device->link = before->link;
    device->idle_w = before->idle_w;
    device->active_w = before->active_w;
    device->link_j_byte = before->link_j_byte;
  }
  take_options(options, *device);
  if (auto kept = keep_device(*device); !kept) return kept;
  if (options.json) {
    say(stdout, "{}", sites::device_record_text(*device));
  } else {
    say(stdout, "Kept \"{}\" in {}\n", device->name, path->string());
  }
  return {};
}

std::string rate_text(const sites::RecentValues& bytes_s) {
  if (bytes_s.empty()) return "-";
  return fmt::format("{:.3g}", bytes_s.quantile(0.5) / kMbit_bytes);
}

std::string latency_text(const sites::RecentValues& seconds) {
  return seconds.empty() ? "-" : fmt::format("{:.3g} ms", 1000 * seconds.quantile(0.5));
}

std::string pace_text(double pace) {
  return fmt::format(
      "takes {:.2f} times as long as below: others shared its cores while it was measured",
      1 / pace);
}

Result<void> list(const DevicesOptions& options) {
  auto devices = known_devices();
  if (!devices) return std::unexpected(devices.error());
  if (options.json) {
    if (options.filled) fill_kappas(*devices);
    std::string text = "[";
    for (const sites::DeviceRecord& device : *devices) {
      text += (text.size() > 1 ? ",\n" : "\n") + sites::device_record_text(device);
      text.pop_back();
    }
    say(stdout, "{}\n]\n", text);
    return {};
  }
  if (devices->empty()) {
    say(stdout, "No device is known; ionloom devices add makes the record of this one\n");
    return {};
  }
  std::vector<sites::DeviceRecord> filled = *devices;
  fill_kappas(filled);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const sites::DeviceRecord& device = filled[i];
    say(stdout, "{}\n  {}, {}, {}, {}\n  link {} Mb/s up, {} Mb/s down, {} there and back\n",
        device.name, device.instruction_set, counted(device.cores, "core", "cores"),
        readable_bytes(device.memory_bytes), sites::runtime_name(device.runtime),
        rate_text(device.link.up_bytes_s), rate_text(device.link.down_bytes_s),
        latency_text(device.link.latency_s));
    if (device.active_w > 0) {
      say(stdout, "  {:g} W idle, {:g} W at work\n", device.idle_w, device.active_w);
    }
    if (device.pace < 1) say(stdout, "  {}\n", pace_text(device.pace));
    std::string kappas;
    for (const plan::Stage stage : plan::kStages) {
      const auto at = static_cast<std::size_t>(stage);
      if (!device.kappas[at]) continue;
      kappas += fmt::format("  {} {}{:.3g}", plan::stage_name(stage),
                            (*devices)[i].kappas[at] ? "" : "~", *device.kappas[at]);
    }
    say(stdout,
        "  times as long as on the machine of ionloom's defaults (~: not measured, filled "
        "from other devices)\n  {}\n",
        kappas);
  }
  return {};
}

/// What differs between a record and the machine that the command runs on.
std::vector<std::string> differences(const sites::DeviceRecord& device) {
  const sites::DeviceRecord here = this_device();
  std::vector<std::string> found;
  if (device.instruction_set != here.instruction_set) {
    found.push_back(fmt::format("instruction set: {} in the record, {} here",
                                device.instruction_set, here.instruction_set));
  }
  if (device.cores > here.cores) {
    found.push_back(fmt::format("cores: {} in the record, {} here", device.cores, here.cores));
  }
  if (device.memory_bytes > here.memory_bytes) {
    found.push_back(fmt::format("memory: {} in the record, {} here",
                                readable_bytes(device.memory_bytes),
                                readable_bytes(here.memory_bytes)));
  }
  if (device.measured_unix_s > now_unix_s()) {
    found.emplace_back("clock: the record was measured in this machine's future");
  }
  const KnownModels known = known_models();
  const sites::Kappas now =
      sites::measured_kappas(known.models, known_measurements(), this_machine(), device.runtime);
  constexpr double kDrift = 1.3;
  for (const plan::Stage stage : plan::kStages) {
    const auto at = static_cast<std::size_t>(stage);
    if (!now[at] || !device.kappas[at]) continue;
    if (std::abs(std::log(*now[at] / *device.kappas[at])) > std::log(kDrift)) {
      found.push_back(
          fmt::format("{}: {:.3g} times as long as the defaults in the record, {:.3g} "
                      "by what was measured since",
                      plan::stage_name(stage), *device.kappas[at], *now[at]));
    }
  }
  return found;
}

Result<void> check(const DevicesOptions& options) {
  const auto device = find_device(options.name);
  if (!device) return std::unexpected(device.error());
  const std::vector<std::string> found = differences(*device);
  if (found.empty()) {
    say(stdout, "\"{}\" is this machine as its record says\n", device->name);
    return {};
  }
  for (const std::string& difference : found) say(stdout, "{}\n", difference);
  return data_error(device->name,
                    "is not this machine as its record says; ionloom calibrate and "
                    "then ionloom devices add make it anew");
}

Result<void> remove(const DevicesOptions& options) {
  const auto device = find_device(options.name);
  if (!device) return std::unexpected(device.error());
  const auto path = device_path(device->name);
  if (!path) return std::unexpected(path.error());
  std::error_code error;
  std::filesystem::remove(*path, error);
  if (error) return data_error(path->string(), "cannot be removed: " + error.message());
  say(stdout, "Removed \"{}\"\n", device->name);
  return {};
}

void add_measures(CLI::App& command, DevicesOptions& options) {
  const auto number = [&](const char* name, std::optional<double>& into, const char* help,
                          const char* type) {
    command.add_option(name, into, help)
        ->check(CLI::NonNegativeNumber.description(""))
        ->type_name(type);
  };
  number("--up", options.up_mbit_s, "bandwidth of its link to the network, as seen now", "MBIT/S");
  number("--down", options.down_mbit_s, "and from the network", "MBIT/S");
  number("--latency", options.latency_ms, "there and back", "MS");
  number("--idle-power", options.idle_w, "electrical power when nothing runs", "WATT");
  number("--active-power", options.active_w, "and with all cores at work", "WATT");
  number("--link-energy", options.link_j_byte, "energy to send or receive a byte", "JOULE");
}

}  // namespace

void add_devices(CLI::App& app, DevicesOptions& options) {
  CLI::App* group = app.add_subcommand(
      "devices", "Keep records of devices, so that plans can place stages on them");
  group->require_subcommand(1);
  CLI::App* added = group->add_subcommand(
      "add", "Make this machine's record from what ionloom calibrate measured, or take another's");
  added->add_option("name", options.name, "what to call it (default: the machine's name)")
      ->type_name("NAME");
  added->add_option("--from", options.from, "take the record of another device; - for stdin")
      ->type_name("FILE|-");
  added
      ->add_option("--device", options.machine,
                   "name under which calibrate measured it (default: this machine's)")
      ->excludes("--from")
      ->type_name("NAME");
  added->add_option("--runtime", options.runtime, "how it runs the stages")
      ->check(one_of({"native", "precompiled", "jit", "interpreted"}))
      ->capture_default_str()
      ->type_name("NAME");
  add_measures(*added, options);
  added->add_flag("--json", options.json, "print the record (docs/formats/device.md)");
  CLI::App* listed = group->add_subcommand("list", "Show all devices that are known");
  CLI::Option* json = listed->add_flag("--json", options.json, "print their records");
  listed
      ->add_flag("--filled", options.filled,
                 "with the kappas that plans go by: what was not measured is filled")
      ->needs(json);
  CLI::App* checked = group->add_subcommand(
      "check", "Tell whether this machine still is what a record says; fails when it is not");
  CLI::App* removed = group->add_subcommand("remove", "Forget a device");
  for (CLI::App* command : {checked, removed}) {
    command->add_option("name", options.name, "the device, or a record's file")
        ->required()
        ->type_name("NAME|FILE.json");
  }
}

Result<void> run_devices(const std::string& action, const DevicesOptions& options) {
  if (action == "add") return add(options);
  if (action == "list") return list(options);
  if (action == "check") return check(options);
  return remove(options);
}

}  // namespace ionloom::app
