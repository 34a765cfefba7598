#include "tasks/support/object_shelf.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "tasks/run_task.h"

namespace ionloom::tasks::testing {
namespace {

class ShelfIo : public TaskIo {
 public:
  ShelfIo(const std::map<std::string, Bytes>& objects, const Task& task)
      : objects_(objects), task_(task), written_(task.outputs.size()) {}

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    const TaskInput& range = task_.inputs.at(input);
    const auto object = objects_.find(range.object);
    EXPECT_LE(offset_bytes + into.size(), range.length_bytes) << "outside of the input";
    if (object == objects_.end() ||
        range.offset_bytes + offset_bytes + into.size() > object->second.size()) {
      return fail(ErrorCode::kRemote, range.object, "has no such bytes");
    }
    const auto from = std::span(object->second).subspan(range.offset_bytes + offset_bytes);
    std::ranges::copy(from.first(into.size()), into.begin());
    return {};
  }

  Result<void> write(std::uint32_t output, std::span<const std::byte> bytes) override {
    Bytes& object = written_.at(output);
    object.insert(object.end(), bytes.begin(), bytes.end());
    return {};
  }

  void log(LogLevel, std::string_view sentence) override { ADD_FAILURE() << sentence; }

  [[nodiscard]] std::vector<Bytes>& written() { return written_; }

 private:
  const std::map<std::string, Bytes>& objects_;
  const Task& task_;
  std::vector<Bytes> written_;
};

}  // namespace

std::string ObjectShelf::text(const std::string& name) const {
  const Bytes& bytes = at(name);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<void> ObjectShelf::run(const Task& task) {
  const auto read = parse_task(encode_task(task));
  if (!read) return std::unexpected(read.error());
  ShelfIo io(objects_, *read);
  auto done = run_task(*read, io);
  if (!done) return done;
  for (std::size_t i = 0; i < read->outputs.size(); ++i) {
    put(read->outputs[i].object, std::move(io.written()[i]));
  }
  return {};
}

void ObjectShelf::expect_runs(const Task& task) {
  const auto done = run(task);
  EXPECT_TRUE(done) << done.error().message() << "\n" << encode_task(task);
}

std::string ObjectShelf::summary(const std::string& output, const std::string& name) const {
  std::istringstream lines(text(output + ".summary"));
  std::string key;
  std::string value;
  while (lines >> key >> value) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no " << name << " in the summary of " << output;
  return {};
}

}  // namespace ionloom::tasks::testing
