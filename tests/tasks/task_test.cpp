#include "tasks/task.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tasks/number_text.h"

namespace ionloom::tasks {
namespace {

const char kExample[] =
    "ionloom-task 1\n"
    "name annotate%2017\n"
    "stage annotate\n"
    "parameter tolerance_ppm 3\n"
    "parameter adduct [M]+\n"
    "input peaks bucket/run-0 65600 131072\n"
    "output metrics metrics-17\n"
    "memory 12582912\n"
    "expect ions 1000\n";

TEST(Task, is_read_as_it_is_written) {
  const auto task = parse_task(kExample);
  ASSERT_TRUE(task) << task.error().message();
  EXPECT_EQ(task->name, "annotate 17");
  EXPECT_EQ(task->stage, Stage::kAnnotate);
  EXPECT_EQ(task->parameters, (std::vector<Parameter>{{"tolerance_ppm", "3"}, {"adduct", "[M]+"}}));
  EXPECT_EQ(task->inputs, (std::vector<TaskInput>{{"peaks", "bucket/run-0", 65'600, 131'072}}));
  EXPECT_EQ(task->outputs, (std::vector<TaskOutput>{{"metrics", "metrics-17"}}));
  EXPECT_EQ(task->memory_bytes, 12'582'912U);
  EXPECT_EQ(task->expected, (std::vector<ExpectedCount>{{"ions", 1000}}));
  EXPECT_EQ(encode_task(*task), kExample);
}

/// The example with one text in place of another.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = kExample;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

struct Misspelt {
  std::string from;
  std::string to;
  std::string line;
  std::string told;
};

TEST(Task, that_is_misspelt_is_refused_naming_the_line) {
  const std::vector<Misspelt> cases = {
      {"ionloom-task 1", "ionloom-task 2", "line 1", "ionloom-task 1"},
      {"name annotate%2017\n", "", "line 2", "name TEXT"},
      {"name annotate%2017", "name annotate 17", "line 2", "name TEXT"},
      {"%20", "%2", "line 2", "%20"},
      {"%20", "%41", "line 2", "no text as tasks write it"},
      {"stage annotate", "stage anotate", "line 3", "index, ingest, ions, patterns"},
      {"tolerance_ppm 3", "tolerance_ppm", "line 4", "parameter NAME VALUE"},
      {"tolerance_ppm 3", "Tolerance 3", "line 4", "no name"},
      {"tolerance_ppm 3", "tolerance_ppm ", "line 4", "no text"},
      {"65600", "065600", "line 6", "plain digits"},
      {"65600", "-1", "line 6", "plain digits"},
      {"65600", "18446744073709551616", "line 6", "plain digits"},
      {"65600", "18446744073709551615", "line 6", "beyond 2^64"},
      {" 131072", "", "line 6", "input NAME OBJECT OFFSET LENGTH"},
      {"output metrics", "outputs metrics", "line 7", "memory BYTES"},
      {"memory 12582912\n", "", "line 8", "memory BYTES"},
      {"expect ions 1000\n", "expect ions 1000", "line 9", "has no end"},
      {"expect ions 1000\n", "expect ions 1000\n\n", "line 10", "expect NAME COUNT"},
      {"1000\n", "1000\r\n", "line 9", "plain digits"},
  };
  for (const Misspelt& c : cases) {
    const auto task = parse_task(changed(c.from, c.to));
    ASSERT_FALSE(task) << c.to;
    EXPECT_NE(task.error().where.find(c.line), std::string::npos) << task.error().message();
    EXPECT_NE(task.error().what.find(c.told), std::string::npos) << task.error().message();
  }
  EXPECT_FALSE(parse_task(""));
}

rc::Gen<std::string> texts() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
}

rc::Gen<std::string> names() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("abcdefghijklmnopqrstuvwxyz0123456789_."))));
}

RC_GTEST_PROP(Task, reads_back_whatever_it_holds, ()) {
  Task task;
  task.name = *texts();
  task.stage = static_cast<Stage>(*rc::gen::inRange(0, 7));
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    task.parameters.push_back({*names(), *texts()});
  }
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const auto offset = *rc::gen::arbitrary<std::uint64_t>();
    const auto length = *rc::gen::inRange<std::uint64_t>(0, UINT64_MAX - offset);
    task.inputs.push_back({*names(), *texts(), offset, length});
  }
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) task.outputs.push_back({*names(), *texts()});
  task.memory_bytes = *rc::gen::arbitrary<std::uint64_t>();
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    task.expected.push_back({*names(), *rc::gen::arbitrary<std::uint64_t>()});
  }
  const auto read = parse_task(encode_task(task));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == task);
}

RC_GTEST_PROP(Task, has_one_text_and_damaged_ones_are_refused_or_another_tasks, ()) {
  std::string text = kExample;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        text[at] = *rc::gen::arbitrary<char>();
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text.insert(at, 1, *rc::gen::elementOf(std::string(" \n%0az")));
    }
  }
  const auto read = parse_task(text);
  if (read) RC_ASSERT(encode_task(*read) == text);
}

RC_GTEST_PROP(Task, keeps_every_bit_of_a_number, (std::uint64_t bits)) {
  const auto number = std::bit_cast<double>(bits);
  RC_PRE(std::isfinite(number));
  const auto read = finite_number(shortest_text(number));
  RC_ASSERT(read.has_value());
  RC_ASSERT(std::bit_cast<std::uint64_t>(*read) == bits);
}

TEST(NumberText, refuses_what_is_no_number) {
  for (const char* text : {"", " 1", "1 ", "+1", "nan", "inf", "1e999", "0x10", "1,5"}) {
    EXPECT_FALSE(finite_number(text)) << text;
  }
  EXPECT_EQ(shortest_text(0.1), "0.1");
  EXPECT_EQ(finite_number("1e-05"), 1e-05);
}

}  // namespace
}  // namespace ionloom::tasks
