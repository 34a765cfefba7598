#pragma once

#include <cstdint>

// What the host gives the module: its imports (docs/formats/stage-abi.md).

extern "C" {

__attribute__((import_module("ionloom"), import_name("read"))) std::int32_t host_read(
    std::uint32_t input, std::uint64_t offset_bytes, std::uint32_t address, std::uint32_t bytes);

__attribute__((import_module("ionloom"), import_name("write"))) std::int32_t host_write(
    std::uint32_t output, std::uint32_t address, std::uint32_t bytes);

__attribute__((import_module("ionloom"), import_name("log"))) void host_log(std::int32_t level,
                                                                            std::uint32_t address,
                                                                            std::uint32_t bytes);
}
