#pragma once

#include <cstdint>

#include "wasi/descriptor_table.h"
#include "wasi/guest_view.h"

namespace ionloom::wasi {

/// The functions fd_... of WASI preview 1 over a table of descriptors. Names, parameters and what
/// is left where in the guest's memory are the standard's. Nothing that a program passes is
/// believed: addresses and lengths are compared with its memory (kFault), flags with those that
/// there are (kInval), numbers with what is open (kBadf).
class FileCalls {
 public:
  /// @param table  must outlive this
  explicit FileCalls(DescriptorTable& table) : table_(table) {}

  using Fd = std::uint32_t;
  using Address = std::uint32_t;
  using Count = std::uint32_t;
  using Memory = GuestMemory;

  Answer<void> fd_advise(Memory memory, Fd fd, std::uint64_t offset, std::uint64_t length,
                         std::uint32_t advice);
  Answer<void> fd_allocate(Memory memory, Fd fd, std::uint64_t offset, std::uint64_t length);
  Answer<void> fd_close(Memory memory, Fd fd);
  Answer<void> fd_datasync(Memory memory, Fd fd);
  Answer<void> fd_fdstat_get(Memory memory, Fd fd, Address out);
  Answer<void> fd_fdstat_set_flags(Memory memory, Fd fd, std::uint32_t flags);
  Answer<void> fd_fdstat_set_rights(Memory memory, Fd fd, std::uint64_t base,
                                    std::uint64_t inheriting);
  Answer<void> fd_filestat_get(Memory memory, Fd fd, Address out);
  Answer<void> fd_filestat_set_size(Memory memory, Fd fd, std::uint64_t size);
  Answer<void> fd_filestat_set_times(Memory memory, Fd fd, std::uint64_t accessed,
                                     std::uint64_t modified, std::uint32_t which);
  Answer<void> fd_pread(Memory memory, Fd fd, Address vectors, Count count, std::uint64_t offset,
                        Address out);
  Answer<void> fd_prestat_get(Memory memory, Fd fd, Address out);
  Answer<void> fd_prestat_dir_name(Memory memory, Fd fd, Address path, Count size);
  Answer<void> fd_pwrite(Memory memory, Fd fd, Address vectors, Count count, std::uint64_t offset,
                         Address out);
  Answer<void> fd_read(Memory memory, Fd fd, Address vectors, Count count, Address out);
  Answer<void> fd_readdir(Memory memory, Fd fd, Address buffer, Count size, std::uint64_t cookie,
                          Address out);
  Answer<void> fd_renumber(Memory memory, Fd from, Fd to);
  Answer<void> fd_seek(Memory memory, Fd fd, std::int64_t delta, std::uint32_t whence, Address out);
  Answer<void> fd_sync(Memory memory, Fd fd);
  Answer<void> fd_tell(Memory memory, Fd fd, Address out);
  Answer<void> fd_write(Memory memory, Fd fd, Address vectors, Count count, Address out);

 private:
  DescriptorTable& table_;
};

}  // namespace ionloom::wasi
