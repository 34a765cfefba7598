#pragma once

#include <array>
#include <ctime>
#include <memory>
#include <span>
#include <utility>

#include "wasi/host_descriptor.h"
#include "wasi/open_file.h"
#include "wasi/quotas.h"

namespace ionloom::wasi {

/// An open file of a folder of the host.
class HostFile final : public OpenFile {
 public:
  /// @param quotas  what is written counts against them
  HostFile(store::Descriptor file, std::shared_ptr<QuotaCount> quotas)
      : file_(std::move(file)), quotas_(std::move(quotas)) {}

  Answer<FileStat> stat() override { return stat_of_descriptor(file_.number()); }
  Answer<std::size_t> read(std::uint64_t offset_bytes, std::span<std::byte> into) override;
  Answer<std::size_t> write(std::uint64_t offset_bytes, std::span<const std::byte> bytes) override;
  void set_append(bool append) override;
  [[nodiscard]] bool seekable() const override { return true; }
  Answer<std::uint64_t> size_bytes() override;
  Answer<void> set_size(std::uint64_t size_bytes) override;
  void will_need(std::uint64_t offset_bytes, std::uint64_t length_bytes) override;
  Answer<void> sync() override;
  Answer<void> set_times(const NewTimes& times) override;

 private:
  store::Descriptor file_;
  std::shared_ptr<QuotaCount> quotas_;
};

/// Times as utimensat(2) wants them: accessed, modified.
void to_host(const NewTimes& times, std::span<timespec, 2> host);

}  // namespace ionloom::wasi
