#include "report/parquet_file.h"

#include <algorithm>
#include <utility>

#include <arrow/io/interfaces.h>
#include <parquet/arrow/writer.h>

#include "files/output_file.h"
#include "report/annotations_parquet.h"

namespace ionloom::report {

/// An files::OutputFile as Arrow sees it. Keeps the Error that Arrow would turn into text.
class FileStream : public arrow::io::OutputStream {
 public:
  explicit FileStream(files::OutputFile file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, std::int64_t size_bytes) override {
    auto written = file_.write(
        std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size_bytes)));
    if (!written) {
      error_ = std::move(written.error());
      return arrow::Status::IOError(error_->what);
    }
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;

  arrow::Result<std::int64_t> Tell() const override {
    return static_cast<std::int64_t>(file_.size_bytes());
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

  Result<void> commit() { return file_.commit(); }
  const std::optional<Error>& error() const { return error_; }

 private:
  files::OutputFile file_;
  std::optional<Error> error_;
  bool closed_ = false;
};

Result<ParquetFile> ParquetFile::create(const std::filesystem::path& path,
                                        const arrow::FieldVector& fields, std::string_view content,
                                        const RunIdentity& run) {
  auto output = files::OutputFile::create(path);
  if (!output) {
    return std::unexpected(std::move(output.error()));
  }
  auto stream = std::make_shared<FileStream>(std::move(*output));
  auto metadata = arrow::key_value_metadata(
      {"ionloom.content", "ionloom.version", "ionloom.dataset", "ionloom.parameters"},
      {std::string(content), run.program_version, run.dataset_name, run.parameters_json});
  if (!run.scoring_model.name.empty()) {
    metadata->Append("ionloom.scoring_model", run.scoring_model.name);
    metadata->Append("ionloom.scoring_model_checksum", run.scoring_model.checksum);
  }
  auto schema = arrow::schema(fields, std::move(metadata));
  // The pool that gives memory back: Arrow's own keep what they had.
  const auto settings = parquet::WriterProperties::Builder()
                            .memory_pool(arrow::system_memory_pool())
                            ->compression(arrow::Compression::ZSTD)
                            ->compression_level(3)
                            ->build();
  const auto arrow_settings =
      parquet::ArrowWriterProperties::Builder().store_schema()->set_use_threads(false)->build();
  auto writer = parquet::arrow::FileWriter::Open(*schema, arrow::system_memory_pool(), stream,
                                                 settings, arrow_settings);
  if (!writer.ok()) {
    return std::unexpected(stream->error().value_or(
        Error{ErrorCode::kData, path.string(), writer.status().message()}));
  }
  return ParquetFile(path, std::move(schema), std::move(stream), std::move(*writer));
}

std::uint64_t parquet_memory_bound_bytes(std::uint64_t rows, std::uint64_t text_bytes) {
  constexpr std::uint64_t kBytesPerRow = 2048;
  constexpr std::uint64_t kCopies = 4;  // as it grows (twice), encoded, compressed
  return kCopies * std::min(kRowGroupBytes, rows * kBytesPerRow + text_bytes);
}

std::uint64_t appended_bytes(arrow::ArrayBuilder& builder) {
  std::uint64_t bytes = 0;
  if (const auto* text = dynamic_cast<arrow::StringBuilder*>(&builder)) {
    bytes += static_cast<std::uint64_t>(text->value_data_length());
  }
  if (const auto* list = dynamic_cast<arrow::ListBuilder*>(&builder)) {
    bytes += appended_bytes(*list->value_builder());
  }
  return bytes + static_cast<std::uint64_t>(builder.length()) * sizeof(std::uint64_t);
}

ParquetFile::ParquetFile(std::filesystem::path path, std::shared_ptr<arrow::Schema> schema,
                         std::shared_ptr<FileStream> stream,
                         std::unique_ptr<parquet::arrow::FileWriter> writer)
    : path_(std::move(path)),
      schema_(std::move(schema)),
      stream_(std::move(stream)),
      writer_(std::move(writer)) {}

ParquetFile::ParquetFile(ParquetFile&&) noexcept = default;
ParquetFile::~ParquetFile() = default;

Result<void> ParquetFile::check(const arrow::Status& status) const {
  if (status.ok()) {
    return {};
  }
  if (stream_->error()) {
    return std::unexpected(*stream_->error());
  }
  const auto code = status.IsOutOfMemory() ? ErrorCode::kResource : ErrorCode::kData;
  return fail(code, path_.string(), "cannot be written: " + status.message());
}

Result<void> ParquetFile::write_row_group(const arrow::ArrayVector& columns) {
  const std::int64_t rows = columns.front()->length();
  const auto table = arrow::Table::Make(schema_, columns, rows);
  return check(writer_->WriteTable(*table, rows));
}

Result<void> ParquetFile::commit() {
  if (auto closed = check(writer_->Close()); !closed) {
    return closed;
  }
  return stream_->commit();
}

}  // namespace ionloom::report
