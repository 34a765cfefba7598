#include "wasi/wasi_imports.h"

#include <new>
#include <variant>

#include <wasmtime/extern.hh>
#include <wasmtime/func.hh>

namespace ionloom::wasi {
namespace {

constexpr const char* kWasi = "wasi_snapshot_preview1";
constexpr const char* kGeds = "ionloom_geds";

}  // namespace

GuestMemory WasiImports::memory_of(wasmtime::Caller& caller) {
  if (!memory_) {
    const auto exported = caller.get_export("memory");
    const auto* memory = exported ? std::get_if<wasmtime::Memory>(&*exported) : nullptr;
    if (memory == nullptr) return GuestMemory({});
    memory_ = *memory;
  }
  const auto bytes = memory_->data(caller.context());
  return GuestMemory({bytes.data(), bytes.size()});
}

template <class Calls, class... Arguments>
Result<void> WasiImports::bind(wasmtime::Linker& linker, const char* module, const char* name,
                               Calls& calls,
                               Answer<void> (Calls::*call)(GuestMemory, Arguments...)) {
  const auto bound = linker.func_wrap(
      module, name,
      [this, &calls, call](wasmtime::Caller caller, Arguments... arguments) -> std::uint32_t {
        // Exceptions must not pass through the guest's frames.
        try {
          const Answer<void> done = (calls.*call)(memory_of(caller), arguments...);
          return done ? 0 : static_cast<std::uint32_t>(done.error());
        } catch (const std::bad_alloc&) {
          return static_cast<std::uint32_t>(Errno::kNomem);
        }
      });
  if (!bound) return data_error({}, bound.err().message());
  return {};
}

Result<void> WasiImports::define(wasmtime::Linker& linker) {
  Result<void> done;
  const auto file = [&](const char* name, auto call) {
    if (done) done = bind(linker, kWasi, name, files_, call);
  };
  const auto path = [&](const char* name, auto call) {
    if (done) done = bind(linker, kWasi, name, paths_, call);
  };
  file("fd_advise", &FileCalls::fd_advise);
  file("fd_allocate", &FileCalls::fd_allocate);
  file("fd_close", &FileCalls::fd_close);
  file("fd_datasync", &FileCalls::fd_datasync);
  file("fd_fdstat_get", &FileCalls::fd_fdstat_get);
  file("fd_fdstat_set_flags", &FileCalls::fd_fdstat_set_flags);
  file("fd_fdstat_set_rights", &FileCalls::fd_fdstat_set_rights);
  file("fd_filestat_get", &FileCalls::fd_filestat_get);
  file("fd_filestat_set_size", &FileCalls::fd_filestat_set_size);
  file("fd_filestat_set_times", &FileCalls::fd_filestat_set_times);
  file("fd_pread", &FileCalls::fd_pread);
  file("fd_prestat_get", &FileCalls::fd_prestat_get);
  file("fd_prestat_dir_name", &FileCalls::fd_prestat_dir_name);
  file("fd_pwrite", &FileCalls::fd_pwrite);
  file("fd_read", &FileCalls::fd_read);
  file("fd_readdir", &FileCalls::fd_readdir);
  file("fd_renumber", &FileCalls::fd_renumber);
  file("fd_seek", &FileCalls::fd_seek);
  file("fd_sync", &FileCalls::fd_sync);
  file("fd_tell", &FileCalls::fd_tell);
  file("fd_write", &FileCalls::fd_write);
  path("path_create_directory", &PathCalls::path_create_directory);
  path("path_filestat_get", &PathCalls::path_filestat_get);
  path("path_filestat_set_times", &PathCalls::path_filestat_set_times);
  path("path_link", &PathCalls::path_link);
  path("path_open", &PathCalls::path_open);
  path("path_readlink", &PathCalls::path_readlink);
  path("path_remove_directory", &PathCalls::path_remove_directory);
  path("path_rename", &PathCalls::path_rename);
  path("path_symlink", &PathCalls::path_symlink);
  path("path_unlink_file", &PathCalls::path_unlink_file);
  if (done) done = bind(linker, kWasi, "poll_oneoff", polls_, &PollCalls::poll_oneoff);
  if (done) done = bind(linker, kGeds, "read_ranges", geds_, &GedsCalls::read_ranges);
  if (done) done = bind(linker, kGeds, "watch", geds_, &GedsCalls::watch);
  if (done) done = bind(linker, kGeds, "metadata", geds_, &GedsCalls::metadata);
  if (done) done = bind(linker, kGeds, "set_metadata", geds_, &GedsCalls::set_metadata);
  return done;
}

}  // namespace ionloom::wasi
