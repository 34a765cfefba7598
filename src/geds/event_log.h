#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace ionloom::geds {

/// What a server tells about what happens to it: one line an event, with a time (UTC), a level, the
/// event's name and its fields; as text
///   time=2026-01-31T12:00:00.000Z level=info server=node event=listening address=127.0.0.1:4382
/// or as one JSON object. Copies share their place. Thread-safe.
class EventLog {
 public:
  enum class Form : std::uint8_t { kText, kJson };
  /// kDebug is every object and every refused request.
  enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

  /// "name=value".
  struct Field {
    Field(std::string_view field, std::string_view text) : name(field), value(text), quoted(true) {}
    Field(std::string_view field, const char* text) : Field(field, std::string_view(text)) {}
    Field(std::string_view field, std::integral auto number)
        : name(field), value(std::to_string(number)) {}

    std::string_view name;
    std::string value;
    bool quoted = false;  ///< in JSON
  };

  /// Says nothing.
  EventLog() = default;

  /// On stderr.
  /// @param server  "metadata" or "node": a field of every line
  EventLog(Form form, Level least, std::string_view server);

  /// The same to a stream, which must outlive all copies.
  EventLog(Form form, Level least, std::string_view server, std::ostream& to);

  void tell(Level level, std::string_view event, std::initializer_list<Field> fields = {}) const;
  void debug(std::string_view event, std::initializer_list<Field> fields = {}) const {
    tell(Level::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<Field> fields = {}) const {
    tell(Level::kInfo, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<Field> fields = {}) const {
    tell(Level::kWarning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) const {
    tell(Level::kError, event, fields);
  }

 private:
  std::shared_ptr<spdlog::logger> logger_;
  Form form_ = Form::kText;
  std::string server_;
};

/// "debug", "info", "warning" or "error"; nothing for another word.
[[nodiscard]] std::optional<EventLog::Level> log_level(std::string_view word);

}  // namespace ionloom::geds
