#include "wasi/bucket_mount.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "wasi/draft.h"
#include "wasi/folder_marker.h"
#include "wasi/watch_file.h"

namespace ionloom::wasi {
namespace {

/// More are not remembered: a program that makes folders without end must not fill the host.
constexpr std::size_t kMaxEmptied = 65536;
constexpr std::uint64_t kPieceBytes = std::uint64_t{8} << 20;

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string below(const std::string& folder) {
  return folder.empty() ? "" : folder + "/";
}

Answer<void> plain(const store::Outcome<void>& done) {
  if (!done) return refuse(errno_of(done.error()));
  return {};
}

}  // namespace

std::optional<store::View> BucketMount::in_place(const std::string& path) const {
  if (place_.in_memory == nullptr) return std::nullopt;
  auto whole = place_.in_memory->view(name_of(path));
  return whole ? std::optional(*std::move(whole)) : std::nullopt;
}

Answer<std::string> BucketMount::metadata(const std::string& path) const {
  if (place_.remote == nullptr) return refuse(Errno::kNotsup);
  auto bytes = place_.remote->metadata(name_of(path));
  if (!bytes) return refuse(errno_of(bytes.error()));
  return *std::move(bytes);
}

Answer<void> BucketMount::set_metadata(const std::string& path, const std::string& bytes) {
  if (!place_.writable) return refuse(Errno::kRofs);
  if (place_.remote == nullptr) return refuse(Errno::kNotsup);
  if (auto left = quotas_->take_bytes(bytes.size()); !left) return left;
  return plain(place_.remote->set_metadata(name_of(path), bytes));
}

std::uint64_t BucketMount::inode_of(const std::string& path) const {
  const std::string text = name_of(path).text();
  return XXH3_64bits(text.data(), text.size()) | 1;
}

FileStat BucketMount::folder_stat(const std::string& path) const {
  return {.device = XXH3_64bits(place_.bucket.data(), place_.bucket.size()),
          .inode = inode_of(below(path)),
          .type = FileType::kFolder};
}

FileStat BucketMount::file_stat(const std::string& path, std::uint64_t size_bytes) const {
  FileStat status = folder_stat(path);
  status.inode = inode_of(path);
  status.type = FileType::kRegular;
  status.size_bytes = size_bytes;
  return status;
}

std::shared_ptr<Draft> BucketMount::draft_at(const std::string& path) const {
  const auto found = drafts_.find(path);
  return found == drafts_.end() ? nullptr : found->second;
}

Answer<store::Listing> BucketMount::list(const std::string& prefix, bool deep) {
  store::ListQuery query{place_.bucket, place_.prefix + prefix, std::nullopt};
  if (!deep) query.delimiter = '/';
  auto listing = place_.store->list(query);
  if (!listing) return refuse(errno_of(listing.error()));
  return *std::move(listing);
}

Answer<bool> BucketMount::is_folder(const std::string& path) {
  if (path.empty() || emptied_.contains(path)) return true;
  const auto draft = drafts_.lower_bound(below(path));
  if (draft != drafts_.end() && draft->first.starts_with(below(path))) return true;
  const auto listing = list(below(path), false);
  if (!listing) return refuse(listing.error());
  return !listing->objects.empty() || !listing->common_prefixes.empty();
}

Answer<FileStat> BucketMount::stat(const std::string& path) {
  if (path.empty()) return folder_stat(path);
  if (const auto draft = draft_at(path)) return file_stat(path, draft->size_bytes());
  const auto object = place_.store->stat(name_of(path));
  if (object) return file_stat(path, object->size_bytes);
  if (object.error().code != store::FailureCode::kNotFound) {
    return refuse(errno_of(object.error()));
  }
  const auto folder = is_folder(path);
  if (!folder) return refuse(folder.error());
  if (*folder) return folder_stat(path);
  for (std::string above = parent_of(path); !above.empty(); above = parent_of(above)) {
    if (draft_at(above) || place_.store->stat(name_of(above))) return refuse(Errno::kNotdir);
  }
  return refuse(Errno::kNoent);
}

Answer<void> BucketMount::check_parent(const std::string& path) {
  const auto parent = stat(parent_of(path));
  if (!parent) return refuse(parent.error());
  if (parent->type != FileType::kFolder) return refuse(Errno::kNotdir);
  return {};
}

Answer<std::vector<FolderEntry>> BucketMount::entries(const std::string& path) {
  const auto listing = list(below(path), false);
  if (!listing) return refuse(listing.error());
  const std::size_t start = place_.prefix.size() + below(path).size();
  std::map<std::string, FolderEntry> found;
  const auto add = [&](const std::string& name, FileType type) {
    if (name.empty() || name == kMarker || name == "." || name == "..") return;
    const std::string whole = below(path) + name;
    found.insert_or_assign(
        name, FolderEntry{name, type, inode_of(type == FileType::kFolder ? below(whole) : whole)});
  };
  const auto add_below = [&](const std::string& whole, FileType type) {
    if (!whole.starts_with(below(path)) || whole == path) return;
    const std::string rest = whole.substr(below(path).size());
    const std::size_t slash = rest.find('/');
    add(rest.substr(0, slash), slash == std::string::npos ? type : FileType::kFolder);
  };
  for (const std::string& prefix : listing->common_prefixes) {
    add(prefix.substr(start, prefix.size() - start - 1), FileType::kFolder);
  }
  for (const std::string& folder : emptied_) add_below(folder, FileType::kFolder);
  // After the folders: where both have a name, the object is what stat tells.
  for (const store::ListedObject& object : listing->objects) {
    add(object.key.substr(start), FileType::kRegular);
  }
  for (const auto& [draft, content] : drafts_) add_below(draft, FileType::kRegular);
  std::vector<FolderEntry> entries;
  entries.reserve(found.size());
  for (auto& [name, entry] : found) entries.push_back(std::move(entry));
  return entries;
}

Answer<void> BucketMount::make_folder(const std::string& path) {
  if (path.empty() || stat(path)) return refuse(Errno::kExist);
  if (auto parent = check_parent(path); !parent) return parent;
  if (auto left = quotas_->take_object(); !left) return left;
  const auto made = place_.store->put(name_of(below(path) + std::string(kMarker)), {});
  if (!made) return refuse(errno_of(made.error()));
  return {};
}

Answer<std::unique_ptr<OpenFile>> BucketMount::watch(const std::string& path,
                                                     std::chrono::milliseconds patience) {
  const std::string start = name_of(below(path)).key;
  auto watch = place_.store->watch(place_.bucket, start);
  if (!watch) return refuse(errno_of(watch.error()));
  return std::make_unique<WatchFile>(place_.store, *std::move(watch), start, patience);
}

Answer<bool> BucketMount::is_empty(const std::string& path) {
  const auto inside = entries(path);
  if (!inside) return refuse(inside.error());
  return inside->empty();
}

Answer<void> BucketMount::remove_folder(const std::string& path) {
  const auto status = stat(path);
  if (!status) return refuse(status.error());
  if (status->type != FileType::kFolder) return refuse(Errno::kNotdir);
  if (path.empty()) return refuse(Errno::kBusy);
  const auto empty = is_empty(path);
  if (!empty) return refuse(empty.error());
  if (!*empty) return refuse(Errno::kNotempty);
  const auto removed = place_.store->remove(name_of(below(path) + std::string(kMarker)));
  if (!removed && removed.error().code != store::FailureCode::kNotFound) {
    return refuse(errno_of(removed.error()));
  }
  emptied_.erase(path);
  remember_parent(path);
  return {};
}

void BucketMount::remember_parent(const std::string& path) {
  const std::string parent = parent_of(path);
  if (!parent.empty() && emptied_.size() < kMaxEmptied) emptied_.insert(parent);
}

Answer<void> BucketMount::remove_file(const std::string& path) {
  const auto status = stat(path);
  if (!status) return refuse(status.error());
  if (status->type == FileType::kFolder) return refuse(Errno::kIsdir);
  const auto draft = draft_at(path);
  if (draft) {
    draft->give_up();
    forget_draft(draft);
  }
  const auto removed = place_.store->remove(name_of(path));
  const bool absent = !removed && removed.error().code == store::FailureCode::kNotFound;
  if (!removed && !(absent && draft)) return refuse(errno_of(removed.error()));
  remember_parent(path);
  return {};
}

Answer<void> BucketMount::rename(const std::string& from, const std::string& to) {
  const auto source = stat(from);
  if (!source) return refuse(source.error());
  if (from == to) return {};
  if (from.empty() || to.empty()) return refuse(Errno::kBusy);
  const bool moves_folder = source->type == FileType::kFolder;
  if (moves_folder && to.starts_with(below(from))) return refuse(Errno::kInval);
  if (auto parent = check_parent(to); !parent) return parent;
  if (const auto target = stat(to)) {
    const bool is_folder = target->type == FileType::kFolder;
    if (moves_folder && !is_folder) return refuse(Errno::kNotdir);
    if (!moves_folder && is_folder) return refuse(Errno::kIsdir);
    if (auto gone = is_folder ? remove_folder(to) : remove_file(to); !gone) return gone;
    emptied_.erase(to);
  } else if (target.error() != Errno::kNoent) {
    return refuse(target.error());
  }
  return moves_folder ? move_folder(from, to) : move_object(from, to);
}

Answer<void> BucketMount::move_object(const std::string& from, const std::string& to) {
  if (const auto draft = draft_at(from)) {
    if (auto moved = draft->rename(name_of(to)); !moved) return moved;
    // What it was to replace is what POSIX would have moved away.
    const auto removed = place_.store->remove(name_of(from));
    if (!removed && removed.error().code != store::FailureCode::kNotFound) {
      return refuse(errno_of(removed.error()));
    }
    forget_draft(draft);
    keep_draft(to, draft);
    remember_parent(from);
    return {};
  }
  const auto object = place_.store->stat(name_of(from));
  if (!object) return refuse(errno_of(object.error()));
  auto writer = place_.store->create(name_of(to));
  if (!writer) return refuse(errno_of(writer.error()));
  for (std::uint64_t at = 0; at < object->size_bytes; at += kPieceBytes) {
    const auto piece = place_.store->view(name_of(from), {at, kPieceBytes});
    if (!piece) return refuse(errno_of(piece.error()));
    if (auto added = plain((*writer)->append(piece->bytes())); !added) return added;
  }
  if (const auto sealed = (*writer)->seal(); !sealed) return refuse(errno_of(sealed.error()));
  remember_parent(from);
  return plain(place_.store->remove(name_of(from)));
}

Answer<void> BucketMount::move_folder(const std::string& from, const std::string& to) {
  for (const auto& [path, draft] : drafts_) {
    if (path.starts_with(below(from))) return refuse(Errno::kBusy);
  }
  const auto listing = list(below(from), true);
  if (!listing) return refuse(listing.error());
  const std::size_t start = name_of(below(from)).key.size();
  for (const store::ListedObject& object : listing->objects) {
    const std::string rest = object.key.substr(start);
    if (auto moved = move_object(below(from) + rest, below(to) + rest); !moved) return moved;
  }
  // Only what this program remembers of emptied folders was there, or what moving has left of it.
  std::set<std::string> kept;
  for (const std::string& folder : emptied_) {
    if (folder == from) {
      kept.insert(to);
    } else if (folder.starts_with(below(from))) {
      kept.insert(below(to) + folder.substr(below(from).size()));
    } else {
      kept.insert(folder);
    }
  }
  emptied_ = std::move(kept);
  remember_parent(from);
  return {};
}

}  // namespace ionloom::wasi
