#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "exec/annotation_run.h"
#include "exec/process_memory.h"
#include "exec/store_traffic.h"

namespace ionloom::exec {

/// Times a stage, measures its peak memory and counts its store's traffic until it goes out of
/// scope.
class StageClock {
 public:
  /// @param meter  of the store; null: there is none
  StageClock(std::vector<StageRecord>& records, std::string name, const StoreMeter* meter = nullptr)
      : records_(records), name_(std::move(name)), meter_(meter), before_(so_far()) {
    release_freed_memory();
    reset_peak_memory();
  }
  ~StageClock() {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    records_.push_back(
        {std::move(name_), elapsed.count(), peak_memory_bytes(), so_far() - before_, start_});
  }
  StageClock(const StageClock&) = delete;
  StageClock& operator=(const StageClock&) = delete;

 private:
  [[nodiscard]] StoreTraffic so_far() const {
    return meter_ == nullptr ? StoreTraffic{} : meter_->so_far();
  }

  std::vector<StageRecord>& records_;
  std::string name_;
  const StoreMeter* meter_;
  StoreTraffic before_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ionloom::exec
