#include "wasi/bucket_folder.h"

#include "store/object_name.h"
#include "wasi/bucket_file.h"

namespace ionloom::wasi {

Answer<PlainPath> BucketFolder::resolve(std::string_view path) const {
  auto plain = plain_path(path);
  if (!plain) return plain;
  if (!path_.empty()) plain->text = plain->text.empty() ? path_ : path_ + "/" + plain->text;
  if (mount_->name_of(plain->text).key.size() > store::kMaxKeyBytes) {
    return refuse(Errno::kNametoolong);
  }
  return plain;
}

Answer<PlainPath> BucketFolder::resolve_to_change(std::string_view path) const {
  auto plain = resolve(path);
  if (plain && !mount_->writable()) return refuse(Errno::kRofs);
  return plain;
}

Answer<std::unique_ptr<OpenFile>> BucketFolder::open(std::string_view path, const OpenHow& how) {
  const auto plain = how.changes() ? resolve_to_change(path) : resolve(path);
  if (!plain) return refuse(plain.error());
  const std::string& name = plain->text;
  const bool wants_folder = how.folder || plain->needs_folder;
  const auto there = mount_->stat(name);
  if (!there) {
    if (!how.create || there.error() != Errno::kNoent) return refuse(there.error());
    if (wants_folder) return refuse(plain->needs_folder ? Errno::kIsdir : Errno::kInval);
    if (auto parent = mount_->check_parent(name); !parent) return refuse(parent.error());
    return create(name, false);
  }
  if (how.create && how.exclusive) return refuse(Errno::kExist);
  if (there->type == FileType::kFolder) {
    if (how.write || how.truncate || (how.create && !how.folder)) return refuse(Errno::kIsdir);
    return std::make_unique<BucketFolder>(mount_, name);
  }
  if (wants_folder) return refuse(Errno::kNotdir);
  if (auto draft = mount_->draft_at(name)) {
    if (how.truncate) {
      if (auto cut = draft->set_size(0, mount_->quotas()); !cut) return refuse(cut.error());
    }
    return std::make_unique<DraftFile>(mount_, name, std::move(draft));
  }
  if (how.truncate) return create(name, true);
  if (how.write) return refuse(Errno::kNotsup);  // what is sealed does not change
  return std::make_unique<SealedFile>(mount_, name, there->size_bytes);
}

Answer<std::unique_ptr<OpenFile>> BucketFolder::create(const std::string& path, bool replaces) {
  if (auto left = mount_->quotas().take_object(); !left) return refuse(left.error());
  auto draft = std::make_shared<Draft>(mount_->store(), mount_->name_of(path), replaces);
  mount_->keep_draft(path, draft);
  return std::make_unique<DraftFile>(mount_, path, std::move(draft));
}

Answer<FileStat> BucketFolder::stat_of(std::string_view path, bool /*follow*/) {
  const auto plain = resolve(path);
  if (!plain) return refuse(plain.error());
  auto status = mount_->stat(plain->text);
  if (status && plain->needs_folder && status->type != FileType::kFolder) {
    return refuse(Errno::kNotdir);
  }
  return status;
}

Answer<void> BucketFolder::set_times_of(std::string_view path, bool follow,
                                        const NewTimes& /*times*/) {
  if (const auto status = stat_of(path, follow); !status) return refuse(status.error());
  return refuse(mount_->writable() ? Errno::kNotsup : Errno::kRofs);
}

Answer<void> BucketFolder::make_folder(std::string_view path) {
  const auto plain = resolve_to_change(path);
  if (!plain) return refuse(plain.error());
  return mount_->make_folder(plain->text);
}

Answer<void> BucketFolder::remove_folder(std::string_view path) {
  const auto plain = resolve_to_change(path);
  if (!plain) return refuse(plain.error());
  return mount_->remove_folder(plain->text);
}

Answer<void> BucketFolder::unlink(std::string_view path) {
  const auto plain = resolve_to_change(path);
  if (!plain) return refuse(plain.error());
  if (plain->needs_folder) {
    const auto status = mount_->stat(plain->text);
    if (!status) return refuse(status.error());
    if (status->type != FileType::kFolder) return refuse(Errno::kNotdir);
  }
  return mount_->remove_file(plain->text);
}

Answer<void> BucketFolder::rename(std::string_view path, Folder& to, std::string_view new_path) {
  auto* other = dynamic_cast<BucketFolder*>(&to);
  if (other == nullptr || other->mount_ != mount_) return refuse(Errno::kXdev);
  const auto from = resolve_to_change(path);
  if (!from) return refuse(from.error());
  const auto target = other->resolve_to_change(new_path);
  if (!target) return refuse(target.error());
  if (from->needs_folder || target->needs_folder) {
    const auto status = mount_->stat(from->text);
    if (!status) return refuse(status.error());
    if (status->type != FileType::kFolder) return refuse(Errno::kNotdir);
  }
  return mount_->rename(from->text, target->text);
}

Answer<void> BucketFolder::link(std::string_view path, Folder& /*to*/,
                                std::string_view /*new_path*/) {
  const auto plain = resolve_to_change(path);
  if (!plain) return refuse(plain.error());
  return refuse(Errno::kNotsup);
}

Answer<void> BucketFolder::make_symlink(std::string_view /*target*/, std::string_view path) {
  const auto plain = resolve_to_change(path);
  if (!plain) return refuse(plain.error());
  return refuse(Errno::kNotsup);
}

Answer<std::string> BucketFolder::read_symlink(std::string_view path) {
  if (const auto status = stat_of(path, false); !status) return refuse(status.error());
  return refuse(Errno::kInval);
}

}  // namespace ionloom::wasi
