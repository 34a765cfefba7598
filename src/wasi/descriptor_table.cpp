#include "wasi/descriptor_table.h"

#include <algorithm>
#include <utility>

namespace ionloom::wasi {

Answer<std::uint32_t> DescriptorTable::add(Descriptor descriptor) {
  if (full()) return refuse(Errno::kMfile);
  const auto free = std::ranges::find_if(open_, [](const auto& one) { return !one; });
  const auto number = static_cast<std::uint32_t>(free - open_.begin());
  if (free == open_.end()) {
    open_.emplace_back(std::move(descriptor));
  } else {
    *free = std::move(descriptor);
  }
  ++count_;
  return number;
}

Answer<Folder*> DescriptorTable::folder_at(std::uint32_t number) {
  const auto descriptor = at(number);
  if (!descriptor) return refuse(descriptor.error());
  Folder* folder = (*descriptor)->file->folder();
  if (folder == nullptr) return refuse(Errno::kNotdir);
  return folder;
}

Answer<void> DescriptorTable::close(std::uint32_t number) {
  const auto descriptor = at(number);
  if (!descriptor) return refuse(descriptor.error());
  const auto file = std::move((*descriptor)->file);
  open_[number].reset();
  --count_;
  return file->close();
}

Answer<void> DescriptorTable::renumber(std::uint32_t from, std::uint32_t to) {
  if (const auto moved = at(from); !moved) return refuse(moved.error());
  if (const auto replaced = at(to); !replaced) return refuse(replaced.error());
  if (from == to) return {};
  auto closed = close(to);
  open_[to] = std::move(open_[from]);
  open_[from].reset();
  return closed;
}

Answer<void> DescriptorTable::close_all() {
  Answer<void> first;
  for (std::uint32_t number = 0; number < open_.size(); ++number) {
    if (!open_[number]) continue;
    if (auto closed = close(number); !closed && first) first = closed;
  }
  return first;
}

}  // namespace ionloom::wasi
