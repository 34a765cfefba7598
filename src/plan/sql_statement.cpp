#include "plan/sql_statement.h"

#include <fmt/core.h>
#include <sqlite3.h>

namespace ionloom::plan {

Error sql_error(sqlite3* database, const std::filesystem::path& path) {
  const int code = sqlite3_errcode(database);
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
    return {ErrorCode::kData, path.string(),
            fmt::format("is damaged or no file of measurements ({}); it was left as it is: move it "
                        "away to begin a new one",
                        sqlite3_errmsg(database))};
  }
  const bool is_full = code == SQLITE_FULL || code == SQLITE_NOMEM;
  return {is_full ? ErrorCode::kResource : ErrorCode::kData, path.string(),
          fmt::format("measurements cannot be read or written: {}", sqlite3_errmsg(database))};
}

Result<void> run_sql(sqlite3* database, const std::filesystem::path& path, const char* statements) {
  if (sqlite3_exec(database, statements, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(sql_error(database, path));
  }
  return {};
}

void SqlStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<SqlStatement> SqlStatement::prepare(sqlite3* database, const std::filesystem::path& path,
                                           const char* statement) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database, statement, -1, &prepared, nullptr) != SQLITE_OK) {
    return std::unexpected(sql_error(database, path));
  }
  SqlStatement result;
  result.database_ = database;
  result.path_ = path;
  result.statement_.reset(prepared);
  return result;
}

void SqlStatement::bind(int parameter, double value) {
  sqlite3_bind_double(statement_.get(), parameter + 1, value);
}

void SqlStatement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter + 1, value);
}

void SqlStatement::bind(int parameter, const std::string& value) {
  sqlite3_bind_text(statement_.get(), parameter + 1, value.data(), static_cast<int>(value.size()),
                    SQLITE_TRANSIENT);
}

Result<bool> SqlStatement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(sql_error(database_, path_));
}

void SqlStatement::reset() {
  sqlite3_reset(statement_.get());
}

double SqlStatement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::int64_t SqlStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string SqlStatement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {bytes, bytes + size};
}

}  // namespace ionloom::plan
