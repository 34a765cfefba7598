#pragma once

#include <cstdio>
#include <string>
#include <utility>

#include <fmt/core.h>

namespace ionloom::app {

/// Opens /dev/null in place of a standard stream that the caller has closed (`2>&-`). Otherwise the
/// first file that the run opens takes the stream's number, and messages end up in a result.
void fill_standard_streams();

/// Prints what a run has to tell. A stream that is gone (a pipe whose reader has ended, a terminal
/// that hung up, a full disk) hears no more of it, but costs no run its results.
template <class... Values>
void say(std::FILE* stream, fmt::format_string<Values...> format, Values&&... values) {
  const std::string text = fmt::format(format, std::forward<Values>(values)...);
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stream));
}

}  // namespace ionloom::app
