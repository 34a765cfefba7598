#include "geds/event_log.h"

#include <utility>

#include <fmt/core.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace ionloom::geds {
namespace {

spdlog::level::level_enum level_of(EventLog::Level level) {
  switch (level) {
    case EventLog::Level::kDebug:
      return spdlog::level::debug;
    case EventLog::Level::kInfo:
      return spdlog::level::info;
    case EventLog::Level::kWarning:
      return spdlog::level::warn;
    case EventLog::Level::kError:
      break;
  }
  return spdlog::level::err;
}

/// In quotes; with JSON's escapes, which serve for text as well. Bytes beyond ASCII stay.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') {
      result += '\\';
      result += each;
    } else if (static_cast<unsigned char>(each) < 0x20 || each == 0x7f) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned char>(each));
    } else {
      result += each;
    }
  }
  return result + "\"";
}

/// Whether a value can stand in a line of text as it is.
bool plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char each : text) {
    if (static_cast<unsigned char>(each) <= ' ' || each == '"' || each == '=' || each == '\\' ||
        each == 0x7f) {
      return false;
    }
  }
  return true;
}

std::string written(const EventLog::Field& field, EventLog::Form form) {
  if (form == EventLog::Form::kJson) {
    return fmt::format(",{}:{}", quoted(field.name),
                       field.quoted ? quoted(field.value) : field.value);
  }
  return fmt::format(" {}={}", field.name, plain(field.value) ? field.value : quoted(field.value));
}

std::shared_ptr<spdlog::logger> make_logger(EventLog::Form form, EventLog::Level least,
                                            spdlog::sink_ptr sink) {
  const std::string_view time = "%Y-%m-%dT%H:%M:%S.%eZ";
  const std::string pattern = form == EventLog::Form::kJson
                                  ? fmt::format(R"({{"time":"{}","level":"%l",%v}})", time)
                                  : fmt::format("time={} level=%l %v", time);
  auto logger = std::make_shared<spdlog::logger>("geds", std::move(sink));
  logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
  logger->set_level(level_of(least));
  logger->flush_on(spdlog::level::debug);
  return logger;
}

}  // namespace

EventLog::EventLog(Form form, Level least, std::string_view server)
    : logger_(make_logger(form, least, std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      form_(form),
      server_(server) {}

EventLog::EventLog(Form form, Level least, std::string_view server, std::ostream& to)
    : logger_(make_logger(form, least, std::make_shared<spdlog::sinks::ostream_sink_mt>(to))),
      form_(form),
      server_(server) {}

void EventLog::tell(Level level, std::string_view event,
                    std::initializer_list<Field> fields) const {
  if (!logger_ || !logger_->should_log(level_of(level))) return;
  std::string line = written({"server", server_}, form_) + written({"event", event}, form_);
  for (const Field& field : fields) line += written(field, form_);
  logger_->log(level_of(level), spdlog::string_view_t(line.data() + 1, line.size() - 1));
}

std::optional<EventLog::Level> log_level(std::string_view word) {
  if (word == "debug") return EventLog::Level::kDebug;
  if (word == "info") return EventLog::Level::kInfo;
  if (word == "warning") return EventLog::Level::kWarning;
  if (word == "error") return EventLog::Level::kError;
  return std::nullopt;
}

}  // namespace ionloom::geds
