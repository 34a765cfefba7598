#pragma once

// Inside this room only: the way its Parquet files are described and written. Arrow does not
// appear in the headers that other rooms include.

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <arrow/api.h>

namespace ionloom::report {

/// How a C++ type is stored.
template <class T>
struct Stored;

template <class T, class ArrowBuilder, const std::shared_ptr<arrow::DataType>& (*Type)()>
struct StoredPlain {
  using Builder = ArrowBuilder;
  static std::shared_ptr<arrow::DataType> type() { return Type(); }
  static arrow::Status append(Builder& builder, const T& value) { return builder.Append(value); }
};

template <>
struct Stored<bool> : StoredPlain<bool, arrow::BooleanBuilder, arrow::boolean> {};
template <>
struct Stored<std::int8_t> : StoredPlain<std::int8_t, arrow::Int8Builder, arrow::int8> {};
template <>
struct Stored<std::uint32_t> : StoredPlain<std::uint32_t, arrow::UInt32Builder, arrow::uint32> {};
template <>
struct Stored<float> : StoredPlain<float, arrow::FloatBuilder, arrow::float32> {};
template <>
struct Stored<double> : StoredPlain<double, arrow::DoubleBuilder, arrow::float64> {};
template <>
struct Stored<std::string> : StoredPlain<std::string, arrow::StringBuilder, arrow::utf8> {};

template <class T>
struct Stored<std::optional<T>> {
  using Builder = typename Stored<T>::Builder;
  static std::shared_ptr<arrow::DataType> type() { return Stored<T>::type(); }
  static arrow::Status append(Builder& builder, const std::optional<T>& value) {
    return value ? Stored<T>::append(builder, *value) : builder.AppendNull();
  }
};

template <class T>
struct Stored<std::vector<T>> {
  using Builder = arrow::ListBuilder;
  static std::shared_ptr<arrow::DataType> type() { return arrow::list(Stored<T>::type()); }
  static arrow::Status append(Builder& builder, const std::vector<T>& values) {
    ARROW_RETURN_NOT_OK(builder.Append());
    auto& items = static_cast<typename Stored<T>::Builder&>(*builder.value_builder());
    for (const T& value : values) {
      ARROW_RETURN_NOT_OK(Stored<T>::append(items, value));
    }
    return arrow::Status::OK();
  }
};

/// One column of a file with rows of type Row: its name, unit and how a row's value is appended.
template <class Row>
struct ParquetColumn {
  std::shared_ptr<arrow::Field> field;
  std::function<arrow::Status(arrow::ArrayBuilder&, const Row&)> append;
};

/// A column whose type follows from what `value(row)` returns. `description` says in words what the
/// column holds, with its unit; it is kept in the field's metadata.
template <class Row, class Value>
ParquetColumn<Row> parquet_column(std::string name, std::string description, Value value) {
  using T = std::remove_cvref_t<std::invoke_result_t<Value, const Row&>>;
  auto metadata = arrow::key_value_metadata({"description"}, {std::move(description)});
  return {arrow::field(std::move(name), Stored<T>::type(), true, std::move(metadata)),
          [value = std::move(value)](arrow::ArrayBuilder& builder, const Row& row) {
            return Stored<T>::append(static_cast<typename Stored<T>::Builder&>(builder),
                                     std::invoke(value, row));
          }};
}

}  // namespace ionloom::report
