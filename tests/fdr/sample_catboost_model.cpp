#include "fdr/sample_catboost_model.h"

#include <cstring>
#include <functional>
#include <map>
#include <string_view>

namespace ionloom::fdr {
namespace {

/// Writes FlatBuffers front to back: a table first, then what its fields lead to.
class FlatWriter {
 public:
  /// Writes a field's content behind the table, and returns where it begins.
  using Child = std::function<std::size_t(FlatWriter&)>;

  template <class T>
  void put(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    std::memcpy(bytes_.data() + at, &value, sizeof(T));
  }

  /// A place for an offset, to be led somewhere later.
  std::size_t reserve() {
    put(std::uint32_t{0});
    return bytes_.size() - sizeof(std::uint32_t);
  }

  void lead(std::size_t place, std::size_t target) {
    const auto offset = static_cast<std::uint32_t>(target - place);
    std::memcpy(bytes_.data() + place, &offset, sizeof(offset));
  }

  std::size_t text(std::string_view characters) {
    const std::size_t at = bytes_.size();
    put(static_cast<std::uint32_t>(characters.size()));
    for (const char c : characters) put(c);
    put('\0');
    return at;
  }

  template <class T>
  std::size_t vector(const std::vector<T>& values) {
    const std::size_t at = bytes_.size();
    put(static_cast<std::uint32_t>(values.size()));
    for (const T value : values) put(value);
    return at;
  }

  /// A table whose fields are numbers (doubles and 32-bit integers) or lead to children.
  std::size_t table(const std::map<std::uint32_t, std::int32_t>& integers,
                    const std::map<std::uint32_t, double>& reals,
                    const std::map<std::uint32_t, Child>& children) {
    std::uint32_t fields = 0;
    for (const auto& [field, value] : integers) fields = std::max(fields, field + 1);
    for (const auto& [field, value] : reals) fields = std::max(fields, field + 1);
    for (const auto& [field, child] : children) fields = std::max(fields, field + 1);
    const std::size_t vtable = bytes_.size();
    put(static_cast<std::uint16_t>(4 + 2 * fields));
    put(std::uint16_t{0});
    for (std::uint32_t i = 0; i < fields; ++i) put(std::uint16_t{0});
    const std::size_t start = bytes_.size();
    put(static_cast<std::int32_t>(start - vtable));
    const auto name_place = [&](std::uint32_t field) {
      const auto distance = static_cast<std::uint16_t>(bytes_.size() - start);
      std::memcpy(bytes_.data() + vtable + 4 + 2 * field, &distance, sizeof(distance));
    };
    for (const auto& [field, value] : integers) {
      name_place(field);
      put(value);
    }
    for (const auto& [field, value] : reals) {
      name_place(field);
      put(value);
    }
    std::map<std::uint32_t, std::size_t> places;
    for (const auto& [field, child] : children) {
      name_place(field);
      places[field] = reserve();
    }
    for (const auto& [field, child] : children) lead(places[field], child(*this));
    return start;
  }

  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

std::size_t write_features(FlatWriter& writer, const std::vector<SampleModel::Feature>& features) {
  const std::size_t at = writer.vector(std::vector<std::uint32_t>(features.size(), 0));
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto borders = [&](FlatWriter& w) { return w.vector(features[i].borders); };
    const auto name = [&](FlatWriter& w) { return w.text(features[i].name); };
    writer.lead(at + 4 + 4 * i, writer.table({}, {}, {{3, borders}, {4, name}}));
  }
  return at;
}

}  // namespace

std::vector<std::byte> model_file(const SampleModel& model) {
  FlatWriter writer;
  const std::size_t root = writer.reserve();
  std::map<std::uint32_t, FlatWriter::Child> fields = {
      {1, [&](FlatWriter& w) { return w.vector(model.splits); }},
      {2, [&](FlatWriter& w) { return w.vector(model.depths); }},
      {5, [&](FlatWriter& w) { return write_features(w, model.features); }},
      {8, [&](FlatWriter& w) { return w.vector(model.leaves); }}};
  if (model.foreign_field > 0) {
    fields[model.foreign_field] = [](FlatWriter& w) { return w.vector(std::vector<int>{0}); };
  }
  const auto trees = [&](FlatWriter& w) {
    return w.table({{0, model.outputs}}, {{14, model.scale}, {15, model.bias}}, fields);
  };
  const auto format = [&](FlatWriter& w) { return w.text(model.format); };
  writer.lead(root, writer.table({}, {}, {{0, format}, {1, trees}}));

  FlatWriter file;
  for (const char c : std::string_view("CBM1")) file.put(c);
  file.put(static_cast<std::uint32_t>(writer.bytes().size()));
  for (const std::byte byte : writer.bytes()) file.put(byte);
  return file.bytes();
}

}  // namespace ionloom::fdr
