#pragma once

#include <cstdint>

#include "wasi/descriptor_table.h"
#include "wasi/guest_view.h"

namespace ionloom::wasi {

/// The functions path_... of WASI preview 1, on the same terms as FileCalls. Every path begins at
/// an open folder and stays below it.
class PathCalls {
 public:
  /// @param table  must outlive this
  explicit PathCalls(DescriptorTable& table) : table_(table) {}

  using Fd = std::uint32_t;
  using Address = std::uint32_t;
  using Count = std::uint32_t;
  using Memory = GuestMemory;

  Answer<void> path_create_directory(Memory memory, Fd fd, Address path, Count size);
  Answer<void> path_filestat_get(Memory memory, Fd fd, std::uint32_t flags, Address path,
                                 Count size, Address out);
  Answer<void> path_filestat_set_times(Memory memory, Fd fd, std::uint32_t flags, Address path,
                                       Count size, std::uint64_t accessed, std::uint64_t modified,
                                       std::uint32_t which);
  Answer<void> path_link(Memory memory, Fd fd, std::uint32_t flags, Address path, Count size,
                         Fd new_fd, Address new_path, Count new_size);
  Answer<void> path_open(Memory memory, Fd fd, std::uint32_t flags, Address path, Count size,
                         std::uint32_t how, std::uint64_t rights, std::uint64_t inheriting,
                         std::uint32_t fd_flags, Address out);
  Answer<void> path_readlink(Memory memory, Fd fd, Address path, Count size, Address buffer,
                             Count buffer_size, Address out);
  Answer<void> path_remove_directory(Memory memory, Fd fd, Address path, Count size);
  Answer<void> path_rename(Memory memory, Fd fd, Address path, Count size, Fd new_fd,
                           Address new_path, Count new_size);
  Answer<void> path_symlink(Memory memory, Address target, Count target_size, Fd fd, Address path,
                            Count size);
  Answer<void> path_unlink_file(Memory memory, Fd fd, Address path, Count size);

 private:
  DescriptorTable& table_;
};

}  // namespace ionloom::wasi
