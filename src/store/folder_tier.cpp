#include "store/folder_tier.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "store/folder_walk.h"
#include "store/folder_writer.h"
#include "store/key_path.h"
#include "store/listing_draft.h"

namespace ionloom::store {

namespace fs = std::filesystem;

namespace {

struct FoundObject {
  fs::file_time_type sealed;
  ObjectName name;
  std::uint64_t file_bytes = 0;
};

std::vector<FoundObject> all_objects(const fs::path& root) {
  std::vector<FoundObject> found;
  std::error_code error;
  for (const auto& bucket : fs::directory_iterator(root, error)) {
    const std::string name = bucket.path().filename().string();
    if (!check_bucket(name)) continue;
    walk_objects(bucket.path(), "", [&](const std::string& key, const fs::directory_entry& file) {
      std::error_code gone;
      const auto bytes = file.file_size(gone);
      const auto sealed = file.last_write_time(gone);
      if (!gone) found.push_back({sealed, {name, key}, bytes});
    });
  }
  return found;
}

void remove_files(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code gone;
    fs::remove(entry.path(), gone);
  }
}

}  // namespace

Outcome<FolderTier::Folder> FolderTier::prepare(const fs::path& root, std::uint64_t limit_bytes) {
  std::error_code error;
  fs::create_directories(root / ".partial", error);
  if (!error) fs::create_directories(root / ".spare", error);
  if (error) return std::unexpected(file_failure(root, "be made", error.value()));
  remove_abandoned(root);
  auto usage = FolderUsage::open(root, limit_bytes, [&] {
    remove_files(root / ".spare");
    std::uint64_t bytes = 0;
    for (const FoundObject& object : all_objects(root)) bytes += object.file_bytes;
    return bytes;
  });
  if (!usage) return std::unexpected(std::move(usage.error()));
  return Folder{root, std::move(*usage)};
}

FolderTier::FolderTier(Folder folder, bool reuses_files) : folder_(std::move(folder)) {
  if (reuses_files) spares_.emplace(folder_.root, folder_.usage);
}

FolderTier::~FolderTier() {
  if (spares_) folder_.usage.if_alone([this] { spares_->clear(); });
}

fs::path FolderTier::path_of(const ObjectName& name) const {
  return folder_.root / name.bucket / path_of_key(name.key);
}

Outcome<std::unique_ptr<ObjectWriter>> FolderTier::create(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  const auto path = path_of(name);
  std::error_code error;
  if (fs::exists(path, error)) return refuse(FailureCode::kExists, name.text(), "exists already");
  return FolderWriter::open(
      {.root = folder_.root,
       .path = path,
       .name = name,
       .usage = &folder_.usage,
       .spares = spares_ ? &*spares_ : nullptr,
       .sealed = [this, name] { notices_.tell(Event::Kind::kSealed, name); }});
}

Outcome<std::shared_ptr<const ObjectFile>> FolderTier::find(const ObjectName& name) {
  if (auto open = open_files_.find(name)) return open;
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  auto file = ObjectFile::open(path_of(name), name.text());
  if (file) open_files_.keep(name, *file);
  return file;
}

Outcome<ObjectInfo> FolderTier::stat(const ObjectName& name) {
  const auto file = find(name);
  if (!file) return std::unexpected(file.error());
  return (*file)->info();
}

Outcome<Listing> FolderTier::list(const ListQuery& query) {
  if (auto checked = check_query(query); !checked) return std::unexpected(checked.error());
  ListingDraft draft(query);
  walk_objects(folder_.root / query.bucket, query.prefix,
               [&](const std::string& key, const fs::directory_entry& file) {
                 std::error_code gone;
                 const auto bytes = file.file_size(gone);
                 if (!gone) draft.add(key, object_bytes_in_file(bytes));
               });
  return draft.finish();
}

int FolderTier::take_away(const fs::path& path, std::uint64_t bytes) {
  if (!spares_ || bytes < SpareFiles::kLeastBytes) {
    if (::unlink(path.c_str()) != 0) return errno;
    folder_.usage.give_back(bytes);
    return 0;
  }
  std::random_device random;
  const auto away = folder_.root / ".partial" / fmt::format("{:08x}{:08x}", random(), random());
  if (::rename(path.c_str(), away.c_str()) != 0) return errno;
  spares_->keep(away, bytes);
  return 0;
}

Outcome<void> FolderTier::remove(const ObjectName& name) {
  if (auto checked = check_name(name); !checked) return checked;
  const auto path = path_of(name);
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  open_files_.forget(name);
  if (const int why = error ? error.value() : take_away(path, bytes); why != 0) {
    if (why == ENOENT || why == ENOTDIR) {
      return refuse(FailureCode::kNotFound, name.text(), "is not here");
    }
    return std::unexpected(file_failure(path, "be deleted", why));
  }
  // Folders that are empty now go too; the first that is not ends it.
  for (auto folder = path.parent_path(); folder != folder_.root; folder = folder.parent_path()) {
    if (::rmdir(folder.c_str()) != 0) break;
  }
  notices_.tell(Event::Kind::kDeleted, name);
  return {};
}

Outcome<std::unique_ptr<Watch>> FolderTier::watch(const std::string& bucket,
                                                  const std::string& prefix) {
  return notices_.watch(bucket, prefix);
}

Usage FolderTier::usage() const {
  return {folder_.usage.used_bytes(), folder_.usage.limit_bytes()};
}

std::vector<std::pair<ObjectName, std::uint64_t>> FolderTier::names_and_sizes_by_age() const {
  auto objects = all_objects(folder_.root);
  std::ranges::sort(objects, {}, [](const FoundObject& o) { return std::tie(o.sealed, o.name); });
  std::vector<std::pair<ObjectName, std::uint64_t>> names;
  names.reserve(objects.size());
  for (FoundObject& object : objects) {
    names.emplace_back(std::move(object.name), object.file_bytes);
  }
  return names;
}

}  // namespace ionloom::store
