#include "exec/task_runtime.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tasks/images_object.h"

namespace ionloom::exec {
namespace {

/// Reads a task's inputs from another and takes its outputs itself.
class TakingIo final : public tasks::TaskIo {
 public:
  TakingIo(tasks::TaskIo& inputs, std::size_t outputs) : inputs_(inputs), taken_(outputs) {}

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    return inputs_.read(input, offset_bytes, into);
  }
  Result<void> write(std::uint32_t output, std::span<const std::byte> bytes) override {
    if (output >= taken_.size()) return data_error({}, "the task has no such output");
    taken_[output].insert(taken_[output].end(), bytes.begin(), bytes.end());
    return {};
  }
  void log(tasks::LogLevel level, std::string_view sentence) override {
    inputs_.log(level, sentence);
  }

  [[nodiscard]] std::span<const std::byte> taken(std::size_t output) const {
    return taken_[output];
  }

 private:
  tasks::TaskIo& inputs_;
  std::vector<std::vector<std::byte>> taken_;
};

}  // namespace

Result<void> TaskRuntime::cut_images(const tasks::Task& task, tasks::TaskIo& io,
                                     const tasks::TakeImages& take,
                                     const std::function<bool()>& cancelled) {
  TakingIo taking(io, task.outputs.size());
  if (auto done = run(task, taking, cancelled); !done) return done;
  const auto images = tasks::decode_images(taking.taken(0));
  if (!images) return data_error(task_place(task), images.error().what);
  for (std::size_t i = 0; i < images->ion.size(); ++i) {
    const auto own =
        std::span(images->images).subspan(i * images->isotope_peaks, images->isotope_peaks);
    if (auto taken = take(images->ion[i], own); !taken) return taken;
  }
  return {};
}

std::string task_place(const tasks::Task& task) {
  return "stage " + std::string(tasks::stage_name(task.stage)) + ", task " + task.name;
}

}  // namespace ionloom::exec
