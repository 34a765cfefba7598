#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ionloom::plan {

/// The Error of a call that failed on the database in a file.
[[nodiscard]] Error sql_error(sqlite3* database, const std::filesystem::path& path);

/// Runs statements that give no rows.
[[nodiscard]] Result<void> run_sql(sqlite3* database, const std::filesystem::path& path,
                                   const char* statements);

/// One statement with its parameters; parameters and columns count from 0.
class SqlStatement {
 public:
  [[nodiscard]] static Result<SqlStatement> prepare(sqlite3* database,
                                                    const std::filesystem::path& path,
                                                    const char* statement);

  void bind(int parameter, double value);
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, const std::string& value);

  /// @return whether there is a row
  [[nodiscard]] Result<bool> next();
  /// Ready for other parameters.
  void reset();

  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_ = nullptr;
  std::filesystem::path path_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace ionloom::plan
