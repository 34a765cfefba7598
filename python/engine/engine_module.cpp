// The module ionloom._engine: runs tasks (docs/formats/task.md) on bytes that Python holds.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "base/error.h"
#include "tasks/column.h"
#include "tasks/run_task.h"
#include "tasks/task.h"
#include "tasks/task_io.h"

namespace nb = nanobind;

namespace ionloom::engine {
namespace {

/// Raises the exception of ionloom/errors.py for this kind of error.
[[noreturn]] void raise(const Error& error, const std::string& place) {
  const std::string message = place.empty() ? error.message() : place + ": " + error.message();
  const nb::object exception = nb::module_::import_("ionloom.errors")
                                   .attr("error_of")(exit_code(error.code), message);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  throw nb::python_error();
}

tasks::Task parsed(std::string_view text) {
  auto task = tasks::parse_task(text);
  if (!task) raise(task.error(), "the task's text");
  return std::move(*task);
}

/// A task's inputs in bytes of Python, its outputs in memory. Used without the GIL.
class BytesIo : public tasks::TaskIo {
 public:
  BytesIo(std::vector<std::span<const std::byte>> inputs, std::size_t output_count)
      : outputs(output_count), inputs_(std::move(inputs)) {}

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    if (input >= inputs_.size() || offset_bytes > inputs_[input].size() ||
        into.size() > inputs_[input].size() - offset_bytes) {
      return data_error("input " + std::to_string(input), "is read beyond its end");
    }
    if (!into.empty()) {
      std::memcpy(into.data(), inputs_[input].data() + offset_bytes, into.size());
    }
    return {};
  }

  Result<void> write(std::uint32_t output, std::span<const std::byte> bytes) override {
    if (output >= outputs.size()) {
      return data_error("output " + std::to_string(output), "the task has no such output");
    }
    outputs[output].insert(outputs[output].end(), bytes.begin(), bytes.end());
    return {};
  }

  /// Warnings and information are kept; the sentence of an error comes with the failure.
  void log(tasks::LogLevel level, std::string_view sentence) override {
    if (level != tasks::LogLevel::kError) sentences.emplace_back(sentence);
  }

  std::vector<std::vector<std::byte>> outputs;
  std::vector<std::string> sentences;

 private:
  std::vector<std::span<const std::byte>> inputs_;
};

nb::tuple run_task(std::string_view text, const std::vector<nb::bytes>& inputs) {
  const tasks::Task task = parsed(text);
  const std::string place =
      "stage " + std::string(tasks::stage_name(task.stage)) + ", task " + task.name;
  if (inputs.size() != task.inputs.size()) {
    raise({ErrorCode::kUsage, {},
           "the task has " + std::to_string(task.inputs.size()) + " inputs, " +
               std::to_string(inputs.size()) + " were given"},
          place);
  }
  std::vector<std::span<const std::byte>> ranges;
  for (std::uint32_t i = 0; i < inputs.size(); ++i) {
    const auto* bytes = static_cast<const std::byte*>(inputs[i].data());
    ranges.emplace_back(bytes, inputs[i].size());
    if (inputs[i].size() != task.inputs[i].length_bytes) {
      raise(
          {ErrorCode::kData, tasks::input_place(task, i),
           "the task says " + std::to_string(task.inputs[i].length_bytes) + " bytes, " +
               std::to_string(inputs[i].size()) + " were given"},
          place);
    }
  }
  BytesIo io(std::move(ranges), task.outputs.size());
  Result<void> done;
  {
    const nb::gil_scoped_release released;
    done = tasks::run_task(task, io);
  }
  if (!done) raise(done.error(), place);
  nb::list outputs;
  for (std::vector<std::byte>& output : io.outputs) {
    outputs.append(nb::bytes(output.data(), output.size()));
    output = {};
  }
  nb::list sentences;
  for (const std::string& sentence : io.sentences) sentences.append(nb::str(sentence.c_str()));
  return nb::make_tuple(outputs, sentences);
}

std::uint64_t memory_bound(std::string_view text) {
  const auto bound = tasks::memory_bound_bytes(parsed(text));
  if (!bound) raise(bound.error(), {});
  return *bound;
}

}  // namespace
}  // namespace ionloom::engine

NB_MODULE(_engine, module) {
  module.doc() = "Runs tasks of ionloom's stages on bytes.";
  module.attr("version") = IONLOOM_VERSION;
  module.def("run_task", &ionloom::engine::run_task, nb::arg("text"), nb::arg("inputs"),
             "Does a task and gives its outputs, in the order of its text, and what it had to say.\n"
             "inputs: the bytes of each of its ranges, in order. The GIL is free meanwhile.");
  module.def("memory_bound", &ionloom::engine::memory_bound, nb::arg("text"),
             "Bytes that a task needs at most inside, beside inputs and outputs that Python holds.");
}
