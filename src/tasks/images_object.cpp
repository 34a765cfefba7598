#include "tasks/images_object.h"

namespace ionloom::tasks {

Result<IonImages> decode_images(std::span<const std::byte> bytes) {
  auto columns = ObjectColumns::open(bytes, kImagesKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t ions = columns->count(0);
  IonImages all;
  all.isotope_peaks = columns->count(1);
  const auto values = columns->next<ImageValue>(columns->count(2));
  const auto ends = columns->next<std::uint64_t>(product(ions, all.isotope_peaks));
  all.ion = columns->next<std::uint32_t>(ions);
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  std::uint64_t begin = 0;
  for (const std::uint64_t end : ends) {
    if (end < begin || end > values.size()) {
      return data_error({}, "an image ends outside of its values");
    }
    imaging::IonImage& image = all.images.emplace_back();
    for (; begin < end; ++begin) {
      image.pixels.push_back(values[begin].pixel);
      image.values.push_back(values[begin].intensity);
    }
  }
  return all;
}

}  // namespace ionloom::tasks
