#include "wasi/host_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/host_file.h"
#include "wasi/path.h"

namespace ionloom::wasi {
namespace {

constexpr mode_t kNewFolderMode = 0777;

Answer<void> done(int returned) {
  if (returned != 0) return refuse(errno_of_host(errno));
  return {};
}

FileType type_of(unsigned char kind) {
  switch (kind) {
    case DT_REG:
      return FileType::kRegular;
    case DT_DIR:
      return FileType::kFolder;
    case DT_LNK:
      return FileType::kSymlink;
    case DT_CHR:
      return FileType::kCharacterDevice;
    case DT_BLK:
      return FileType::kBlockDevice;
    default:
      return FileType::kUnknown;
  }
}

/// O_NONBLOCK: a pipe or device that somebody put there must not hold the program up.
std::uint64_t host_flags(const OpenHow& how) {
  std::uint64_t flags = O_NOCTTY | O_NONBLOCK;
  flags |= how.write ? (how.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (how.create) flags |= O_CREAT;
  if (how.exclusive) flags |= O_EXCL;
  if (how.truncate) flags |= O_TRUNC;
  if (how.append) flags |= O_APPEND;
  if (how.folder) flags |= O_DIRECTORY;
  if (!how.follow) flags |= O_NOFOLLOW;
  return flags;
}

bool goes_nowhere(const std::string& name) {
  return name == "." || name == "..";
}

}  // namespace

Result<std::unique_ptr<HostFolder>> HostFolder::at(const std::string& path, bool writable,
                                                   std::shared_ptr<QuotaCount> quotas) {
  store::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) {
    return usage_error(fmt::format("the folder {} cannot be opened: {}", path,
                                   std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe)
  }
  return std::make_unique<HostFolder>(std::move(folder), writable, std::move(quotas));
}

Answer<HostFolder::Place> HostFolder::place_of(std::string_view path, bool to_change) const {
  const auto split = split_path(path);
  if (!split) return refuse(split.error());
  auto folder = open_beneath(folder_.number(), split->folder, O_PATH | O_DIRECTORY);
  if (!folder) return refuse(folder.error());
  if (to_change && !writable_) return refuse(Errno::kRofs);
  if (split->name == "..") {  // it might lead out, so that the system has to look
    if (auto there = open_beneath(folder_.number(), std::string(path), O_PATH); !there) {
      return refuse(there.error());
    }
  }
  return Place{*std::move(folder), split->name, split->needs_folder};
}

Answer<store::Descriptor> HostFolder::named(std::string_view path, bool follow) const {
  if (auto fine = check_path(path); !fine) return refuse(fine.error());
  return open_beneath(folder_.number(), std::string(path), O_PATH | (follow ? 0 : O_NOFOLLOW));
}

Answer<void> HostFolder::set_times(const NewTimes& times) {
  if (!writable_) return refuse(Errno::kRofs);
  std::array<timespec, 2> host{};
  to_host(times, host);
  return done(::futimens(folder_.number(), host.data()));
}

Answer<std::vector<FolderEntry>> HostFolder::entries() {
  auto again = open_beneath(folder_.number(), ".", O_RDONLY | O_DIRECTORY);
  if (!again) return refuse(again.error());
  DIR* stream = ::fdopendir(::fcntl(again->number(), F_DUPFD_CLOEXEC, 0));
  if (stream == nullptr) return refuse(errno_of_host(errno));
  std::vector<FolderEntry> found;
  while (const dirent* entry = ::readdir(stream)) {  // NOLINT(concurrency-mt-unsafe)
    std::string name = entry->d_name;
    if (!goes_nowhere(name)) {
      found.push_back({std::move(name), type_of(entry->d_type), entry->d_ino});
    }
  }
  ::closedir(stream);
  std::ranges::sort(found, {}, &FolderEntry::name);
  return found;
}

Answer<std::unique_ptr<OpenFile>> HostFolder::open(std::string_view path, const OpenHow& how) {
  if (auto fine = check_path(path); !fine) return refuse(fine.error());
  if (how.changes() && !writable_) return refuse(Errno::kRofs);
  const std::string text(path);
  if (how.create && !open_beneath(folder_.number(), text, O_PATH)) {
    if (auto left = quotas_->take_object(); !left) return refuse(left.error());
  }
  auto opened = open_beneath(folder_.number(), text, host_flags(how));
  if (!opened) return refuse(opened.error());
  const auto status = stat_of_descriptor(opened->number());
  if (!status) return refuse(status.error());
  if (status->type == FileType::kFolder) {
    return std::make_unique<HostFolder>(*std::move(opened), writable_, quotas_);
  }
  if (status->type != FileType::kRegular) return refuse(Errno::kNotsup);
  return std::make_unique<HostFile>(*std::move(opened), quotas_);
}

Answer<FileStat> HostFolder::stat_of(std::string_view path, bool follow) {
  const auto there = named(path, follow);
  if (!there) return refuse(there.error());
  return stat_of_descriptor(there->number());
}

Answer<void> HostFolder::set_times_of(std::string_view path, bool follow, const NewTimes& times) {
  const auto there = named(path, follow);
  if (!there) return refuse(there.error());
  if (!writable_) return refuse(Errno::kRofs);
  std::array<timespec, 2> host{};
  to_host(times, host);
  return done(::utimensat(there->number(), "", host.data(), AT_EMPTY_PATH));
}

Answer<void> HostFolder::make_folder(std::string_view path) {
  const auto place = place_of(path, true);
  if (!place) return refuse(place.error());
  if (auto left = quotas_->take_object(); !left) return left;
  return done(::mkdirat(place->folder.number(), place->name.c_str(), kNewFolderMode));
}

Answer<void> HostFolder::remove_folder(std::string_view path) {
  const auto place = place_of(path, true);
  if (!place) return refuse(place.error());
  return done(::unlinkat(place->folder.number(), place->name.c_str(), AT_REMOVEDIR));
}

Answer<void> HostFolder::unlink(std::string_view path) {
  const auto place = place_of(path, true);
  if (!place) return refuse(place.error());
  return done(::unlinkat(place->folder.number(), place->system_name().c_str(), 0));
}

Answer<HostFolder::TwoPlaces> HostFolder::places_of(std::string_view path, Folder& to,
                                                    std::string_view new_path) const {
  const auto* other = dynamic_cast<HostFolder*>(&to);
  if (other == nullptr) return refuse(Errno::kXdev);
  auto from = place_of(path, true);
  if (!from) return refuse(from.error());
  auto place = other->place_of(new_path, true);
  if (!place) return refuse(place.error());
  return TwoPlaces{std::move(*from), std::move(*place)};
}

Answer<void> HostFolder::rename(std::string_view path, Folder& to, std::string_view new_path) {
  const auto places = places_of(path, to, new_path);
  if (!places) return refuse(places.error());
  const auto& [from, place] = *places;
  return done(::renameat(from.folder.number(), from.system_name().c_str(), place.folder.number(),
                         place.system_name().c_str()));
}

Answer<void> HostFolder::link(std::string_view path, Folder& to, std::string_view new_path) {
  const auto places = places_of(path, to, new_path);
  if (!places) return refuse(places.error());
  const auto& [from, place] = *places;
  if (from.needs_folder || place.needs_folder) return refuse(Errno::kNotdir);
  if (auto left = quotas_->take_object(); !left) return left;
  return done(::linkat(from.folder.number(), from.name.c_str(), place.folder.number(),
                       place.name.c_str(), 0));
}

Answer<void> HostFolder::make_symlink(std::string_view target, std::string_view path) {
  // Nothing that is followed leaves the folder, but other programs may follow this link.
  if (auto fine = check_path(target); !fine) return fine;
  const auto place = place_of(path, true);
  if (!place) return refuse(place.error());
  if (place->needs_folder) return refuse(Errno::kNoent);
  if (auto left = quotas_->take_object(); !left) return left;
  return done(
      ::symlinkat(std::string(target).c_str(), place->folder.number(), place->name.c_str()));
}

Answer<std::string> HostFolder::read_symlink(std::string_view path) {
  const auto place = place_of(path, false);
  if (!place) return refuse(place.error());
  std::array<char, kMaxPathBytes> text{};
  const ssize_t count =
      ::readlinkat(place->folder.number(), place->name.c_str(), text.data(), text.size());
  if (count < 0) return refuse(errno_of_host(errno));
  return std::string(text.data(), static_cast<std::size_t>(count));
}

}  // namespace ionloom::wasi
