#include "app/mount_text.h"

#include <fmt/core.h>

#include "store/object_name.h"

namespace ionloom::app {
namespace {

constexpr std::string_view kRoot = "/geds/";

/// Takes ":ro" or ":rw" off the end; read-only is what is not asked for otherwise.
bool take_access(std::string_view& text) {
  const bool writable = text.ends_with(":rw");
  if (writable || text.ends_with(":ro")) text.remove_suffix(3);
  return writable;
}

}  // namespace

Result<MountText> parse_mount(const std::string& text) {
  const auto wrong = [&](const std::string& why) {
    return usage_error(fmt::format(
        "--mount \"{}\" {}; a mount is /geds/BUCKET[/PREFIX][=STORE][:ro|:rw]", text, why));
  };
  std::string_view rest = text;
  MountText mount;
  mount.writable = take_access(rest);
  if (const auto equals = rest.find('='); equals != std::string_view::npos) {
    mount.store = rest.substr(equals + 1);
    if (mount.store.empty()) return wrong("names no store behind the '='");
    rest = rest.substr(0, equals);
  }
  if (!rest.starts_with(kRoot)) return wrong("does not begin with /geds/");
  while (rest.ends_with('/')) rest.remove_suffix(1);
  mount.path = rest;
  if (rest.size() <= kRoot.size()) return wrong("names no bucket");
  rest.remove_prefix(kRoot.size());
  mount.bucket = rest.substr(0, rest.find('/'));
  if (auto fine = store::check_bucket(mount.bucket); !fine) return wrong(fine.error().what);
  if (rest.size() == mount.bucket.size()) return mount;
  const std::string prefix(rest.substr(mount.bucket.size() + 1));
  if (auto fine = store::check_name({mount.bucket, prefix}); !fine) return wrong(fine.error().what);
  mount.prefix = prefix + "/";
  return mount;
}

Result<FolderText> parse_folder(const std::string& text) {
  std::string_view rest = text;
  FolderText folder;
  folder.writable = take_access(rest);
  const auto colons = rest.rfind("::");
  folder.folder = rest.substr(0, colons);
  folder.path = colons == std::string_view::npos ? folder.folder : rest.substr(colons + 2);
  if (!folder.folder.empty() && !folder.path.empty()) return folder;
  return usage_error("--dir \"" + text + "\" is not of the form FOLDER[::PATH][:ro|:rw]");
}

}  // namespace ionloom::app
