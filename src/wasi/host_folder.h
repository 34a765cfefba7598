#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "wasi/host_descriptor.h"
#include "wasi/open_file.h"
#include "wasi/quotas.h"

namespace ionloom::wasi {

/// A folder of the host. Paths are resolved by the system, which keeps them below it whatever links
/// lie there and whoever moves folders about meanwhile.
class HostFolder final : public Folder {
 public:
  /// @param writable  false: kRofs for everything that changes something
  /// @param quotas    what is written and created counts against them
  HostFolder(store::Descriptor folder, bool writable, std::shared_ptr<QuotaCount> quotas)
      : folder_(std::move(folder)), writable_(writable), quotas_(std::move(quotas)) {}

  /// Fails (kUsage) when there is no such folder.
  [[nodiscard]] static Result<std::unique_ptr<HostFolder>> at(const std::string& path,
                                                              bool writable,
                                                              std::shared_ptr<QuotaCount> quotas);

  Answer<FileStat> stat() override { return stat_of_descriptor(folder_.number()); }
  Answer<void> set_times(const NewTimes& times) override;
  Answer<std::vector<FolderEntry>> entries() override;
  Answer<std::unique_ptr<OpenFile>> open(std::string_view path, const OpenHow& how) override;
  Answer<FileStat> stat_of(std::string_view path, bool follow) override;
  Answer<void> set_times_of(std::string_view path, bool follow, const NewTimes& times) override;
  Answer<void> make_folder(std::string_view path) override;
  Answer<void> remove_folder(std::string_view path) override;
  Answer<void> unlink(std::string_view path) override;
  Answer<void> rename(std::string_view path, Folder& to, std::string_view new_path) override;
  Answer<void> link(std::string_view path, Folder& to, std::string_view new_path) override;
  Answer<void> make_symlink(std::string_view target, std::string_view path) override;
  Answer<std::string> read_symlink(std::string_view path) override;

 private:
  /// The folder in which a path's last name is, and that name.
  struct Place {
    store::Descriptor folder;
    std::string name;
    bool needs_folder = false;

    /// As the system is asked for it: with a slash where it has to be a folder.
    [[nodiscard]] std::string system_name() const { return name + (needs_folder ? "/" : ""); }
  };
  struct TwoPlaces {
    Place from;
    Place to;
  };
  /// @param to_change  kRofs where nothing may be changed
  [[nodiscard]] Answer<Place> place_of(std::string_view path, bool to_change) const;
  /// Of what gets another name, to change both: kXdev where `to` is no folder of the host.
  [[nodiscard]] Answer<TwoPlaces> places_of(std::string_view path, Folder& to,
                                            std::string_view new_path) const;
  [[nodiscard]] Answer<store::Descriptor> named(std::string_view path, bool follow) const;

  store::Descriptor folder_;
  bool writable_;
  std::shared_ptr<QuotaCount> quotas_;
};

}  // namespace ionloom::wasi
