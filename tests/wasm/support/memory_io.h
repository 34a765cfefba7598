#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tasks/task_io.h"

namespace ionloom::wasm::testing {

/// Inputs and outputs of a task as texts.
class MemoryIo : public tasks::TaskIo {
 public:
  explicit MemoryIo(std::vector<std::string> inputs = {}, std::size_t outputs = 1)
      : inputs_(std::move(inputs)), outputs_(outputs) {}

  Result<void> read(std::uint32_t input, std::uint64_t offset_bytes,
                    std::span<std::byte> into) override {
    if (input >= inputs_.size()) return data_error({}, "there is no such input");
    const std::string& bytes = inputs_[input];
    if (offset_bytes > bytes.size() || into.size() > bytes.size() - offset_bytes) {
      return data_error({}, "the input ends before");
    }
    if (!into.empty()) std::memcpy(into.data(), bytes.data() + offset_bytes, into.size());
    return {};
  }
  Result<void> write(std::uint32_t output, std::span<const std::byte> bytes) override {
    if (output >= outputs_.size()) return data_error({}, "there is no such output");
    outputs_[output].append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  void log(tasks::LogLevel /*level*/, std::string_view sentence) override {
    sentences_.emplace_back(sentence);
  }

  const std::vector<std::string>& outputs() const { return outputs_; }
  const std::vector<std::string>& sentences() const { return sentences_; }

 private:
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::vector<std::string> sentences_;
};

}  // namespace ionloom::wasm::testing
