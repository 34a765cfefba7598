#include "geds/event_log.h"

#include <regex>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

using Form = EventLog::Form;
using Level = EventLog::Level;

/// The one line that an event becomes, with its time replaced.
std::string line_of(Form form, const std::string& object) {
  std::ostringstream lines;
  EventLog(form, Level::kInfo, "node", lines)
      .warning("corrupt", {{"object", object}, {"bytes", 7}});
  return std::regex_replace(lines.str(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"),
                            "TIME");
}

TEST(EventLog, an_event_is_a_line_of_names_and_values) {
  EXPECT_EQ(line_of(Form::kText, "bucket/a"),
            "time=TIME level=warning server=node event=corrupt object=bucket/a bytes=7\n");
}

TEST(EventLog, values_that_could_be_mistaken_are_in_quotes) {
  EXPECT_EQ(line_of(Form::kText, "a b=\"c\"\n"),
            "time=TIME level=warning server=node event=corrupt "
            "object=\"a b=\\\"c\\\"\\u000a\" bytes=7\n");
}

TEST(EventLog, as_json_a_line_is_one_object) {
  EXPECT_EQ(line_of(Form::kJson, "a\n\"b\\"),
            "{\"time\":\"TIME\",\"level\":\"warning\",\"server\":\"node\",\"event\":\"corrupt\","
            "\"object\":\"a\\u000a\\\"b\\\\\",\"bytes\":7}\n");
}

TEST(EventLog, what_is_below_its_level_and_everything_when_it_is_silent_is_not_told) {
  std::ostringstream lines;
  const EventLog log(Form::kText, Level::kWarning, "node", lines);
  log.info("listening");
  log.debug("sealed");
  EventLog().error("nobody hears this");
  EXPECT_EQ(lines.str(), "");
  log.error("full");
  EXPECT_NE(lines.str().find("level=error server=node event=full\n"), std::string::npos);
}

}  // namespace
}  // namespace ionloom::geds
