#pragma once

#include <cstdint>

#include "wasi/descriptor_table.h"
#include "wasi/guest_view.h"

namespace ionloom::wasi {

/// The functions of the import module `ionloom_geds` (docs/formats/geds-imports.md): what a program
/// that knows GEDS can ask for beyond WASI, on the descriptors of WASI and on the same terms.
class GedsCalls {
 public:
  /// @param table  must outlive this
  explicit GedsCalls(DescriptorTable& table) : table_(table) {}

  /// Several parts of an object at once.
  Answer<void> read_ranges(GuestMemory memory, std::uint32_t fd, std::uint32_t ranges,
                           std::uint32_t count, std::uint32_t out);
  /// What lies beside an object: as much of it as there is room for, and how much it is.
  Answer<void> metadata(GuestMemory memory, std::uint32_t fd, std::uint32_t into,
                        std::uint32_t size, std::uint32_t out);
  Answer<void> set_metadata(GuestMemory memory, std::uint32_t fd, std::uint32_t bytes,
                            std::uint32_t size);
  /// A descriptor from which lines about the objects of a folder are read.
  Answer<void> watch(GuestMemory memory, std::uint32_t fd, std::uint32_t patience_ms,
                     std::uint32_t out);

 private:
  DescriptorTable& table_;
};

}  // namespace ionloom::wasi
