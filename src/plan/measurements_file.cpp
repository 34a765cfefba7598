#include "plan/measurements_file.h"

#include <limits>
#include <optional>
#include <string>

#include <fmt/core.h>
#include <sqlite3.h>

#include "plan/sql_statement.h"

namespace ionloom::plan {
namespace {

/// "ILMS" in SQLite's header: a file of ours.
constexpr std::int64_t kApplication = 0x494C4D53;
constexpr std::int64_t kVersion = 2;
/// SQLite keeps it as NULL.
constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
constexpr int kBusyWait_ms = 10'000;

constexpr const char* kSchema = R"(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS measurement (
  id INTEGER PRIMARY KEY,
  stage TEXT NOT NULL,
  device TEXT NOT NULL,
  dataset TEXT NOT NULL,
  active_tasks REAL,
  start_up_s REAL,
  compute_s REAL,
  read_tier TEXT NOT NULL, read_requests REAL, read_bytes REAL, read_s REAL,
  write_tier TEXT NOT NULL, write_requests REAL, write_bytes REAL, write_s REAL,
  peak_memory_bytes INTEGER NOT NULL,
  memory_bound_bytes INTEGER NOT NULL,
  recorded_unix_s INTEGER NOT NULL,
  pace REAL);
CREATE TABLE IF NOT EXISTS work (
  measurement INTEGER NOT NULL REFERENCES measurement(id) ON DELETE CASCADE,
  count TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (measurement, count)) WITHOUT ROWID;
)";

Result<std::int64_t> number_from(sqlite3* database, const std::filesystem::path& path,
                                 const char* statement) {
  auto query = SqlStatement::prepare(database, path, statement);
  if (!query) return std::unexpected(query.error());
  const auto row = query->next();
  if (!row) return std::unexpected(row.error());
  return *row ? query->integer(0) : 0;
}

/// Gives a file of layout 1 what is new in 2. Another process may do so at the same time.
Result<void> make_newest(sqlite3* database, const std::filesystem::path& path) {
  if (auto begun = run_sql(database, path, "BEGIN IMMEDIATE"); !begun) return begun;
  const auto version = number_from(database, path, "PRAGMA user_version");
  Result<void> made;
  if (!version) made = std::unexpected(version.error());
  if (version && *version == 1) {
    made = run_sql(database, path,
                   "ALTER TABLE measurement ADD COLUMN pace REAL; PRAGMA user_version = 2");
  }
  if (made) made = run_sql(database, path, "COMMIT");
  if (!made) sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
  return made;
}

void bind_exchange(SqlStatement& insert, int first, const Exchange& exchange) {
  insert.bind(first, exchange.tier);
  insert.bind(first + 1, exchange.requests);
  insert.bind(first + 2, exchange.bytes);
  insert.bind(first + 3, exchange.seconds);
}

Exchange read_exchange(const SqlStatement& row, int first) {
  return {.tier = row.text(first),
          .requests = row.real(first + 1),
          .bytes = row.real(first + 2),
          .seconds = row.real(first + 3)};
}

Result<void> insert_one(sqlite3* database, SqlStatement& insert, SqlStatement& insert_work,
                        const Measurement& measurement) {
  insert.bind(0, std::string(stage_name(measurement.stage)));
  insert.bind(1, measurement.device);
  insert.bind(2, measurement.dataset);
  insert.bind(3, measurement.active_tasks);
  insert.bind(4, measurement.start_up_s);
  insert.bind(5, measurement.compute_s);
  bind_exchange(insert, 6, measurement.read);
  bind_exchange(insert, 10, measurement.write);
  insert.bind(14, static_cast<std::int64_t>(measurement.peak_memory_bytes));
  insert.bind(15, static_cast<std::int64_t>(measurement.memory_bound_bytes));
  insert.bind(16, measurement.recorded_unix_s);
  insert.bind(17, measurement.pace.value_or(kNoNumber));
  const auto done = insert.next();
  if (!done) return std::unexpected(done.error());
  insert.reset();
  const std::int64_t id = sqlite3_last_insert_rowid(database);
  for (const Count count : kCounts) {
    if (measurement.counts[count] == 0) continue;
    insert_work.bind(0, id);
    insert_work.bind(1, std::string(count_name(count)));
    insert_work.bind(2, measurement.counts[count]);
    const auto added = insert_work.next();
    if (!added) return std::unexpected(added.error());
    insert_work.reset();
  }
  return {};
}

Result<void> insert_all(sqlite3* database, const std::filesystem::path& path,
                        std::span<const Measurement> measurements) {
  auto insert = SqlStatement::prepare(
      database, path,
      "INSERT INTO measurement (stage, device, dataset, active_tasks, start_up_s, compute_s, "
      "read_tier, read_requests, read_bytes, read_s, write_tier, write_requests, write_bytes, "
      "write_s, peak_memory_bytes, memory_bound_bytes, recorded_unix_s, pace) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return std::unexpected(insert.error());
  auto insert_work = SqlStatement::prepare(
      database, path, "INSERT INTO work (measurement, count, value) VALUES (?,?,?)");
  if (!insert_work) return std::unexpected(insert_work.error());
  for (const Measurement& measurement : measurements) {
    if (auto done = insert_one(database, *insert, *insert_work, measurement); !done) return done;
  }
  return {};
}

/// A row of all()'s query; absent when its stage is not known here.
std::optional<Measurement> measurement_from(const SqlStatement& row) {
  const auto stage = stage_from_name(row.text(1));
  if (!stage) return std::nullopt;
  Measurement measurement{.stage = *stage, .device = row.text(2), .dataset = row.text(3)};
  measurement.active_tasks = row.real(4);
  measurement.start_up_s = row.real(5);
  measurement.compute_s = row.real(6);
  measurement.read = read_exchange(row, 7);
  measurement.write = read_exchange(row, 11);
  measurement.peak_memory_bytes = static_cast<std::uint64_t>(row.integer(15));
  measurement.memory_bound_bytes = static_cast<std::uint64_t>(row.integer(16));
  measurement.recorded_unix_s = row.integer(17);
  if (const double pace = row.real(18); pace > 0 && pace <= 1) measurement.pace = pace;
  return measurement;
}

}  // namespace

void MeasurementsFile::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<MeasurementsFile> MeasurementsFile::open(const std::filesystem::path& path) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  MeasurementsFile file(path, Database(opened));
  if (code != SQLITE_OK) return std::unexpected(sql_error(opened, path));
  sqlite3_busy_timeout(opened, kBusyWait_ms);
  if (auto prepared = file.prepare(); !prepared) return std::unexpected(prepared.error());
  return file;
}

Result<void> MeasurementsFile::prepare() {
  const auto application = number_from(database_.get(), path_, "PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto version = number_from(database_.get(), path_, "PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto tables = number_from(database_.get(), path_,
                                  "SELECT count(*) FROM sqlite_master WHERE type = 'table'");
  if (!tables) return std::unexpected(tables.error());
  if (*tables > 0 && *application != kApplication) {
    return data_error(path_.string(),
                      "is an SQLite file of another program; expected measurements of ionloom");
  }
  if (*version > kVersion) {
    return data_error(path_.string(),
                      fmt::format("was written by a newer ionloom (version {} of the layout; this "
                                  "program knows {}); it was left as it is",
                                  *version, kVersion));
  }
  if (*tables == 0) {
    const std::string schema =
        fmt::format("{}PRAGMA application_id = {};\nPRAGMA user_version = {};\nCOMMIT;", kSchema,
                    kApplication, kVersion);
    if (auto made = run_sql(database_.get(), path_, schema.c_str()); !made) return made;
  } else if (*version < kVersion) {
    if (auto made = make_newest(database_.get(), path_); !made) return made;
  }
  return run_sql(database_.get(), path_, "PRAGMA foreign_keys = ON");
}

Result<void> MeasurementsFile::add(std::span<const Measurement> measurements) {
  if (auto begun = run_sql(database_.get(), path_, "BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> added = insert_all(database_.get(), path_, measurements);
  if (added) added = run_sql(database_.get(), path_, "COMMIT");
  if (!added) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return added;
}

Result<std::vector<Measurement>> MeasurementsFile::all() const {
  auto rows = SqlStatement::prepare(
      database_.get(), path_,
      "SELECT id, stage, device, dataset, active_tasks, start_up_s, compute_s, read_tier, "
      "read_requests, read_bytes, read_s, write_tier, write_requests, write_bytes, write_s, "
      "peak_memory_bytes, memory_bound_bytes, recorded_unix_s, pace FROM measurement ORDER BY id");
  if (!rows) return std::unexpected(rows.error());
  auto work = SqlStatement::prepare(database_.get(), path_,
                                    "SELECT count, value FROM work WHERE measurement = ?");
  if (!work) return std::unexpected(work.error());
  std::vector<Measurement> measurements;
  while (true) {
    const auto row = rows->next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return measurements;
    auto measurement = measurement_from(*rows);
    if (!measurement) continue;
    work->bind(0, rows->integer(0));
    while (true) {
      const auto count_row = work->next();
      if (!count_row) return std::unexpected(count_row.error());
      if (!*count_row) break;
      if (const auto count = count_from_name(work->text(0))) {
        measurement->counts[*count] = work->real(1);
      }
    }
    work->reset();
    measurements.push_back(std::move(*measurement));
  }
}

Result<std::uint64_t> MeasurementsFile::count() const {
  const auto rows = number_from(database_.get(), path_, "SELECT count(*) FROM measurement");
  if (!rows) return std::unexpected(rows.error());
  return static_cast<std::uint64_t>(*rows);
}

Result<std::uint64_t> MeasurementsFile::forget(const std::string& device) {
  auto remove = SqlStatement::prepare(database_.get(), path_,
                                      "DELETE FROM measurement WHERE ?1 = '' OR device = ?1");
  if (!remove) return std::unexpected(remove.error());
  remove->bind(0, device);
  if (const auto done = remove->next(); !done) return std::unexpected(done.error());
  return static_cast<std::uint64_t>(sqlite3_changes(database_.get()));
}

}  // namespace ionloom::plan
