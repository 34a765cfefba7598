#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sites/device_record.h"

namespace ionloom::app {

/// The folder of device records, beside the measurements; absent when these have no place.
[[nodiscard]] std::optional<std::filesystem::path> devices_folder();

/// A record's file: "NAME.json", what file names cannot carry in NAME as "_". Fails (kUsage) when
/// there is no folder, or nothing of the name is left.
[[nodiscard]] Result<std::filesystem::path> device_path(std::string_view name);

/// All records, by name. Fails as parse_device_record(): a file that is none is named.
[[nodiscard]] Result<std::vector<sites::DeviceRecord>> known_devices();

/// The record of a name, or of a file (a name with a '/' or that ends in ".json"). Fails (kUsage)
/// for another name, with those that exist.
[[nodiscard]] Result<sites::DeviceRecord> find_device(const std::string& name);

/// Fails as files::write_file().
[[nodiscard]] Result<void> keep_device(const sites::DeviceRecord& device);

/// The same devices with every kappa that can be had: those that are missing are filled from all
/// devices that are known and the machine of ionloom's defaults, which has 1.
void fill_kappas(std::vector<sites::DeviceRecord>& devices);

/// What this machine is: instruction set, cores, memory. Nothing else is known.
[[nodiscard]] sites::DeviceRecord this_device();

}  // namespace ionloom::app
