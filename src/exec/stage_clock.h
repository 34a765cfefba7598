#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "exec/annotation_run.h"
#include "exec/process_memory.h"

namespace ionloom::exec {

/// Times a stage and measures its peak memory until it goes out of scope.
class StageClock {
 public:
  StageClock(std::vector<StageRecord>& records, std::string name)
      : records_(records), name_(std::move(name)) {
    reset_peak_memory();
  }
  ~StageClock() {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    records_.push_back({std::move(name_), elapsed.count(), peak_memory_bytes()});
  }
  StageClock(const StageClock&) = delete;
  StageClock& operator=(const StageClock&) = delete;

 private:
  std::vector<StageRecord>& records_;
  std::string name_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ionloom::exec
