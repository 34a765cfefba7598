// The cases of WebAssembly's public wasi-testsuite (tests/rust/wasm32-wasip1, its file names are
// the names here), told anew, against a folder of this machine and a bucket. The table of what
// passed, function by function, is printed; it has to be what docs/formats/wasi-files.md says.

#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "store/memory_tier.h"
#include "wasi/bucket_folder.h"
#include "wasi/host_folder.h"
#include "wasi/support/guest.h"

namespace ionloom::wasi::testing {
namespace {

using O = Guest::Open;
constexpr std::uint8_t kFolderType = 3;
constexpr std::uint8_t kFileType = 4;
constexpr std::uint8_t kLinkType = 7;

/// What a case expects; a first failure is kept in words.
class Check {
 public:
  void that(bool holds, const std::string& what) {
    if (!holds && failure_.empty()) failure_ = what;
  }
  template <class T>
  void good(const Answer<T>& answer, const std::string& what) {
    that(answer.has_value(),
         fmt::format("{}: errno {}", what, answer ? 0 : static_cast<int>(answer.error())));
  }
  template <class T>
  void fails(const Answer<T>& answer, const std::set<Errno>& expected, const std::string& what) {
    that(!answer && expected.contains(answer.error()),
         fmt::format("{}: errno {}", what, answer ? 0 : static_cast<int>(answer.error())));
  }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  std::string failure_;
};

struct Case {
  const char* name;
  std::vector<const char*> functions;
  std::function<void(Guest&, Check&)> run;
  const char* bucket_differs = nullptr;  ///< why a bucket does not pass, if it does not
};

const std::set<Errno> kNoFile = {Errno::kIsdir, Errno::kBadf, Errno::kNotcapable};

std::vector<Case> reading_and_writing() {
  return {
      {"file_pread_pwrite",
       {"fd_pread", "fd_pwrite"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(fd, "create");
         check.that(guest.write_at(*fd, "0123", 0) == 4U, "pwrite");
         check.that(guest.read_at(*fd, 4, 0) == "0123", "pread");
         check.that(guest.read_at(*fd, 4, 2) == "23", "pread to the end");
         check.that(guest.write_at(*fd, "ab", 1) == 2U, "pwrite in the middle");
         check.that(guest.read_at(*fd, 8, 0) == "0ab3", "pread of all");
         check.that(guest.tell(*fd) == 0U, "the position stays");
         check.good(guest.close(*fd), "close");
       }},
      {"file_seek_tell",
       {"fd_seek", "fd_tell", "fd_read", "fd_write"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.that(guest.tell(*fd) == 0U, "tell at first");
         check.that(guest.write(*fd, std::string(100, 'a')) == 100U, "write");
         check.that(guest.tell(*fd) == 100U, "tell after write");
         check.that(guest.seek(*fd, -50, 1) == 50U, "seek from here");
         check.that(guest.seek(*fd, 0, 0) == 0U, "seek to the start");
         check.that(guest.seek(*fd, 0, 2) == 100U, "seek to the end");
         check.that(guest.seek(*fd, 1000, 1) == 1100U, "seek beyond the end");
         check.that(guest.read(*fd, 10) == "", "nothing there");
         check.fails(guest.seek(*fd, -2000, 1), {Errno::kInval}, "seek before the start");
         check.fails(guest.seek(*fd, 0, 9), {Errno::kInval}, "seek from nowhere");
       }},
      {"file_unbuffered_write",
       {"fd_write", "fd_read"},
       [](Guest& guest, Check& check) {
         const auto read = guest.open("file", O::kCreate, Guest::kRead);
         const auto write = guest.open("file", O::kPlain, Guest::kBoth);
         check.good(read, "open to read");
         check.good(write, "open to write");
         check.that(guest.write(*write, "1") == 1U, "write");
         check.that(guest.read(*read, 1) == "1", "read what was written");
       }},
      {"file_truncation",
       {"path_open"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file", "0123"), "make");
         const auto fd = guest.open("file", O::kCut, Guest::kBoth);
         check.good(fd, "open cut");
         check.that(guest.read(*fd, 4) == "", "it is empty");
         check.good(guest.close(*fd), "close");
         check.that(guest.stat("file")->size == 0, "and stays so");
       }},
      {"fd_filestat_set",
       {"fd_filestat_set_size", "fd_filestat_get"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.that(guest.stat(*fd)->size == 0, "empty at first");
         check.good(guest.files().fd_filestat_set_size(guest.memory(), *fd, 100), "grow");
         check.that(guest.stat(*fd)->size == 100, "grown");
         check.good(guest.files().fd_filestat_set_size(guest.memory(), *fd, 0), "shrink");
         check.that(guest.stat(*fd)->size == 0, "shrunk");
       }},
      {"fd_filestat_set (times)",
       {"fd_filestat_set_times"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(guest.files().fd_filestat_set_times(guest.memory(), *fd, 0, 7'000'000'000, 4),
                    "set");
         check.that(guest.stat(*fd)->modified_ns == 7'000'000'000, "is set");
       },
       "GEDS keeps no times: ENOTSUP"},
      {"file_allocate",
       {"fd_allocate"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(guest.files().fd_allocate(guest.memory(), *fd, 0, 100), "allocate");
         check.that(guest.stat(*fd)->size == 100, "grown");
         check.good(guest.files().fd_allocate(guest.memory(), *fd, 10, 10), "allocate inside");
         check.that(guest.stat(*fd)->size == 100, "nothing cut");
       }},
      {"fd_advise",
       {"fd_advise"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(guest.files().fd_advise(guest.memory(), *fd, 10, 50, 0), "advise");
         check.fails(guest.files().fd_advise(guest.memory(), *fd, 0, 0, 9), {Errno::kInval},
                     "unknown advice");
       }},
      {"fd_flags_set",
       {"fd_fdstat_set_flags", "fd_fdstat_get"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth, kFlagAppend);
         check.that(guest.write(*fd, std::string(100, '0')) == 100U, "write");
         check.good(guest.seek(*fd, 0, 0), "seek");
         check.that(guest.write(*fd, std::string(100, '1')) == 100U, "append");
         check.that(guest.read_at(*fd, 1, 100) == "1", "it was appended");
         check.good(guest.files().fd_fdstat_set_flags(guest.memory(), *fd, 0), "no more");
         check.that(guest.fdstat(*fd)->flags == 0, "flags are told");
         check.good(guest.seek(*fd, 0, 0), "seek");
         check.that(guest.write(*fd, std::string(100, '2')) == 100U, "overwrite");
         check.good(guest.close(*fd), "close");
         check.that(guest.content("file") == std::string(100, '2') + std::string(100, '1'), "all");
       }},
      {"pwrite-with-append",
       {"fd_pwrite"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth, kFlagAppend);
         check.that(guest.write(*fd, "abc") == 3U, "write");
         check.that(guest.write_at(*fd, "d", 0) == 1U, "pwrite");
         check.that(guest.read_at(*fd, 9, 0) == "abcd", "appended, as Linux does");
       }},
      {"fd_fdstat_set_rights",
       {"fd_fdstat_set_rights"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         const auto rights = guest.fdstat(*fd)->rights;
         check.good(
             guest.files().fd_fdstat_set_rights(guest.memory(), *fd, rights & ~Guest::kBoth, 0),
             "drop");
         check.fails(guest.read(*fd, 1), {Errno::kBadf, Errno::kNotcapable}, "read");
         check.fails(guest.write(*fd, "a"), {Errno::kBadf, Errno::kNotcapable}, "write");
         check.fails(guest.files().fd_fdstat_set_rights(guest.memory(), *fd, rights, 0),
                     {Errno::kNotcapable}, "take back");
       }},
      {"truncation_rights, path_open_read_write",
       {"path_open", "fd_read", "fd_write"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file", "text"), "make");
         const auto read = guest.open("file", O::kPlain, Guest::kRead);
         check.fails(guest.write(*read, "a"), {Errno::kBadf, Errno::kNotcapable}, "write");
         const auto write = guest.open("new", O::kCreate, kRightWrite);
         check.fails(guest.read(*write, 1), {Errno::kBadf, Errno::kNotcapable}, "read");
         check.good(guest.write(*write, "a"), "write");
       }},
      {"path_open_read_write (a file that is there)",
       {"path_open"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file", "text"), "make");
         const auto fd = guest.open("file", O::kPlain, Guest::kBoth);
         check.good(fd, "open");
         if (!fd) return;
         check.that(guest.write_at(*fd, "n", 0) == 1U, "write");
         check.that(guest.read_at(*fd, 4, 0) == "next", "changed");
       },
       "what is sealed does not change: ENOTSUP"},
      {"fd_sync, fd_datasync",
       {"fd_sync", "fd_datasync"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(guest.files().fd_sync(guest.memory(), *fd), "sync");
         check.good(guest.files().fd_datasync(guest.memory(), *fd), "datasync");
       }},
  };
}

std::vector<Case> descriptors() {
  return {
      {"close_preopen",
       {"fd_close", "fd_renumber"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(guest.close(Guest::kFolder), "close");
         check.fails(guest.open("file"), {Errno::kBadf}, "it is closed");
         check.fails(guest.close(Guest::kFolder), {Errno::kBadf}, "close again");
         check.good(guest.stat(*fd), "others stay");
       }},
      {"renumber, overwrite_preopen",
       {"fd_renumber"},
       [](Guest& guest, Check& check) {
         const auto one = guest.open("one", O::kCreate, Guest::kBoth);
         const auto two = guest.open("two", O::kCreate, Guest::kBoth);
         check.good(guest.write(*one, "text"), "write");
         check.good(guest.files().fd_renumber(guest.memory(), *one, *two), "renumber");
         check.fails(guest.stat(*one), {Errno::kBadf}, "the old number");
         check.that(guest.read_at(*two, 4, 0) == "text", "the new number");
         check.fails(guest.files().fd_renumber(guest.memory(), *two, 60), {Errno::kBadf},
                     "to what is not open");
         check.that(guest.tell(*two) == 4U, "the position came along");
       }},
      {"dangling_fd",
       {"path_unlink_file", "path_remove_directory", "path_open"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.good(guest.unlink("file"), "unlink what is open");
         check.that(guest.write(*fd, "a") == 1U, "write on");
         check.good(guest.close(*fd), "close");
         check.fails(guest.stat("file"), {Errno::kNoent}, "it is gone");
         check.good(guest.make_folder("folder"), "make a folder");
         const auto folder = guest.open("folder", O::kDirectory);
         check.good(guest.remove_folder("folder"), "remove what is open");
         check.good(guest.close(*folder), "close");
         check.good(guest.make_folder("folder"), "make again");
       }},
      {"isatty, fdstat of a file",
       {"fd_fdstat_get"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.that(guest.fdstat(*fd)->type == kFileType, "a file");
         check.that(guest.fdstat(Guest::kFolder)->type == kFolderType, "a folder");
       }},
      {"dir_fd_op_failures",
       {"fd_read", "fd_pread", "fd_write", "fd_pwrite", "fd_seek", "fd_tell", "fd_allocate",
        "fd_filestat_set_size", "fd_prestat_dir_name"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open(".", O::kDirectory);
         check.fails(guest.read(*fd, 1), kNoFile, "read");
         check.fails(guest.read_at(*fd, 1, 0), kNoFile, "pread");
         check.fails(guest.write(*fd, "a"), kNoFile, "write");
         check.fails(guest.write_at(*fd, "a", 0), kNoFile, "pwrite");
         check.fails(guest.seek(*fd, 0, 1), kNoFile, "seek");
         check.fails(guest.tell(*fd), kNoFile, "tell");
         check.fails(guest.files().fd_allocate(guest.memory(), *fd, 0, 1), kNoFile, "allocate");
         check.fails(guest.files().fd_filestat_set_size(guest.memory(), *fd, 0), kNoFile, "size");
         check.fails(guest.files().fd_prestat_dir_name(guest.memory(), Guest::kFolder, 1024, 0),
                     {Errno::kInval, Errno::kNametoolong}, "no room for the name");
         check.good(guest.files().fd_prestat_dir_name(guest.memory(), Guest::kFolder, 1024, 7),
                    "more room than the name needs");
       }},
      {"path_open_preopen",
       {"fd_prestat_get", "path_open"},
       [](Guest& guest, Check& check) {
         check.good(guest.files().fd_prestat_get(guest.memory(), Guest::kFolder, 16), "given");
         check.fails(guest.files().fd_prestat_get(guest.memory(), 2, 16), {Errno::kBadf}, "not");
         check.good(guest.open(".", O::kDirectory), "a folder in itself");
       }},
      {"fd_readdir, directory_seek",
       {"fd_readdir"},
       [](Guest& guest, Check& check) {
         const auto fd = guest.open(".", O::kDirectory);
         using Names = std::vector<std::string>;
         check.that(guest.list(*fd) == Names{".", ".."}, "empty");
         for (int i = 0; i < 5; ++i) {
           check.good(guest.make_file(fmt::format("file{}", i)), "make");
         }
         check.good(guest.make_folder("folder"), "make a folder");
         const Names all = {".", "..", "file0", "file1", "file2", "file3", "file4", "folder"};
         check.that(guest.list(*fd) == all, "all");
         check.that(guest.list(*fd, 50) == all, "piece by piece");
         check.fails(guest.files().fd_readdir(guest.memory(), 2, 1024, 100, 0, 16),
                     {Errno::kNotdir, Errno::kBadf}, "of no folder");
       }},
  };
}

std::vector<Case> names() {
  return {
      {"path_open_create_existing",
       {"path_open"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file"), "make");
         check.fails(guest.open("file", O::kCreate | O::kExclusive, Guest::kBoth), {Errno::kExist},
                     "make again");
       }},
      {"path_open_missing, path_open_dirfd_not_dir",
       {"path_open"},
       [](Guest& guest, Check& check) {
         check.fails(guest.open("file"), {Errno::kNoent}, "missing");
         check.fails(guest.open("no/file", O::kCreate, Guest::kBoth), {Errno::kNoent}, "no folder");
         const auto fd = guest.open("file", O::kCreate, Guest::kBoth);
         check.fails(guest.open("other", O::kCreate, Guest::kBoth, 0, *fd), {Errno::kNotdir},
                     "in a file");
         check.fails(guest.open("file", O::kDirectory), {Errno::kNotdir}, "as a folder");
         check.fails(guest.open("file/other"), {Errno::kNotdir}, "through a file");
         check.fails(guest.open(".", O::kPlain, Guest::kBoth), {Errno::kIsdir}, "write a folder");
       }},
      {"path_exists, path_filestat",
       {"path_filestat_get"},
       [](Guest& guest, Check& check) {
         check.fails(guest.stat("file"), {Errno::kNoent}, "missing");
         check.good(guest.make_file("file", "text"), "make");
         check.that(guest.stat("file")->size == 4, "size");
         check.that(guest.stat("file")->type == kFileType, "type");
         check.that(guest.stat(".")->type == kFolderType, "type of a folder");
         check.good(guest.make_file("other"), "make another");
         check.that(guest.stat("file")->inode != guest.stat("other")->inode, "inodes differ");
       }},
      {"path_filestat (times), fstflags_validate",
       {"path_filestat_set_times"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file"), "make");
         const auto set = [&](std::uint32_t which) {
           std::memcpy(guest.bytes().data() + Guest::kPath, "file", 4);
           return guest.paths().path_filestat_set_times(guest.memory(), Guest::kFolder, 1,
                                                        Guest::kPath, 4, 0, 9'000'000'000, which);
         };
         check.fails(set(3), {Errno::kInval}, "both at once");
         check.fails(set(16), {Errno::kInval}, "unknown flags");
         check.good(set(4), "set");
         check.that(guest.stat("file")->modified_ns == 9'000'000'000, "is set");
       },
       "GEDS keeps no times: ENOTSUP"},
      {"interesting_paths",
       {"path_open", "path_create_directory"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_folder("dir"), "make a folder");
         check.good(guest.make_folder("dir/nested"), "make a nested one");
         check.good(guest.make_file("dir/nested/file"), "make");
         check.fails(guest.open("/dir/nested/file"), {Errno::kPerm, Errno::kNotcapable},
                     "absolute");
         check.good(guest.open("dir/.//nested/../../dir/nested/../nested///./file"), "winding");
         check.fails(guest.open(std::string("dir/nested/file\0", 16)),
                     {Errno::kInval, Errno::kIlseq, Errno::kNoent}, "with a zero byte");
         check.fails(guest.open("dir/nested/file/"), {Errno::kNotdir, Errno::kNoent}, "a slash");
         check.fails(guest.open("dir/nested/file///"), {Errno::kNotdir, Errno::kNoent}, "slashes");
         check.good(guest.open("dir/nested/"), "a folder and a slash");
         check.good(guest.open("dir/nested///"), "a folder and slashes");
         check.fails(guest.open("dir/nested/../../../dir/nested/file"),
                     {Errno::kPerm, Errno::kNotcapable}, "out and in again");
         check.good(guest.unlink("dir/nested/file"), "unlink");
         check.good(guest.remove_folder("dir/nested"), "remove the nested one");
         check.good(guest.remove_folder("dir"), "remove");
       }},
      {"remove_directory_trailing_slashes, remove_nonempty_directory",
       {"path_remove_directory", "path_create_directory"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_folder("dir"), "make");
         check.fails(guest.make_folder("dir"), {Errno::kExist}, "make again");
         check.good(guest.make_file("dir/file"), "make a file in it");
         check.fails(guest.remove_folder("dir"), {Errno::kNotempty}, "not empty");
         check.good(guest.unlink("dir/file"), "unlink");
         check.good(guest.remove_folder("dir/"), "with a slash");
         check.fails(guest.stat("dir"), {Errno::kNoent}, "gone");
         check.good(guest.make_file("file"), "a file");
         check.fails(guest.remove_folder("file"), {Errno::kNotdir}, "of a file");
         check.fails(guest.remove_folder("file/"), {Errno::kNotdir}, "of a file with a slash");
       }},
      {"unlink_file_trailing_slashes",
       {"path_unlink_file"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_folder("dir"), "make");
         check.fails(guest.unlink("dir"), {Errno::kIsdir}, "a folder");
         check.fails(guest.unlink("dir/"), {Errno::kIsdir}, "a folder with a slash");
         check.good(guest.make_file("file"), "a file");
         check.fails(guest.unlink("file/"), {Errno::kNotdir}, "with a slash");
         check.good(guest.unlink("file"), "unlink");
         check.fails(guest.unlink("file"), {Errno::kNoent}, "again");
       }},
      {"path_rename, path_rename_dir_trailing_slashes",
       {"path_rename"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_folder("source"), "make");
         check.good(guest.rename("source/", "target"), "a folder");
         check.fails(guest.stat("source"), {Errno::kNoent}, "gone");
         check.that(guest.stat("target")->type == kFolderType, "there");
         check.good(guest.make_folder("source"), "make again");
         check.good(guest.rename("source", "target/"), "onto an empty one");
         check.good(guest.make_folder("source"), "make again");
         check.good(guest.make_file("target/file", "text"), "a file in it");
         check.fails(guest.rename("source", "target"), {Errno::kNotempty}, "onto a full one");
         check.fails(guest.rename("source", "target/file"), {Errno::kNotdir}, "onto a file");
         check.good(guest.remove_folder("source"), "remove");
         check.good(guest.rename("target", "moved"), "a full one");
         check.that(guest.content("moved/file") == "text", "with what is in it");
         check.fails(guest.rename("moved", "moved/inside"), {Errno::kInval}, "into itself");
         check.good(guest.make_file("one", "1"), "a file");
         check.good(guest.make_file("two", "2"), "another");
         check.good(guest.rename("one", "two"), "onto a file");
         check.that(guest.content("two") == "1", "replaced");
         check.fails(guest.stat("one"), {Errno::kNoent}, "gone");
         check.fails(guest.rename("two", "moved"), {Errno::kIsdir}, "a file onto a folder");
         check.fails(guest.rename("nothing", "three"), {Errno::kNoent}, "nothing");
       }},
  };
}

std::vector<Case> links() {
  const char* no_links = "a bucket has no links: ENOTSUP";
  return {
      {"path_link",
       {"path_link"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file", "text"), "make");
         check.good(guest.link("file", "link"), "link");
         check.that(guest.content("link") == "text", "the same");
         check.fails(guest.link("file", "link"), {Errno::kExist}, "again");
       },
       no_links},
      {"symlink_create, readlink, symlink_filestat",
       {"path_symlink", "path_readlink", "path_filestat_get"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("target", "text"), "make");
         check.good(guest.symlink("target", "link"), "symlink");
         check.that(guest.readlink("link") == "target", "read it");
         check.that(guest.readlink("link", 3) == "tar", "cut off");
         check.that(guest.content("link") == "text", "follow it");
         check.that(guest.stat("link", 0)->type == kLinkType, "not followed");
         check.that(guest.stat("link", 1)->type == kFileType, "followed");
         check.fails(guest.symlink("/absolute", "other"), {Errno::kPerm, Errno::kNotcapable},
                     "to an absolute path");
       },
       no_links},
      {"nofollow_errors, symlink_loop, dangling_symlink",
       {"path_symlink", "path_open"},
       [](Guest& guest, Check& check) {
         check.good(guest.symlink("loop", "loop"), "a loop");
         check.fails(guest.open("loop"), {Errno::kLoop}, "followed");
         check.fails(guest.open("loop", 0, Guest::kRead, 0, Guest::kFolder, 0), {Errno::kLoop},
                     "not followed");
         check.good(guest.symlink("nothing", "dangling"), "to nothing");
         check.fails(guest.open("dangling"), {Errno::kNoent}, "followed to nothing");
       },
       no_links},
      {"readlink of what is no link",
       {"path_readlink"},
       [](Guest& guest, Check& check) {
         check.good(guest.make_file("file"), "make");
         check.fails(guest.readlink("file"), {Errno::kInval}, "a file");
         check.fails(guest.readlink("nothing"), {Errno::kNoent}, "nothing");
       }},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (auto& some : {reading_and_writing(), descriptors(), names(), links()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::unique_ptr<Folder> new_bucket() {
  auto memory = std::make_shared<store::MemoryTier>(std::uint64_t{64} << 20);
  auto mount = std::make_shared<BucketMount>(BucketMount::Place{memory, "bucket", "some/", true},
                                             std::make_shared<QuotaCount>(Quotas{}));
  return std::make_unique<BucketFolder>(std::move(mount));
}

TEST(Conformance, is_as_the_page_says_function_by_function) {
  const auto work = std::filesystem::temp_directory_path() / fmt::format("wasi-{}", ::getpid());
  struct Count {
    int host = 0;
    int bucket = 0;
    int cases = 0;
  };
  std::map<std::string, Count> table;
  for (const Case& one : all_cases()) {
    std::filesystem::create_directories(work);
    auto folder = HostFolder::at(work.string(), true, std::make_shared<QuotaCount>(Quotas{}));
    ASSERT_TRUE(folder);
    Guest host(*std::move(folder));
    Check on_host;
    one.run(host, on_host);
    EXPECT_EQ(on_host.failure(), "") << one.name << ", folder";
    Guest bucket(new_bucket());
    Check in_bucket;
    one.run(bucket, in_bucket);
    if (one.bucket_differs == nullptr) {
      EXPECT_EQ(in_bucket.failure(), "") << one.name << ", bucket";
    } else {
      EXPECT_NE(in_bucket.failure().find("errno 58"), std::string::npos)
          << one.name << ", bucket: " << in_bucket.failure();
    }
    std::printf("%-62s folder %s, bucket %s\n", one.name,
                on_host.failure().empty() ? "pass" : on_host.failure().c_str(),
                in_bucket.failure().empty()     ? "pass"
                : one.bucket_differs != nullptr ? one.bucket_differs
                                                : in_bucket.failure().c_str());
    for (const char* function : one.functions) {
      Count& count = table[function];
      ++count.cases;
      count.host += on_host.failure().empty() ? 1 : 0;
      count.bucket += in_bucket.failure().empty() ? 1 : 0;
    }
    std::filesystem::remove_all(work);
  }
  for (const auto& [function, count] : table) {
    std::printf("%-24s %2d cases: folder %2d, bucket %2d\n", function.c_str(), count.cases,
                count.host, count.bucket);
  }
  EXPECT_EQ(table.size(), 31U) << "a function has no case";
}

}  // namespace
}  // namespace ionloom::wasi::testing
