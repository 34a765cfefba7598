#include "tasks/task.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "tasks/number_text.h"

namespace ionloom::tasks {
namespace {

constexpr std::string_view kFirstLine = "ionloom-task 1";
constexpr std::array<std::string_view, 7> kStageNames = {"index",    "ingest", "ions", "patterns",
                                                         "annotate", "images", "rank"};
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_plain(char c) {
  return c > ' ' && c != '%' && c != '\x7f';
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

void append_word(std::string_view word, std::string& text) {
  text += ' ';
  for (const char c : word) {
    if (is_plain(c) || static_cast<unsigned char>(c) >= 0x80) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += '%';
      text += kHexDigits[byte >> 4];
      text += kHexDigits[byte & 15];
    }
  }
}

void append_number(std::uint64_t number, std::string& text) {
  text += ' ';
  text += std::to_string(number);
}

/// Undoes append_word(); nullopt for what it does not write.
std::optional<std::string> plain_text(std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (is_plain(word[i]) || static_cast<unsigned char>(word[i]) >= 0x80) {
      text += word[i];
      continue;
    }
    const auto digit = [&](std::size_t at) {
      return at < word.size() ? kHexDigits.find(word[at]) : std::string_view::npos;
    };
    const std::size_t high = digit(i + 1);
    const std::size_t low = digit(i + 2);
    if (word[i] != '%' || high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    const auto c = static_cast<char>(high << 4 | low);
    if (is_plain(c) || static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    text += c;
    i += 2;
  }
  if (text.empty()) return std::nullopt;
  return text;
}

/// Reads a text line by line, and every line word by word.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view line() const { return line_; }

  /// The next line begins.
  Result<void> next() {
    ++number_;
    const std::size_t end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    words_ = line_;
    if (end == std::string_view::npos) {
      return failed(rest_.empty() ? "the text ends here" : "the line has no end");
    }
    rest_.remove_prefix(end + 1);
    return {};
  }

  /// Whether the next line begins with this word.
  [[nodiscard]] bool next_is(std::string_view keyword) const {
    return rest_.starts_with(keyword) && rest_.size() > keyword.size() &&
           rest_[keyword.size()] == ' ';
  }

  /// Goes to the next line, which must begin with this word and have so many more.
  Result<void> next(std::string_view keyword, std::size_t words, std::string_view form) {
    const bool begins = next_is(keyword);
    if (auto read = next(); !read) return expected(form, read.error());
    if (!begins || static_cast<std::size_t>(std::ranges::count(line_, ' ')) != words) {
      return failed("found \"" + std::string(line_) + "\", expected \"" + std::string(form) + "\"");
    }
    words_.remove_prefix(keyword.size() + 1);
    return {};
  }

  Result<std::string> word() {
    const std::string_view raw = take();
    auto text = plain_text(raw);
    if (text) return std::move(*text);
    return failed("\"" + std::string(raw) +
                  "\" is no text as tasks write it: not empty, spaces and control characters as "
                  "%20, % as %25");
  }

  Result<std::string> name() {
    const std::string_view raw = take();
    if (is_name(raw)) return std::string(raw);
    return failed("\"" + std::string(raw) + "\" is no name: expected a-z, 0-9, \"_\" and \".\"");
  }

  Result<std::uint64_t> number() {
    const std::string_view raw = take();
    if (const auto value = whole_number(raw)) return *value;
    return failed("\"" + std::string(raw) +
                  "\" is no whole number from 0 to 18446744073709551615 in plain digits");
  }

  [[nodiscard]] std::unexpected<Error> failed(std::string what) const {
    return data_error("task, line " + std::to_string(number_), std::move(what));
  }

 private:
  [[nodiscard]] std::unexpected<Error> expected(std::string_view form, const Error& error) const {
    return failed(error.what + ", expected \"" + std::string(form) + "\"");
  }

  std::string_view take() {
    const std::size_t end = std::min(words_.find(' '), words_.size());
    const std::string_view word = words_.substr(0, end);
    words_.remove_prefix(std::min(end + 1, words_.size()));
    return word;
  }

  std::string_view rest_;
  std::string_view line_;
  std::string_view words_;  ///< of the line, not taken yet
  std::size_t number_ = 0;
};

/// Puts a value into its place, or keeps the first failure.
template <class T>
void put(Result<T> value, T& place, std::optional<Error>& failure) {
  if (value) {
    place = std::move(*value);
  } else if (!failure) {
    failure = std::move(value.error());
  }
}

/// Reads the lines of one kind as long as they come; `read` takes their words.
template <class Entry, class Read>
Result<void> read_entries(LineReader& lines, std::string_view keyword, std::size_t words,
                          std::string_view form, std::vector<Entry>& entries, Read read) {
  while (lines.next_is(keyword)) {
    if (auto begun = lines.next(keyword, words, form); !begun) return begun;
    std::optional<Error> failure;
    read(entries.emplace_back(), failure);
    if (failure) return std::unexpected(std::move(*failure));
  }
  return {};
}

Result<void> read_lists(LineReader& lines, Task& task) {
  auto done = read_entries(lines, "parameter", 2, "parameter NAME VALUE", task.parameters,
                           [&](Parameter& parameter, std::optional<Error>& failure) {
                             put(lines.name(), parameter.name, failure);
                             put(lines.word(), parameter.value, failure);
                           });
  if (!done) return done;
  done =
      read_entries(lines, "input", 4, "input NAME OBJECT OFFSET LENGTH", task.inputs,
                   [&](TaskInput& input, std::optional<Error>& failure) {
                     put(lines.name(), input.name, failure);
                     put(lines.word(), input.object, failure);
                     put(lines.number(), input.offset_bytes, failure);
                     put(lines.number(), input.length_bytes, failure);
                     if (!failure && input.offset_bytes + input.length_bytes < input.offset_bytes) {
                       failure = lines.failed("the range ends beyond 2^64").error();
                     }
                   });
  if (!done) return done;
  return read_entries(lines, "output", 2, "output NAME OBJECT", task.outputs,
                      [&](TaskOutput& output, std::optional<Error>& failure) {
                        put(lines.name(), output.name, failure);
                        put(lines.word(), output.object, failure);
                      });
}

}  // namespace

std::string_view stage_name(Stage stage) {
  return kStageNames[static_cast<std::size_t>(stage)];
}

std::optional<Stage> stage_from_name(std::string_view name) {
  const auto found = std::ranges::find(kStageNames, name);
  if (found == kStageNames.end()) return std::nullopt;
  return static_cast<Stage>(found - kStageNames.begin());
}

void Task::set(std::string_view parameter, std::string_view value) {
  parameters.push_back({std::string(parameter), std::string(value)});
}

void Task::set(std::string_view parameter, std::uint64_t value) {
  set(parameter, std::string_view(std::to_string(value)));
}

void Task::set(std::string_view parameter, double value) {
  set(parameter, std::string_view(shortest_text(value)));
}

std::string encode_task(const Task& task) {
  std::string text(kFirstLine);
  text += "\nname";
  append_word(task.name, text);
  text += "\nstage";
  append_word(stage_name(task.stage), text);
  for (const Parameter& parameter : task.parameters) {
    text += "\nparameter";
    append_word(parameter.name, text);
    append_word(parameter.value, text);
  }
  for (const TaskInput& input : task.inputs) {
    text += "\ninput";
    append_word(input.name, text);
    append_word(input.object, text);
    append_number(input.offset_bytes, text);
    append_number(input.length_bytes, text);
  }
  for (const TaskOutput& output : task.outputs) {
    text += "\noutput";
    append_word(output.name, text);
    append_word(output.object, text);
  }
  text += "\nmemory";
  append_number(task.memory_bytes, text);
  for (const ExpectedCount& expected : task.expected) {
    text += "\nexpect";
    append_word(expected.name, text);
    append_number(expected.count, text);
  }
  text += '\n';
  return text;
}

Result<Task> parse_task(std::string_view text) {
  LineReader lines(text);
  Task task;
  auto read = lines.next();
  if (lines.line() != kFirstLine) {
    return lines.failed("found \"" + std::string(lines.line().substr(0, 40)) + "\", expected \"" +
                        std::string(kFirstLine) + "\"");
  }
  if (!read) return std::unexpected(read.error());
  std::optional<Error> failure;
  if (read = lines.next("name", 1, "name TEXT"); !read) return std::unexpected(read.error());
  put(lines.word(), task.name, failure);
  if (failure) return std::unexpected(std::move(*failure));
  if (read = lines.next("stage", 1, "stage NAME"); !read) return std::unexpected(read.error());
  const std::string_view named = lines.line().substr(6);
  const auto stage = stage_from_name(named);
  if (!stage) {
    std::string known;
    for (const std::string_view name : kStageNames) {
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    return lines.failed("no stage is called \"" + std::string(named) + "\"; there are " + known);
  }
  task.stage = *stage;
  if (read = read_lists(lines, task); !read) return std::unexpected(read.error());
  read = lines.next("memory", 1, "memory BYTES");
  if (!read) return std::unexpected(read.error());
  put(lines.number(), task.memory_bytes, failure);
  if (failure) return std::unexpected(std::move(*failure));
  read = read_entries(lines, "expect", 2, "expect NAME COUNT", task.expected,
                      [&](ExpectedCount& expected, std::optional<Error>& failed) {
                        put(lines.name(), expected.name, failed);
                        put(lines.number(), expected.count, failed);
                      });
  if (!read) return std::unexpected(read.error());
  if (!lines.at_end()) {
    read = lines.next("expect", 2, "expect NAME COUNT");
    return std::unexpected(std::move(read.error()));
  }
  return task;
}

}  // namespace ionloom::tasks
